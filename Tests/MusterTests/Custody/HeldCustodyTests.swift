import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Responsibilities that too many would lose at once: held back, and unconfirmed at once.
@Suite(.timeLimit(.minutes(1))) struct HeldCustodyTests {
    private func held() async throws -> (families: Families, result: SyncResult) {
        let families = try await Families()
        families.withdraw(1...6)
        let result = try await families.sync()
        #expect(result.state == .held && result.held == 6)
        return (families, result)
    }

    @Test func `as many as the limit lose it at once`() async throws {
        let families = try await Families(30)
        families.withdraw(1...6)
        try await families.sync().expectCompleted()
        let lost = try await families.pupils(30) { $0?.parentalResponsibility == false }
        #expect(lost == Set(1...6))
    }

    @Test func `a mass withdrawal is held and each relation unconfirmed, without approval`()
        async throws
    {
        let (families, result) = try await held()
        #expect(result.plan != nil)
        #expect(
            result.trouble?.contains("6 people of Alder Park School would lose their contacts")
                == true
        )
        let unconfirmed = try await families.pupils { $0?.isConfirmed == false }
        #expect(unconfirmed == Set(1...6))
        let responsible = try await families.pupils { $0?.parentalResponsibility == true }
        #expect(responsible == Set(1...8))
        let mother = try await families.summary("k1").contacts.first { $0.relationship == "Mother" }
        #expect(mother?.isConfirmed == true, "nothing was said against her")
        let carer = try await families.summary("c2").students
        #expect(carer.count { !$0.isConfirmed } == 6)
        let row = try await families.premises.store
            .history(of: try await families.summary("k1").account.id).last
        #expect(row?.entry.reason == Reason.heldByGuard.rawValue && row?.entry.field == .contacts)
        #expect(row?.entry.to?.contains("unconfirmed") == true)
    }

    @Test func `a first day ahead makes no mass withdrawal less doubtful`() async throws {
        let families = try await Families()
        let ahead = try #require(Day("2040-09-01"))
        families.withdraw(1...6)
        for number in 1...6 {
            families.premises.source.change(.student("k\(number)")) {
                $0.standing = .notYetStarted(ahead)
            }
        }
        let result = try await families.sync()
        #expect(result.state == .held && result.held == 6)
        #expect(try await families.pupils { $0?.isConfirmed == false } == Set(1...6))
        #expect(try await families.pupils { $0?.parentalResponsibility == true } == Set(1...8))
        let approved = await BatchSync(families.premises.workshop).approve(
            try #require(result.plan),
            at: try await families.premises.school().connection
        )
        #expect(approved.state == .completed)
        let lost = try await families.pupils { $0?.parentalResponsibility == false }
        #expect(lost == Set(1...6))
    }

    @Test func `a second sync holds the same and writes no more`() async throws {
        let (families, _) = try await held()
        let before = try await families.summary("k1").account
        let again = try await families.sync()
        #expect(again.state == .held && again.held == 6)
        #expect(try await families.summary("k1").account == before)
    }

    @Test func `approval applies it, and nothing is unconfirmed`() async throws {
        let (families, result) = try await held()
        let plan = try #require(result.plan)
        let done = await BatchSync(families.premises.workshop)
            .approve(plan, at: try await families.premises.school().connection)
        #expect(done.state == .completed && done.changed == 6 && done.skipped == 0)
        #expect(try await families.pupils { $0?.parentalResponsibility == false } == Set(1...6))
        #expect(try await families.pupils { $0?.isConfirmed == false } == [])
        try await families.sync().expectCompleted()
    }

    @Test func `the mark ends when the source states it again`() async throws {
        let (families, _) = try await held()
        families.restate(1...6)
        try await families.sync().expectCompleted()
        #expect(try await families.pupils { $0?.isConfirmed == true } == Set(1...8))
        #expect(try await families.pupils { $0?.parentalResponsibility == true } == Set(1...8))
    }

    @Test(arguments: [Families.Path.login, .delta])
    func `the mark ends at a single look too`(path: Families.Path) async throws {
        let (families, _) = try await held()
        families.restate(1...1)
        try await families.look(path, 1)
        #expect(try await families.father(of: 1)?.isConfirmed == true)
        if path == .login { #expect(try await families.father(of: 2)?.isConfirmed == false) }
    }

    @Test func `a plan that lapses leaves the mark`() async throws {
        let (families, result) = try await held()
        let plan = try #require(result.plan)
        families.premises.clock.advance(by: .seconds(90_000))
        for number in 1...8 {
            families.premises.source.change(.student("k\(number)")) {
                $0.contacts = .notSupplied(.notGranted)
            }
        }
        try await families.sync().expectCompleted()
        let done = await BatchSync(families.premises.workshop)
            .approve(plan, at: try await families.premises.school().connection)
        #expect(done.state == .failed)
        #expect(try await families.pupils { $0?.isConfirmed == false } == Set(1...6))
    }

    @Test func `logins take no more than a batch, and mark what they hold back`() async throws {
        let families = try await Families()
        families.withdraw(1...8)
        for number in 1...8 {
            let login = try await families.premises.login(.sourceID("k\(number)"))
            #expect(login.decision == .allow)
            #expect((login.outcome == .held) == (number > 5), "\(number)")
        }
        #expect(try await families.pupils { $0?.parentalResponsibility == false } == Set(1...5))
        #expect(try await families.pupils { $0?.isConfirmed == false } == Set(6...8))
    }

    @Test func `a sync of changes holds and marks like logins, and its plan can be approved`()
        async throws
    {
        let families = try await Families()
        families.withdraw(1...8)
        let result = try await families.sync(onlyChanges: true)
        #expect(result.kind == .delta && result.state == .held && result.held == 3)
        #expect(try await families.pupils { $0?.parentalResponsibility == false }.count == 5)
        #expect(try await families.pupils { $0?.isConfirmed == false }.count == 3)
        let done = await BatchSync(families.premises.workshop).approve(
            try #require(result.plan),
            at: try await families.premises.school().connection
        )
        #expect(done.state == .completed)
        #expect(try await families.pupils { $0?.parentalResponsibility == false } == Set(1...8))
    }

    @Test func `where the whole answer waits, what it would take is unconfirmed all the same`()
        async throws
    {
        let families = try await Families()
        for number in 1...8 {
            families.premises.source.change(.student("k\(number)")) {
                $0.forename = .value("Other")
                $0.surname = .value("Stranger")
                $0.email = .value("other\(number)@school.example")
                $0.contacts = .value([.example("c1", "Mother")])
            }
        }
        let result = try await families.sync()
        #expect(result.state == .held && result.held == 8)
        #expect(try await families.summary("k1").account.surname == "Pupil1")
        #expect(try await families.pupils { $0?.isConfirmed == false } == Set(1...8))
        for number in 1...8 {
            families.premises.source.put(
                .student(
                    "k\(number)",
                    surname: "Pupil\(number)",
                    contacts: [.example("c1", "Mother"), .example("c2", "Father")]
                )
            )
        }
        try await families.sync().expectCompleted()
        #expect(try await families.pupils { $0?.isConfirmed == true } == Set(1...8))
    }
}
