import Accounts
import MusterTesting
import Reconciliation
import Roster
import Synchronization
import Testing

@testable import Muster

/// The guards on a whole list: what is too much for a sync waits for a person.
@Suite struct GuardTests {
    /// What the MIS suddenly says of many people.
    enum Mishap: String, CaseIterable, CustomTestStringConvertible {
        case left, otherAddress, otherPerson, rightGone, classesGone, initialsGone, noTeacher

        var testDescription: String { rawValue }

        /// How many of 100 may suffer it.
        var limit: Int {
            switch self {
            case .left, .otherAddress, .otherPerson: 10
            case .rightGone, .initialsGone, .noTeacher: 20
            case .classesGone: 30
            }
        }

        func befall(_ person: inout Observation) {
            let id = person.key.id
            switch self {
            case .left: person.standing = .left(.notCurrent)
            case .otherAddress: person.email = .value("new\(id)@school.example")
            case .otherPerson:
                person.forename = .value("Other")
                person.surname = .value("Stranger")
                person.email = .value("new\(id)@school.example")
            case .rightGone: person.roles = .value([StaffRole(title: "Teacher")])
            case .classesGone: person.classes = .value([])
            case .initialsGone: person.initials = .empty
            case .noTeacher: person.teachingStaff = .value(false)
            }
        }

        func hasBefallen(_ account: Account) -> Bool {
            switch self {
            case .left: account.status != .active
            case .otherAddress: account.email?.hasPrefix("new") == true
            case .otherPerson: account.surname == "Stranger"
            case .rightGone: account.privileges.isEmpty
            case .classesGone: account.memberships.isEmpty
            case .initialsGone: account.initials == nil
            case .noTeacher: account.teachingStaff == false
            }
        }
    }

    private func premises(_ count: Int, year: String? = nil) async throws -> Premises {
        let premises = try await Premises()
        try await premises.setPolicy { $0.privileges = ["head": ["approver"]] }
        for id in 1...count {
            var person = Observation.staff("\(id)", roles: ["Head"])
            person.initials = .value("AB")
            person.teachingStaff = .value(true)
            person.classes = .value([place(id, year)])
            premises.source.put(person)
        }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    private func place(_ id: Int, _ year: String?) -> ClassMembership {
        let key = ClassKey(school: .example, academicYear: year, id: "class\(id)")
        return ClassMembership(
            teachingClass: TeachingClass(key: key, name: "10B"),
            role: .mainTeacher
        )
    }

    private func casualties(
        of mishap: Mishap,
        _ count: Int,
        in premises: Premises
    ) async throws -> Int {
        var casualties = 0
        for id in 1...count {
            let account = try #require(try await premises.account("\(id)"))
            if mishap.hasBefallen(account) { casualties += 1 }
        }
        return casualties
    }

    @Test(arguments: Mishap.allCases)
    func `as many as the limit are changed, and one more holds all of them`(
        mishap: Mishap
    ) async throws {
        for (suffering, isHeld) in [(mishap.limit, false), (mishap.limit + 1, true)] {
            let premises = try await premises(100)
            for id in 1...suffering {
                premises.source.change(.staff("\(id)")) { mishap.befall(&$0) }
            }
            premises.source.change(.staff("100")) { $0.surname = .value("Married") }
            let result = try await premises.syncAll()
            #expect(result.state == (isHeld ? .held : .completed), "\(suffering) of 100")
            #expect(result.held == (isHeld ? suffering : 0))
            #expect((result.plan != nil) == isHeld)
            let casualties = try await casualties(of: mishap, 100, in: premises)
            #expect(casualties == (isHeld ? 0 : suffering))
            #expect(try await premises.account("100")?.surname == "Married", "what is harmless")
            guard let plan = result.plan else { continue }
            let batch = BatchSync(premises.workshop)
            let done = await batch.approve(plan, at: try await premises.school().connection)
            #expect(done.state == .completed && done.skipped == 0)
            #expect(try await self.casualties(of: mishap, 100, in: premises) == suffering)
            #expect(try await premises.syncAll().held == 0, "nothing is held again")
        }
    }

    @Test(arguments: Mishap.allCases)
    func `a preview says what a sync would hold`(mishap: Mishap) async throws {
        let premises = try await premises(30)
        for id in 1...12 { premises.source.change(.staff("\(id)")) { mishap.befall(&$0) } }
        let connection = try await premises.school().connection
        let result = await BatchSync(premises.workshop).run(connection, isPreview: true)
        #expect(result.state == .preview && result.held == 12)
        #expect(result.trouble?.contains("12 people") == true)
        #expect(result.trouble?.contains("more than a sync may") == true)
    }

    @Test func `places in classes of a year that is over are no loss`() async throws {
        for (year, isHeld) in [("2020/2021", false), ("2098/2099", true), (nil, true)] {
            let premises = try await premises(30, year: year)
            for id in 1...12 {
                premises.source.change(.staff("\(id)")) { $0.classes = .value([]) }
            }
            let state = try await premises.syncAll().state
            #expect(state == (isHeld ? .held : .completed), "\(year ?? "no year")")
        }
    }

    @Test func `next year's classes in place of this year's are no loss`() async throws {
        let premises = try await premises(30, year: "2025/2026")
        for id in 1...30 {
            premises.source.change(.staff("\(id)")) {
                $0.classes = .value([place(1000 + id, "2026/2027")])
            }
        }
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.changed == 30)
    }

    @Test func `a manager who leaves is no loss of those whom she managed`() async throws {
        let premises = try await Premises()
        for id in 1...30 {
            premises.source.put(.staff("\(id)", managers: id == 1 ? [] : ["1"]))
        }
        try await premises.syncAll()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        for id in 2...30 {
            premises.source.change(.staff("\(id)")) { $0.surname = .value("Brown") }
        }
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.suspended == 1)
        #expect(try await premises.account("2")?.lineManager == nil)
    }

    @Test(arguments: [(10, 40, false), (30, 40, true), (6, 0, false)])
    func `more new accounts than half of those there wait, but not on a first load`(
        newcomers: Int,
        people: Int,
        isHeld: Bool
    ) async throws {
        let premises = try await Premises()
        if people > 0 {
            for id in 1...people { premises.source.put(.staff("\(id)")) }
            try await premises.syncAll()
        }
        for id in 1...newcomers { premises.source.put(.staff("new\(id)")) }
        let result = try await premises.syncAll()
        #expect(result.state == (isHeld ? .held : .completed))
        #expect(result.created == (isHeld ? 0 : newcomers))
        #expect(result.held == (isHeld ? newcomers : 0))
        guard let plan = result.plan else { return }
        let batch = BatchSync(premises.workshop)
        let done = await batch.approve(plan, at: try await premises.school().connection)
        #expect(done.created == newcomers)
    }

    @Test func `a newcomer who waited is decided by what was read last, though a plan has her`()
        async throws
    {
        let premises = try await Premises()
        for id in 1...40 { premises.source.put(.staff("\(id)", email: "\(id)@school.example")) }
        try await premises.syncAll()
        premises.source.put(.staff("n", email: "1@school.example"))
        #expect(try await premises.syncAll().disputed == 1)
        for id in 1...30 { premises.source.put(.staff("new\(id)")) }
        premises.source.change(.staff("n")) {
            $0.email = .value("n@school.example")
            $0.title = .value("Dr")
        }
        #expect(try await premises.syncAll().held == 31)
        let school = try await premises.school()
        let record = try await premises.review.record("n", in: school)
        #expect(record.observation.title == .value("Dr"))
        let made = try await premises.review.create(record, in: school)
        #expect(made.summary.account.email == "n@school.example")
    }

    @Test func `of students two fifths may leave at once, and of staff a tenth`() async throws {
        for (kind, isHeld) in [(PersonKind.student, false), (.staff, true)] {
            let premises = try await Premises(people: [.staff, .student])
            for id in 1...60 { premises.source.put(person(id, kind)) }
            try await premises.syncAll()
            for id in 1...20 {
                premises.source.change(person(id, kind).key) { $0.standing = .left(.notCurrent) }
            }
            #expect(try await premises.syncAll().state == (isHeld ? .held : .completed))
        }
    }

    @Test(arguments: [(PersonKind.contact, false), (.student, true), (.staff, true)])
    func `contacts go with a leaving year, and others who are missing wait`(
        kind: PersonKind,
        isHeld: Bool
    ) async throws {
        let premises = try await Premises(people: [.staff, .student, .contact])
        for other in PersonKind.allCases { premises.source.put(person(100, other)) }
        for id in 1...60 { premises.source.put(person(id, kind)) }
        try await premises.syncAll()
        for id in 1...20 { premises.source.remove(person(id, kind).key) }
        let first = try await premises.syncAll()
        #expect(first.suspended == 0 && first.missing == 20, "\(first)")
        premises.clock.advance(by: .seconds(13 * 3600))
        let result = try await premises.syncAll()
        #expect(result.state == (isHeld ? .held : .completed) && result.missing == 0, "\(result)")
        #expect(result.suspended == (isHeld ? 0 : 20), "\(result)")
    }

    private func person(_ id: Int, _ kind: PersonKind) -> Observation {
        var person = Observation.staff("\(id)")
        person.key = SourceKey(school: .example, kind: kind, id: "\(id)")
        return person
    }

    @Test func `progress over several lists never passes its total`() async throws {
        let premises = try await Premises(pageSize: 20, people: [.staff, .student])
        for id in 1...60 { premises.source.put(person(id, .staff)) }
        for id in 61...80 { premises.source.put(person(id, .student)) }
        let told = Mutex<[SyncProgress]>([])
        let connection = try await premises.school().connection
        _ = await BatchSync(premises.workshop).run(connection) { progress in
            told.withLock { $0.append(progress) }
        }
        let reading = told.withLock { $0 }.filter { $0.stage == .reading }
        #expect(reading.last?.done == 80)
        #expect(reading.allSatisfy { $0.done <= $0.total ?? .max }, "\(reading)")
    }

    @Test func `few leavers in each of many schools are together too many for the tenant`()
        async throws
    {
        let schools = (1...5).map {
            SchoolDescription(id: "A\($0)", name: "School \($0)", timeZone: nil)
        }
        let premises = try await Premises(schools: schools)
        for school in schools {
            let key = SchoolKey(connection: premises.connection.id, school: school.id)
            for id in 1...10 {
                premises.source.put(.staff("\(school.id)\(id)", in: key))
            }
        }
        try await premises.syncAll()
        for school in schools {
            let key = SchoolKey(connection: premises.connection.id, school: school.id)
            for id in 1...4 {
                premises.source.change(.staff("\(school.id)\(id)", in: key)) {
                    $0.standing = .left(.notCurrent)
                }
            }
        }
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 20 && result.suspended == 0)
    }

    @Test func `an address passes from one school of a connection to another in one sync`()
        async throws
    {
        let second = SchoolDescription(id: "A2", name: "Second", timeZone: nil)
        let premises = try await Premises(schools: [.example, second])
        let there = SchoolKey(connection: premises.connection.id, school: "A2")
        premises.source.put(.staff("1", email: "one@school.example"))
        premises.source.put(.staff("2", surname: "Brown", email: "two@school.example", in: there))
        try await premises.syncAll()
        premises.source.change(.staff("1")) { $0.email = .value("two@school.example") }
        premises.source.change(.staff("2", in: there)) { $0.email = .value("new@school.example") }
        try await premises.syncAll()
        #expect(try await premises.account("1")?.email == "two@school.example")
    }

    /// A school whose first person alone, or whose first two, have the right of administrators.
    private func school(administrators: Int) async throws -> Premises {
        let premises = try await Premises()
        try await premises.setPolicy { $0.privileges = ["head": ["admin"]] }
        for id in 1...30 {
            premises.source.put(.staff("\(id)", roles: id <= administrators ? ["Head"] : []))
        }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    @Test(arguments: [(1, 1, false), (2, 1, true), (2, 2, false)])
    func `the last administrator is not suspended by a sync, until a person says so`(
        administrators: Int,
        leavers: Int,
        isDone: Bool
    ) async throws {
        let premises = try await school(administrators: administrators)
        for id in 1...leavers {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        let result = try await premises.syncAll()
        #expect(result.suspended == (isDone ? leavers : 0))
        #expect(result.remarks.contains { $0.reason.contains("last account") } == !isDone)
        guard let plan = result.plan else {
            #expect(isDone)
            return
        }
        let batch = BatchSync(premises.workshop)
        let done = await batch.approve(plan, at: try await premises.school().connection)
        #expect(done.suspended == leavers)
    }

    @Test func `a login does not suspend the last administrator, nor does absence`() async throws {
        let premises = try await school(administrators: 1)
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.outcome == .held)
        #expect(try await premises.account("1")?.status == .active)
        premises.source.remove(.staff("1"))
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(13 * 3600))
        let absent = try await premises.syncAll()
        #expect(absent.suspended == 0 && absent.held == 1 && absent.plan != nil)
        #expect(try await premises.account("1")?.status == .active)
    }
}
