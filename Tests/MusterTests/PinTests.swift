import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// What a person decided to keep as it is, at logins and in batches.
@Suite struct PinTests {
    enum Path: CaseIterable { case login, batch }

    private func look(_ premises: Premises, _ path: Path, _ id: String = "1") async throws {
        switch path {
        case .batch: try await premises.syncAll()
        case .login:
            premises.letFreshnessPass()
            _ = try await premises.login(.sourceID(id))
        }
    }

    private func premises(_ people: Int = 3) async throws -> Premises {
        let premises = try await Premises()
        for number in 1...people {
            premises.source.put(
                Observation.staff(
                    "\(number)",
                    forename: "F\(number)",
                    surname: "S\(number)",
                    email: "\(number)@school.example",
                    roles: ["Tutor"],
                    managers: number == 1 ? ["2"] : []
                ).with { $0.classes = .value([.taught("C1")]) }
            )
        }
        try await premises.setPolicy { $0.privileges = ["tutor": ["some"], "head": ["all"]] }
        try await premises.syncAll()
        return premises
    }

    private func pin(_ pin: Pin, _ premises: Premises, _ id: String = "1") async throws {
        try await premises.edit([.pin(pin)], id)
    }

    @Test(arguments: Path.allCases, [nil] + Field.allCases.map(Optional.some))
    func `a pinned field stays, and the rest follows`(path: Path, field: Field?) async throws {
        let premises = try await premises()
        try await pin(Pin(field), premises)
        let before = try #require(try await premises.account("1"))
        premises.source.change(.staff("1")) {
            $0.surname = .value("Brown")
            $0.email = .value("new@school.example")
            $0.managers = .value([ManagerEntry(key: .staff("3"))])
            $0.classes = .value([.taught("C2")])
            $0.roles = .value([StaffRole(title: "Head")])
        }
        try await look(premises, path)
        let after = try #require(try await premises.account("1"))
        for (pinned, isSame) in [
            (Field.surname, before.surname == after.surname), (.email, before.email == after.email),
            (.lineManager, before.lineManager == after.lineManager),
            (.classes, before.memberships == after.memberships),
            (.roles, before.privileges == after.privileges),
            (.jobTitle, before.jobTitle == after.jobTitle),
        ] {
            #expect(isSame == (field == nil || field == pinned), "\(pinned)")
        }
        try await premises.edit([.unpin(field)], "1")
        try await look(premises, path)
        let free = try #require(try await premises.account("1"))
        #expect(free.surname == "Brown" && free.email == "new@school.example" && free.pins.isEmpty)
        #expect(free.privileges.map(\.name) == ["all"] && free.lineManager != before.lineManager)
    }

    @Test(arguments: Path.allCases, [nil, Field.status])
    func `whoever's status is pinned is not suspended`(path: Path, field: Field?) async throws {
        let premises = try await premises()
        try await pin(Pin(field), premises)
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await look(premises, path)
        #expect(try await premises.account("1")?.status == .active)
        try await look(premises, path)
        try await premises.edit([.unpin(nil)], "1")
        try await look(premises, path)
        #expect(try await premises.account("1")?.status == .suspended(by: .sync))
    }

    @Test func `leavers who are pinned do not count for the guard`() async throws {
        let premises = try await premises(30)
        for number in 1...10 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
            if number <= 7 { try await pin(Pin(.status), premises, "\(number)") }
        }
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.suspended == 3 && result.unchanged == 27)
    }

    @Test func `the missing who are pinned stay, and do not count for the guard`() async throws {
        let premises = try await premises(30)
        for number in 1...10 {
            premises.source.remove(.staff("\(number)"))
            if number <= 7 { try await pin(Pin(.status), premises, "\(number)") }
        }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(13 * 3600))
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.suspended == 3)
        #expect(try await premises.account("1")?.status == .active)
    }

    @Test(arguments: Path.allCases)
    func `a pin lapses on its day though the source says the same`(path: Path) async throws {
        let premises = try await premises()
        let today = SchoolCalendar.day(at: premises.clock.now(), in: "Europe/London")
        let until = SchoolCalendar.day(
            at: premises.clock.now().advanced(by: .seconds(2 * 86_400)),
            in: "Europe/London"
        )
        try await pin(Pin(.surname, until: until), premises)
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        try await look(premises, path)
        try await look(premises, path)
        #expect(try await premises.account("1")?.surname == "S1")
        premises.clock.advance(by: .seconds(2 * 86_400))
        try await look(premises, path)
        #expect(try await premises.account("1")?.surname == "Brown")
        #expect(try await premises.account("1")?.pins.isEmpty == true)
        await #expect(throws: AdministrationError.edit(.pastDay(today))) {
            try await pin(Pin(.surname, until: today), premises)
        }
    }

    @Test(arguments: [
        (Pin(.surname, against: .value("Brown")), "S1"), (Pin(.title, against: .value("Dr")), nil),
        (Pin(.classes, against: .value("C2 teacher")), "C1 (teacher)"),
        (Pin(.lineManager, against: .value("3")), "2"),
        (Pin(.status, against: .value("left")), nil), (Pin(nil, against: .value("S1")), nil),
    ])
    func `a pin against what the source does not say is refused`(
        wrong: Pin,
        said: String?
    ) async throws {
        let premises = try await premises()
        await #expect(throws: AdministrationError.edit(.notStated(wrong.field, said))) {
            try await pin(wrong, premises)
        }
        guard said != nil else { return }
        var right = wrong
        right.against = .value(said)
        try await pin(right, premises)
        #expect(try await premises.account("1")?.pins == [right])
    }

    @Test(arguments: Path.allCases)
    func `a pin against one value goes when the source says another`(path: Path) async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        try await look(premises, path)
        try await premises.edit([.set(.surname, to: "S1")], "1")
        try await pin(Pin(.surname, against: .value("Brown")), premises)
        premises.source.change(.staff("1")) { $0.phone = .value("01632 960001") }
        try await look(premises, path)
        #expect(try await premises.account("1")?.surname == "S1")
        #expect(try await premises.account("1")?.phone == "01632 960001")
        premises.source.change(.staff("1")) { $0.surname = .value("Green") }
        try await look(premises, path)
        #expect(try await premises.account("1")?.surname == "Green")
        #expect(try await premises.account("1")?.pins.isEmpty == true)
    }

    @Test func `explain says that it is pinned`() async throws {
        let premises = try await premises()
        try await pin(Pin(nil), premises)
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        let found = try await Explainer(premises.workshop)
            .explain("1@school.example", in: premises.school())
        let fields = try #require(found).fields
        #expect(fields.filter { $0.reason == .pinned }.map(\.field).contains(.surname))
        #expect(fields.allSatisfy { $0.verdict == .keep })
    }

    @Test func `a newcomer does not get an address that is pinned to a leaver`() async throws {
        let premises = try await premises()
        try await pin(Pin(.email), premises)
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        premises.source.put(.staff("9", surname: "New", email: "1@school.example"))
        let result = try await premises.syncAll()
        #expect(result.suspended == 1 && result.created == 0 && result.disputed == 1)
        #expect(try await premises.account("1")?.email == "1@school.example")
    }

    @Test func `what is not pinned cannot be unpinned`() async throws {
        let premises = try await premises()
        await #expect(throws: AdministrationError.edit(.notPinned(.title))) {
            try await premises.edit([.unpin(.title)], "1")
        }
    }
}

extension ClassMembership {
    static func taught(_ id: String) -> ClassMembership {
        ClassMembership(
            teachingClass: TeachingClass(
                key: ClassKey(school: .example, id: id),
                name: id,
                subject: "Maths"
            ),
            role: .teacher
        )
    }
}

extension Premises {
    /// What an administrator does to the account of a member of staff.
    func edit(_ edits: [LocalEdit], _ id: String) async throws {
        let account = try #require(try await account(id))
        _ = try await Administration(workshop).edit(
            edits,
            account: account.id,
            of: .standard,
            at: try await school().school
        )
    }
}
