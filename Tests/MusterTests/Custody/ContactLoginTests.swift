import Accounts
import MusterTesting
import Reconciliation
import Roster
import Synchronization
import Testing

@testable import Muster

/// What a parent's own login says of whom she is responsible for.
@Suite(.timeLimit(.minutes(1))) struct ContactLoginTests {
    private func login(_ families: Families) async throws -> LoginRefreshResult {
        try await families.premises.login(.sourceID("c2"))
    }

    @Test func `a contact who logs in sees what her pupils' records say now`() async throws {
        let families = try await Families(2)
        families.withdraw([1])
        var asked = families.premises.source.requests
        let login = try await login(families)
        #expect(families.premises.source.requests - asked == 3 && login.requests == 3)
        #expect(login.decision == .allow && login.outcome == .refreshed)
        #expect(login.account?.students.map(\.parentalResponsibility) == [false, true])
        #expect(login.account?.students.map(\.isConfirmed) == [true, true])
        #expect(try await families.father(of: 1)?.parentalResponsibility == false)
        // A minute later it is given back, and the other one withdrawn.
        families.restate([1])
        families.withdraw([2])
        asked = families.premises.source.requests
        let again = try await self.login(families)
        #expect(families.premises.source.requests - asked == 3)
        #expect(again.account?.students.map(\.parentalResponsibility) == [true, false])
        #expect(try await self.login(families).outcome == .unchanged)
    }

    @Test func `a contact whose look-up waits to be noted is not answered without her pupils`()
        async throws
    {
        var settings = LoginSettings()
        settings.budget = .seconds(3600)
        let families = try await Families(2, settings: settings)
        let gate = Gate()
        families.premises.store.beforeMarking.withLock { $0 = { try? await gate.pass() } }
        async let answer = login(families)
        try await gate.arrival(of: 3)
        for _ in 1...200 {
            families.premises.clock.advance(by: .milliseconds(1))
            await Task.yield()
        }
        gate.open()
        #expect(try await answer.account?.students.map(\.isConfirmed) == [true, true])
    }

    @Test func `a pupil who does not name her any more is her pupil no more`() async throws {
        let families = try await Families(2)
        families.premises.source.change(.student("k1")) {
            $0.contacts = .value([.example("c1", "Mother")])
        }
        let login = try await login(families)
        #expect(login.account?.students.map(\.name) == ["Niamh Pupil2"])
    }

    @Test(arguments: [true, false])
    func `a pupil of whom the MIS says nothing is not shown as confirmed`(
        isUnsupplied: Bool
    ) async throws {
        let families = try await Families(2)
        families.premises.source.script { script in
            if isUnsupplied {
                script.people[.student("k1")]?.contacts = .notSupplied(.notGranted)
            } else {
                script.answers[.student("k1")] = .notReturned(reason: "Gone.")
            }
        }
        let login = try await login(families)
        #expect(login.decision == .allow && login.outcome == .unchanged)
        #expect(login.account?.students.map(\.isConfirmed) == [false, true])
        #expect(login.account?.students.map(\.parentalResponsibility) == [true, true])
        #expect(try await families.father(of: 1)?.isConfirmed == true, "nothing is written")
    }

    @Test func `where nobody is asked nothing is shown as confirmed`() async throws {
        let families = try await Families(1)
        families.premises.source.script { $0.everyAnswer = .failed(.unavailable(reason: "Away.")) }
        let away = try await login(families)
        #expect(away.decision == .allow && away.outcome == .sourceUnavailable)
        #expect(away.account?.students.map(\.isConfirmed) == [false])
        try await families.premises.setPolicy { $0.loginBudget = .zero }
        let unasked = try await login(families)
        #expect(unasked.account?.students.map(\.isConfirmed) == [false])
    }

    @Test func `pupils who come late are looked up behind the login`() async throws {
        let families = try await Families(4)
        families.withdraw(1...4)
        let gate = Gate()
        families.premises.source.script { script in
            for number in 2...4 { script.answers[.student("k\(number)")] = .held(gate) }
        }
        async let answer = login(families)
        // The last of them is asked for once one of the three before is done with.
        try await gate.arrival(of: 3)
        families.premises.clock.advance(by: .milliseconds(760))
        let login = try await answer
        #expect(login.decision == .allow && login.outcome == .refreshed)
        #expect(
            login.account?.students.map(\.parentalResponsibility) == [false, true, true, true]
        )
        #expect(login.account?.students.map(\.isConfirmed) == [true, false, false, false])
        gate.open()
        await families.premises.login.finishDeferred()
        #expect(
            try await families.pupils(4) { $0?.parentalResponsibility == false } == [1, 2, 3, 4]
        )
    }

    @Test func `pupils who were not asked for when the login is answered are left to the sync`()
        async throws
    {
        let families = try await Families(6)
        families.withdraw(1...6)
        let gate = Gate()
        families.premises.source.script { script in
            for number in 1...6 { script.answers[.student("k\(number)")] = .held(gate) }
        }
        let asked = families.premises.source.requests
        async let answer = login(families)
        try await gate.arrival(of: 3)
        families.premises.clock.advance(by: .milliseconds(760))
        #expect(try await answer.decision == .allow)
        gate.open()
        await families.premises.login.finishDeferred()
        #expect(gate.arrivals == 3 && families.premises.source.requests - asked == 4)
    }

    @Test
    func `what goes wrong with the pupils of one contact does not shut the source for others`()
        async throws
    {
        let families = try await Families(8)
        families.premises.source.script { script in
            for number in 1...8 {
                script.answers[.student("k\(number)")] = .failed(.malformed(reason: "Broken."))
            }
        }
        #expect(try await login(families).decision == .allow)
        let connection = try await families.premises.school().connection.id
        let breaker = families.premises.workshop.traffic.gate(of: connection)?.breaker
        #expect([nil, .closed(failures: 0), .closed(failures: 1)].contains(breaker))
        #expect(try await families.premises.login(.sourceID("c1")).outcome == .unchanged)
    }

    @Test(arguments: [true, false])
    func `a right that the MIS took back is not confirmed where a pin keeps it`(
        isUndone: Bool
    ) async throws {
        let families = try await Families(2)
        if isUndone {
            families.withdraw([1])
            let run = try await families.sync().run
            #expect(try await Undo(families.premises.workshop).run(run).restored == 1)
            families.premises.letFreshnessPass()
        } else {
            try await families.premises.edit([.pin(Pin(.contacts))], "k1")
            families.withdraw([1])
        }
        let login = try await login(families)
        #expect(login.account?.students.map(\.parentalResponsibility) == [true, true])
        #expect(login.account?.students.map(\.isConfirmed) == [false, true])
    }

    @Test func `a guard holds what many pupils of one contact lose at her login`() async throws {
        let families = try await Families(8)
        families.withdraw(1...8)
        let login = try await login(families)
        let students = try #require(login.account?.students)
        let lost = students.count { $0.parentalResponsibility == false }
        #expect(lost <= 5 && lost > 0)
        #expect(students.allSatisfy { $0.parentalResponsibility == false || !$0.isConfirmed })
    }

    @Test func `a newcomer who names nobody yet is asked about once she has an account`()
        async throws
    {
        let families = try await Families(2, contacts: 1)
        families.premises.source.put(.contact("c2", surname: "Late"))
        families.withdraw([1])
        let login = try await login(families)
        #expect(login.decision == .allow, "\(login)")
        #expect(login.account?.students.map(\.parentalResponsibility) == [false, true])
        #expect(login.account?.students.map(\.isConfirmed) == [true, true])
    }
}
