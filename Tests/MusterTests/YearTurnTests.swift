import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// The end of a school year where the MIS says nothing of its permissions.
@Suite(.timeLimit(.minutes(1))) struct YearTurnTests {
    private static let july = Timestamp(milliseconds: 1_784_980_800_000)  // 2026-07-25T12:00:00Z
    private static let march = Timestamp(milliseconds: 1_773_144_000_000)  // 2026-03-10T12:00:00Z

    /// A hundred people with a class each, of which it is only known that they were seen.
    private func school(year: String?) async throws -> Premises {
        let premises = try await Premises()
        premises.clock.setWall(Self.march)
        premises.source.script { $0.capabilities[.staff].grants[.classes] = .unknown }
        for id in 11...110 {
            premises.source.put(.staff("\(id)", classes: [place("old\(id)", year)]))
        }
        try await premises.syncAll()
        return premises
    }

    private func place(_ id: String, _ year: String?) -> ClassMembership {
        let key = ClassKey(school: .example, academicYear: year, id: id)
        return ClassMembership(
            teachingClass: TeachingClass(key: key, name: id),
            role: .teacher
        )
    }

    private func empty(_ premises: Premises) {
        for id in 11...110 { premises.source.change(.staff("\(id)")) { $0.classes = .empty } }
    }

    private func placed(_ premises: Premises) async throws -> Int {
        try await premises.store.accounts(in: .example, of: .standard)
            .count { !$0.account.memberships.isEmpty }
    }

    @Test(arguments: ["2025/2026", nil])
    func `places that may have gone with the year or with a permission stay, told once`(
        year: String?
    ) async throws {
        let premises = try await school(year: year)
        empty(premises)
        premises.clock.setWall(Self.july)
        for isFirst in [true, false] {
            let result = try await premises.syncAll()
            #expect(result.state == .completed && result.held == 0, "\(result)")
            #expect(result.withdrawn.isEmpty)
            #expect(result.remarks.contains { $0.reason.contains("year") } == isFirst)
            #expect(try await placed(premises) == 100)
        }
        // Term begins, and one class comes.
        premises.clock.setWall(Self.july.advanced(by: .seconds(40 * 86_400)))
        #expect(try await premises.syncAll().state == .completed)
        #expect(try await placed(premises) == (year == nil ? 100 : 0))
        premises.source.change(.staff("11")) { $0.classes = .value([place("new", year)]) }
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.held == 0, "\(result)")
        #expect(try await placed(premises) == 1)
    }

    @Test(arguments: ["2025/2026", nil])
    func `what nobody has any more in term time is a permission taken back`(
        year: String?
    ) async throws {
        let premises = try await school(year: year)
        empty(premises)
        let result = try await premises.syncAll()
        #expect(result.withdrawn.map(\.field) == [.classes])
        #expect(try await placed(premises) == 100)
        // It stays one in summer.
        premises.clock.setWall(Self.july)
        #expect(try await premises.syncAll().withdrawn.map(\.field) == [.classes])
        #expect(try await placed(premises) == 100)
    }

    @Test func `classes of next year that go in summer wait for a person`() async throws {
        let premises = try await school(year: "2026/2027")
        premises.source.script { $0.capabilities[.staff].grants[.classes] = .granted }
        empty(premises)
        premises.clock.setWall(Self.july)
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 100, "\(result)")
        #expect(try await placed(premises) == 100)
    }

    @Test(arguments: [1, 60, 100])
    func `the first days of a new year are term time, also where they are freeze days`(
        emptied: Int
    ) async throws {
        let september = Self.july.advanced(by: .seconds(40 * 86_400))
        let premises = try await school(year: "2026/2027")
        try await premises.setPolicy {
            $0.freezes = [Term(start: Day("2026-06-25"), end: Day("2026-09-05"))]
        }
        premises.source.script { $0.capabilities[.staff].grants[.classes] = .granted }
        premises.clock.setWall(september)
        for id in 11..<(11 + emptied) {
            premises.source.change(.staff("\(id)")) { $0.classes = .empty }
        }
        let result = try await premises.syncAll()
        #expect(try await placed(premises) == (emptied == 1 ? 99 : 100))
        #expect(result.held == (emptied == 60 ? 60 : 0), "\(result)")
        #expect(result.withdrawn.map(\.field) == (emptied == 100 ? [.classes] : []))
    }

    @Test func `a year is closed from 20 July on, or sooner where freeze days say so`() {
        func isClosing(_ day: String, _ freeze: String? = nil) -> Bool {
            let days = freeze?.split(separator: " ").map { Day($0) } ?? []
            let terms = days.isEmpty ? [] : [Term(start: days[0], end: days[1])]
            return Day(day).map { YearTurn(on: $0, freezes: terms).isClosing } ?? false
        }
        for day in ["2026-07-20", "2026-08-31"] { #expect(isClosing(day), "\(day)") }
        for day in ["2026-03-10", "2026-07-19", "2026-09-01"] { #expect(!isClosing(day), "\(day)") }
        #expect(isClosing("2026-06-25", "2026-06-25 2026-08-15"))
        #expect(!isClosing("2026-09-04", "2026-07-25 2026-09-06"))
        #expect(!isClosing("2026-06-25", "2026-06-20 2026-06-30"))
        #expect(!isClosing("2026-03-10", "2026-03-01 2026-08-31"))
    }
}
