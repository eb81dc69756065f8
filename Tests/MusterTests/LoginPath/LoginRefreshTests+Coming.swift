import Accounts
import Muster
import MusterTesting
import Roster
import Testing

// Newcomers, leavers, and those who may not come in.
extension LoginRefreshTests {
    @Test func `somebody who left is denied`() async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.standing = .left(.notCurrent) }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == .left)
        #expect(result.account?.account.status == .suspended(by: .sync))
        #expect(result.changes.map(\.field) == [.status])
        // She is asked for again, fresh or not, and let in once the source has her.
        #expect(try await premises.login(.sourceID("1")).outcome == .left)
        premises.source.change(amara.key) { $0.standing = .current }
        let back = try await premises.login(.email("1@school.example"))
        #expect(back.decision == .allow && back.outcome == .refreshed)
        #expect(requests(premises) == 3)
    }

    @Test(arguments: [
        (ScriptedAnswer.notReturned(reason: "404"), LoginOutcome.notReturned),
        (.failed(.unavailable(reason: "No answer.")), .sourceUnavailable),
    ])
    func `somebody a sync suspended stays so while the source says nothing`(
        answer: ScriptedAnswer,
        outcome: LoginOutcome
    ) async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.standing = .left(.notCurrent) }
        _ = try await premises.login(.sourceID("1"))
        premises.source.script { $0.everyAnswer = answer }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == outcome)
    }

    @Test func `an administrator who suspends during the look-up is heard`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        var account = try #require(try await premises.account("1"))
        account.status = .suspended(by: .administrator)
        try await premises.write(account)
        gate.open()
        #expect(try await login.decision == .deny)
    }

    @Test func `a newcomer is created only where the host vouches for her`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("2"), .staff("3"))
        let parked = try await premises.login(.sourceID("2"), .password)
        #expect(parked.decision == .deny && parked.outcome == .disputed)
        #expect(try await premises.account("2") == nil)
        let created = try await premises.login(.sourceID("2"), .sso)
        #expect(created.decision == .allow && created.outcome == .refreshed)
        #expect(created.changes.count == 1 && created.changes.first?.field == nil)
        try await premises.setPolicy { $0.newcomers = .park }
        #expect(try await premises.login(.sourceID("3"), .sso).decision == .deny)
        #expect(try await premises.account("3") == nil)
    }

    @Test func `a parked newcomer is found by her address`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("2", email: "two@school.example"))
        _ = try await premises.login(.sourceID("2"), .password)
        let result = try await premises.login(.email(" Two@school.example"), .sso)
        #expect(result.decision == .allow)
    }

    @Test func `somebody who starts today is found by her address`() async throws {
        let premises = try await premises()
        premises.source.put(
            Observation.staff("2").with { $0.standing = .notYetStarted(.at("2026-09-08")) }
        )
        try await premises.syncAll()
        #expect(try await premises.login(.email("2@school.example")).decision == .deny)
        premises.clock.advance(by: .seconds(86_400))
        premises.source.change(.staff("2")) { $0.standing = .current }
        #expect(try await premises.login(.email("2@school.example")).decision == .allow)
    }

    @Test func `a disputed record is denied, and the account behind the address let in`()
        async throws
    {
        let premises = try await premises()
        premises.source.put(.staff("2", email: "1@school.example"))
        let result = try await premises.login(.sourceID("2"))
        #expect(result.decision == .deny && result.outcome == .disputed)
        #expect(try await premises.login(.email("1@school.example")).decision == .allow)
    }

    @Test func `an account without a record at the school is let in without a request`()
        async throws
    {
        let premises = try await premises()
        try await premises.write(.named("Zoë", "Żak", id: 5, email: "zoe@school.example"))
        let result = try await premises.login(.email("zoe@school.example"))
        #expect(result.decision == .allow && requests(premises) == 0)
    }

    @Test(arguments: [
        (LoginMethod.password, Credential.none, LoginDecision.resetPassword),
        (.password, .host, .allow), (.sso, .none, .allow), (.sso, .host, .allow),
    ])
    func `a password login without a password leads to a reset`(
        method: LoginMethod,
        credential: Credential,
        decision: LoginDecision
    ) async throws {
        let premises = try await premises()
        var account = try #require(try await premises.account("1"))
        account.credential = credential
        try await premises.write(account)
        #expect(try await premises.login(.sourceID("1"), method).decision == decision)
        #expect(try await premises.login(.sourceID("1"), method).outcome == .fresh)
        #expect(try await premises.login(.sourceID("1"), method).decision == decision)
    }

    @Test func `a former address finds a person for ninety days`() async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.email = .value("new@school.example") }
        _ = try await premises.login(.sourceID("1"))
        premises.clock.advance(by: .seconds(89 * 86_400))
        #expect(try await premises.login(.email("1@school.example")).decision == .allow)
        premises.clock.advance(by: .seconds(2 * 86_400))
        let late = try await premises.login(.email("1@school.example"))
        #expect(late.decision == .deny && late.outcome == .unknownPerson)
    }
}
