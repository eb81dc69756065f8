import Accounts
import EmulatedSchool
import Foundation
import MISEmulator
import Muster
import Roster
import SQLiteStore
import Synchronization
import Testing

/// The summer between two school years, over real HTTP, and the same events in term time.
@Suite(.timeLimit(.minutes(5))) struct YearTurnTests {
    /// Runs `body` on a school that was synced in March of the year 2026/2027.
    private func withSchool(
        _ body: (EmulatedSchool, CalendarClock) async throws -> Void
    ) async throws {
        let clock = CalendarClock("2027-03-10")
        try await withFamilies(at: clock) { school in try await body(school, clock) }
    }

    @Test(arguments: ["2027-07-25", "2027-08-31"])
    func `classes that the MIS empties at the end of the year are no alarm`(
        day: String
    ) async throws {
        try await withSchool { school, clock in
            clock.set(day)
            try school.emptyClasses(besides: 1)
            let result = try await school.sync()
            #expect(result.state == .completed && result.held == 0, "\(result)")
            #expect(try await school.placed(.student) == 1)
            clock.set("2027-09-03")
            try school.beginYear(of: school.pupils().dropLast(40).map(\.id))
            let next = try await school.sync()
            #expect(next.state == .completed && next.held == 0, "\(next)")
            #expect(try await school.placed(.student) == school.pupils().count - 40)
        }
    }

    @Test(arguments: ["2027-03-11", "2027-06-30", "2027-10-05"])
    func `classes that are empty in term time wait for a person`(day: String) async throws {
        try await withSchool { school, clock in
            try school.datePupilsClasses("2027/2028", if: day > "2027-09-01")
            let before = try await school.placed(.student)
            clock.set(day)
            _ = try await school.sync()
            try school.emptyClasses(besides: 1)
            let result = try await school.sync()
            #expect(result.state == .held && result.held >= before - 1, "\(result)")
            #expect(try await school.placed(.student) == before)
        }
    }

    @Test(arguments: [("2027-07-25", 0), ("2027-03-11", 1)])
    func `people who log in before a sync lose places of a year that ends, and of none other`(
        day: String,
        least: Int
    ) async throws {
        try await withSchool { school, clock in
            let pupils = try await school.accounts(of: .student).prefix(120)
            clock.set(day)
            try school.emptyClasses()
            var held = 0
            for pupil in pupils {
                let login = try await school.login(try #require(pupil.account.email))
                #expect(login.decision == .allow)
                if login.outcome == .held { held += 1 }
            }
            #expect((held == 0) == (least == 0), "\(held) held")
        }
    }

    @Test func `groups do not stand in for classes of a year that ended`() async throws {
        try await withSchool { school, clock in
            clock.set("2027-07-25")
            let old = try school.emulator.classes(school: school.key.school).map(\.id)
            for id in old {
                try school.emulator.remove(.schoolClass, school: school.key.school, id: id)
            }
            let summer = try await school.sync()
            #expect(summer.state == .completed && summer.held == 0, "\(summer)")
            #expect(summer.withdrawn.isEmpty)
            #expect(try await school.placed(.student) == 0)
            clock.set("2027-09-03")
            #expect(try await school.sync().held == 0)
            try school.beginYear(of: school.pupils().prefix(1).map(\.id))
            let autumn = try await school.sync()
            #expect(autumn.state == .completed && autumn.held == 0, "\(autumn)")
            #expect(try await school.placed(.student) == 1)
        }
    }

    @Test func `a school whose classes are gone in term time gets no groups by itself`()
        async throws
    {
        try await withSchool { school, _ in
            let old = try school.emulator.classes(school: school.key.school).map(\.id)
            for id in old {
                try school.emulator.remove(.schoolClass, school: school.key.school, id: id)
            }
            let before = try await school.places(.student)
            let result = try await school.sync()
            #expect(result.state == .held, "\(result)")
            #expect(try await school.places(.student) == before)
        }
    }

    @Test func `classes that stand empty all summer are no withdrawn permission`() async throws {
        try await withSchool { school, clock in
            clock.set("2027-07-25")
            try school.emptyClasses(ofStaff: true)
            let summer = try await school.sync()
            #expect(summer.state == .completed && summer.withdrawn.isEmpty, "\(summer)")
            #expect(try await school.placed(.student) == 0)
            #expect(try await school.placed(.staff) == 0)
            clock.set("2027-09-03")
            try school.beginYear(of: school.pupils().prefix(20).map(\.id))
            let autumn = try await school.sync()
            #expect(autumn.state == .completed && autumn.withdrawn.isEmpty, "\(autumn)")
            #expect(try await school.placed(.student) == 20)
        }
    }

    @Test
    func `classes that nobody has in term time are a withdrawn permission until the year ends`()
        async throws
    {
        try await withSchool { school, clock in
            let before = try await school.places(.student)
            try school.emptyClasses(ofStaff: true)
            for day in ["2027-03-11", "2027-07-25"] {
                clock.set(day)
                let result = try await school.sync()
                #expect(result.withdrawn.contains { $0.field == .classes }, "\(day)")
                #expect(try await school.places(.student) == before)
            }
            clock.set("2027-09-01")
            let result = try await school.sync()
            #expect(result.state == .completed, "\(result)")
            #expect(try await school.places(.student) == 0)
        }
    }

    @Test(arguments: ["2027-03-11", "2027-07-25"])
    func `a permission for classes that is taken back takes nobody's places`(
        day: String
    ) async throws {
        try await withSchool { school, clock in
            let before = try await school.places(.student)
            clock.set(day)
            try school.emulator.setSwitches(school: school.key.school) {
                $0.ungranted = ["student.classes"]
            }
            let result = try await school.sync()
            #expect(result.withdrawn.contains { $0.field == .classes }, "\(result)")
            #expect(try await school.places(.student) == before)
        }
    }

    @Test(arguments: ["2027-03-11", "2027-07-25"])
    func `a page that is lost takes nobody's places`(day: String) async throws {
        try await withSchool { school, clock in
            let before = try await school.places(.student)
            clock.set(day)
            try school.emulator.setSwitches(school: school.key.school) { $0.perPageLimit = 50 }
            var fault = Fault(.halfList)
            fault.pathContains = "/students?include"
            fault.skip = 3
            school.emulator.add(fault)
            _ = try await school.sync()
            #expect(try await school.places(.student) == before)
        }
    }
}

/// The machine's clock, on another day.
final class CalendarClock: MusterClock {
    private let today: Mutex<Roster.Timestamp>

    /// Noon of `day`, written as `YYYY-MM-DD`.
    init(_ day: String) { today = Mutex(Self.noon(day)) }

    func set(_ day: String) { today.withLock { $0 = Self.noon(day) } }

    private static func noon(_ day: String) -> Roster.Timestamp {
        let date = ISO8601DateFormatter().date(from: "\(day)T12:00:00Z") ?? Date()
        return Roster.Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
    }

    func now() -> Roster.Timestamp { today.withLock { $0 } }
    func instant() -> ContinuousClock.Instant { .now }
    func sleep(for duration: Duration) async throws {
        try await SystemClock().sleep(for: duration)
    }
}

extension EmulatedSchool {
    fileprivate func accounts(of kind: PersonKind) async throws -> [AccountSummary] {
        try await store.accounts(in: key, of: .standard).filter { $0.links[0].key.kind == kind }
    }

    /// How many people of a kind have a place in a class.
    fileprivate func placed(_ kind: PersonKind) async throws -> Int {
        try await accounts(of: kind).count { !$0.account.memberships.isEmpty }
    }

    /// How many places people of a kind have.
    fileprivate func places(_ kind: PersonKind) async throws -> Int {
        try await accounts(of: kind).reduce(0) { $0 + $1.account.memberships.count }
    }

    /// Takes everybody's classes, but for the first pupils'.
    fileprivate func emptyClasses(besides few: Int = 0, ofStaff: Bool = false) throws {
        for pupil in try pupils().dropFirst(few) {
            try emulator.change(school: key.school, student: pupil.id) { $0.classes = .set([]) }
        }
        guard ofStaff else { return }
        for person in try emulator.employees(school: key.school) {
            try emulator.change(school: key.school, employee: person.id) { $0.classes = .set([]) }
        }
    }

    /// Says of all classes that they are of another year.
    fileprivate func datePupilsClasses(_ year: String, if isWanted: Bool) throws {
        guard isWanted else { return }
        for row in try emulator.classes(school: key.school) {
            try emulator.change(school: key.school, schoolClass: row.id) {
                $0.academicYear = .set(year)
            }
        }
    }

    /// Puts some pupils into one class of the next year.
    fileprivate func beginYear(of pupils: [String]) throws {
        let id = try emulator.addClass(school: key.school) {
            $0.name = "7A/En1"
            $0.academicYear = "2027/2028"
        }
        for pupil in pupils {
            try emulator.change(school: key.school, student: pupil) { $0.classes = .set([id]) }
        }
    }
}
