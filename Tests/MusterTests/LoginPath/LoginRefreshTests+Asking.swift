import Accounts
import Muster
import MusterTesting
import Roster
import Testing

// Logins for which the source is asked.
extension LoginRefreshTests {
    @Test func `a login that changes nothing sends one request and writes no account or link`()
        async throws
    {
        let premises = try await premises()
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .allow && result.outcome == .unchanged)
        #expect(result.requests == 1 && requests(premises) == 1)
        #expect(result.run == nil && result.changes.isEmpty)
        let counts = premises.store.counts
        #expect(counts.accounts == 0 && counts.links == 0 && counts.applies == 0)
        #expect(counts.marks == 1)
        #expect(counts.reads == 0, "what she is was read before")
    }

    @Test func `what changed is in the account before the answer`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("2"))
        try await premises.syncAll()
        premises.source.change(amara.key) {
            $0.surname = .value("Brown")
            $0.managers = .value([ManagerEntry(key: .staff("2"))])
        }
        let result = try await premises.login(.email("1@school.example"))
        #expect(result.decision == .allow && result.outcome == .refreshed)
        #expect(result.account?.account.surname == "Brown")
        #expect(result.account?.lineManager?.email == "2@school.example")
        #expect(result.run != nil)
        let changes = Dictionary(
            uniqueKeysWithValues: result.changes.map { ($0.field, [$0.from, $0.to]) }
        )
        #expect(
            changes == [
                .surname: ["Abdi", "Brown"], .lineManager: [nil, "2@school.example"],
            ]
        )
        let history = try await premises.store.history(of: try #require(result.account?.account.id))
        #expect(history.filter { $0.cause == .login && $0.run == result.run }.count == 2)
    }

    @Test func `two logins at once send one request`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let first = premises.login(.sourceID("1"))
        try await gate.arrival()
        async let second = premises.login(.email("1@school.example"))
        try await premises.clock.sleepers(atLeast: 2, for: .milliseconds(800))
        gate.open()
        let outcomes = [try await first.outcome, try await second.outcome]
        let sent = [try await first.requests, try await second.requests]
        // The second may have read the person before the flight landed and come to it after: on a
        // machine that is busy enough she asks for herself.
        let isLate = outcomes.last == .unchanged
        #expect(requests(premises) == (isLate ? 2 : 1) && sent.reduce(0, +) == (isLate ? 2 : 1))
        #expect(outcomes.first == .unchanged)
        #expect(isLate || outcomes.last == .joined || outcomes.last == .fresh)
    }

    @Test func `a source that hangs defers the answer, and the refresh follows`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.change(amara.key) { $0.surname = .value("Brown") }
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        let result = try await login
        #expect(result.decision == .allow && result.outcome == .deferred)
        #expect(result.account?.account.surname == "Abdi")
        #expect(result.time == .milliseconds(800))
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("1")?.surname == "Brown")
    }

    @Test func `who joins a look-up that failed is not confirmed by it, nor bound`() async throws {
        let premises = try await premises()
        try await premises.setPolicy { $0.loginBudget = .seconds(60) }
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        let subject = HostSubject(issuer: "https://id.example", subject: "amara")
        async let first = premises.login(.sourceID("1"))
        try await gate.arrival()
        let event = LoginEvent(
            school: try await premises.school(),
            key: .email("1@school.example"),
            method: .sso,
            subject: subject
        )
        async let second = premises.login.refresh(event)
        try await premises.clock.sleepers(atLeast: 2, for: .seconds(60))
        try await premises.clock.sleepers(atLeast: 1, for: .seconds(1)...(.seconds(30)))
        // The source's own time is over, theirs is not.
        premises.clock.advance(by: .seconds(30))
        let outcomes = [try await first.outcome, await second.outcome]
        #expect(outcomes == [.sourceUnavailable, .sourceUnavailable])
        await premises.login.finishDeferred()
        let bound = try await premises.login(.subject(subject))
        #expect(bound.decision == .deny && bound.outcome == .unknownPerson)
    }

    @Test func `what is finished behind a login follows the policy of that time`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.change(amara.key) { $0.surname = .value("Brown") }
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        #expect(try await login.outcome == .deferred)
        try await premises.setPolicy { $0.ownership[.surname] = .local }
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("1")?.surname == "Abdi")
    }

    @Test func `a deferred newcomer is denied, and known afterwards`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.put(.staff("2"))
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("2"))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        let result = try await login
        #expect(result.decision == .deny && result.outcome == .deferred)
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.login(.sourceID("2")).decision == .allow)
    }

    @Test func `a source that never answers is asked again a few times, each with its deadline`()
        async throws
    {
        let premises = try await premises()
        premises.source.script { $0.everyAnswer = .held(Gate()) }
        let asked = premises.source.requests
        async let login = premises.login(.sourceID("1"))
        try await premises.source.requests(atLeast: asked + 1)
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        #expect(try await login.outcome == .deferred)
        try await until {
            premises.clock.advance(by: .seconds(30))
            return premises.login.deferredCount == 0
        }
        #expect(requests(premises) == 4)
        #expect(try await premises.account("1")?.status == .active)
    }

    @Test(
        arguments: [
            (ScriptedAnswer.notReturned(reason: "404"), LoginOutcome.notReturned),
            (.refused(reason: "403"), .sourceUnavailable),
            (.failed(.unavailable(reason: "No answer.")), .sourceUnavailable),
            (.failed(.overloaded(retryAfter: .seconds(3))), .sourceUnavailable),
            (.failed(.malformed(reason: "Cut.")), .sourceUnavailable),
        ] as [(ScriptedAnswer, LoginOutcome)]
    )
    func `a person whom the source does not show is let in as she is`(
        answer: ScriptedAnswer,
        outcome: LoginOutcome
    ) async throws {
        let premises = try await premises()
        let before = premises.store.memory.snapshot()
        premises.source.script { $0.everyAnswer = answer }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .allow && result.outcome == outcome)
        #expect(result.trouble != nil && result.requests == 1)
        #expect(premises.store.memory.snapshot().difference(from: before) == nil)
        #expect(premises.store.counts.marks == 0)
        // A newcomer is not.
        let other = try await premises.login(.sourceID("2"))
        #expect(other.decision == .deny && other.account == nil)
        #expect(other.outcome == (outcome == .notReturned ? .unknownPerson : outcome))
    }

    @Test func `a connection without a source lets known people in`() async throws {
        let premises = try await Premises(
            sourceError: .refused(reason: "There is no token for alder; set one.")
        )
        try await premises.write(.named("Amara", "Abdi", id: 5, email: "1@school.example"))
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == .sourceUnavailable)
        #expect(result.trouble == "There is no token for alder; set one.")
        let known = try await premises.login(.email("1@school.example"))
        #expect(known.decision == .allow)
    }
}
