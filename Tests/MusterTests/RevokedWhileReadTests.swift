import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// A permission that the school takes back while everybody is read: whoever is listed later seems
/// to have lost what it covered, and that may be fewer than any percentage stops.
@Suite(.timeLimit(.minutes(1))) struct RevokedWhileReadTests {
    private static let people = 11...70

    /// Sixty people on five pages.
    private func school() async throws -> Premises {
        let premises = try await Premises(pageSize: 12)
        for number in Self.people {
            premises.source.put(
                .staff(
                    "\(number)",
                    classes: [
                        ClassMembership(teachingClass: .example("C\(number)"), role: .teacher)
                    ]
                ).with { $0.phone = .value("01632 9600\(number)") }
            )
        }
        try await premises.syncAll()
        return premises
    }

    /// Syncs; after the first page was told, `losing` are told without classes and telephone
    /// numbers, and the permissions say `grant`.
    private func sync(
        _ premises: Premises,
        losing: some Sequence<Int>,
        _ grant: Grant
    ) async throws -> SyncResult {
        let gate = Gate()
        premises.source.script { $0.pageFaults[1] = [.held(gate)] }
        async let result = premises.syncAll()
        try await gate.arrival()
        for number in losing {
            premises.source.change(.staff("\(number)")) {
                $0.classes = .empty
                $0.phone = .empty
            }
        }
        premises.source.script {
            $0.capabilities[.staff].grants[.classes] = grant
            $0.capabilities[.staff].grants[.phone] = grant
        }
        gate.open()
        return try await result
    }

    /// How many have neither a class nor a telephone number.
    private func poor(_ premises: Premises) async throws -> Int {
        try await premises.store.accounts(in: .example, of: .standard).map(\.account)
            .count { $0.memberships.isEmpty && $0.phone == nil }
    }

    @Test(arguments: [Grant.denied, .unknown], [1, 12, 30])
    func `what the school grants no more is not believed empty`(
        grant: Grant,
        losing: Int
    ) async throws {
        let premises = try await school()
        let result = try await sync(premises, losing: Self.people.suffix(losing), grant)
        #expect(result.state == .completed && result.changed == 0)
        #expect(Set(result.withdrawn.map(\.field)) == [.classes, .phone])
        #expect(try await poor(premises) == 0)
        // The school grants it again, and some have none indeed.
        premises.source.script { $0.capabilities = .everything }
        _ = try await premises.syncAll()
        #expect(try await poor(premises) == (losing > 5 ? 0 : losing))
    }

    @Test func `what everybody lost who is listed after a page waits, whatever is granted`()
        async throws
    {
        let premises = try await school()
        let result = try await sync(premises, losing: Self.people.suffix(12), .granted)
        #expect(result.state == .held && result.held == 12)
        #expect(try await poor(premises) == 0)
        let plan = try #require(result.plan)
        let batch = BatchSync(premises.workshop)
        _ = await batch.approve(plan, at: try await premises.school().connection)
        #expect(try await poor(premises) == 12)
    }

    @Test(arguments: [(Array(11...22), 12), ([11, 30, 69, 70], 4), ([66, 67, 68, 69, 70], 5)])
    func `a few who lost a field while others after them have it lost it`(
        losing: [Int],
        count: Int
    ) async throws {
        let premises = try await school()
        for number in losing {
            premises.source.change(.staff("\(number)")) {
                $0.classes = .empty
                $0.phone = .empty
            }
        }
        #expect(try await premises.syncAll().changed == count)
        #expect(try await poor(premises) == count)
    }
}
