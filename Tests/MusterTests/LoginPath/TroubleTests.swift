import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// Logins while the source hangs, fails or asks for quiet.
@Suite(.timeLimit(.minutes(3))) struct TroubleTests {
    private static let away = ScriptedAnswer.failed(.unavailable(reason: "The MIS is away."))

    /// A school of `count` people who were synced a while ago.
    private func premises(_ count: Int = 30) async throws -> Premises {
        let premises = try await Premises()
        for id in 1...count { premises.source.put(.staff("\(id)")) }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    private func lookUps(_ premises: Premises) -> Int {
        premises.source.asked.count { if case .lookUp = $0 { true } else { false } }
    }

    @Test func `after failures the source is left alone, and asked again by itself`() async throws {
        let premises = try await premises()
        premises.source.script {
            $0.everyAnswer = Self.away
            $0.describeError = .unavailable(reason: "The MIS is away.")
        }
        for id in 1...20 {
            let result = try await premises.login(.sourceID("\(id)"))
            #expect(result.decision == .allow && result.outcome == .sourceUnavailable)
            #expect(result.trouble != nil && (id <= 5) == (result.retryAfter == nil))
        }
        #expect(lookUps(premises) == 5)
        #expect(premises.login.sources.map(\.isAsked) == [false])
        premises.source.script {
            $0.everyAnswer = .record
            $0.describeError = nil
        }
        let before = premises.source.requests
        // Not the budget of a login that was answered.
        try await premises.clock.sleepers(atLeast: 1, for: .seconds(1)...(.seconds(7)))
        premises.clock.advance(by: .seconds(7))
        try await premises.source.requests(atLeast: before + 1)
        try await until { premises.login.sources.allSatisfy(\.isAsked) }
        #expect(try await premises.login(.sourceID("20")).outcome == .unchanged)
    }

    @Test func `who is turned away is told what the gate's own question found wrong`() async throws
    {
        let premises = try await premises()
        let refused = "The MIS refuses the token."
        premises.source.script {
            $0.everyAnswer = .refused(reason: refused)
            $0.describeError = .refused(reason: refused)
        }
        for id in 1...5 { _ = try await premises.login(.sourceID("\(id)")) }
        // Not the budget of a login that was answered.
        try await premises.clock.sleepers(atLeast: 1, for: .seconds(1)...(.seconds(7)))
        premises.clock.advance(by: .seconds(7))
        try await until { premises.login.sources.first?.trouble == refused }
        let result = try await premises.login(.sourceID("6"))
        #expect(result.trouble?.hasSuffix("by itself: \(refused)") == true)
        #expect(result.decision == .allow && lookUps(premises) == 5)
    }

    @Test func `a source that hangs costs nobody more than the budget`() async throws {
        let premises = try await premises()
        for id in 1...30 {
            premises.source.change(Observation.staff("\(id)").key) {
                $0.surname = .value("Changed")
            }
        }
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        let logins = (1...30).map { id in
            Task { try await premises.login(.sourceID("\(id)")) }
        }
        try await gate.arrival(of: 8)
        try await premises.clock.sleepers(atLeast: 30, for: .milliseconds(800))
        try await until { premises.login.sources.first?.waiting == 22 }
        premises.clock.advance(by: .milliseconds(800))
        for login in logins {
            let result = try await login.value
            #expect(result.decision == .allow && result.outcome == .deferred)
            #expect(result.time == .milliseconds(800))
        }
        #expect(gate.arrivals == 8, "no more than the cap")
        gate.open()
        await premises.login.finishDeferred()
        for id in 1...30 {
            #expect(try await premises.account("\(id)")?.surname == "Changed")
        }
    }

    @Test func `a wait that the source asks for is kept`() async throws {
        let premises = try await premises()
        premises.source.script { $0.everyAnswer = .failed(.overloaded(retryAfter: .seconds(20))) }
        _ = try await premises.login(.sourceID("1"))
        premises.source.script { $0.everyAnswer = .record }
        let result = try await premises.login(.sourceID("2"))
        #expect(result.outcome == .sourceUnavailable && result.decision == .allow)
        #expect(result.retryAfter == .seconds(20))
        #expect(lookUps(premises) == 1)
        premises.clock.advance(by: .seconds(20))
        #expect(try await premises.login(.sourceID("2")).outcome == .unchanged)
    }

    @Test(arguments: [StaleLoginRule.mark, .refuse])
    func `an account that nobody confirmed for too long is marked or refused`(
        rule: StaleLoginRule
    ) async throws {
        let premises = try await premises()
        try await premises.setPolicy {
            $0.maximumStaleness = .seconds(3600)
            $0.staleLogins = rule
        }
        _ = try await premises.login(.sourceID("1"))
        premises.source.script { $0.everyAnswer = Self.away }
        premises.clock.advance(by: .seconds(3600))
        let inTime = try await premises.login(.sourceID("1"))
        #expect(inTime.decision == .allow && !inTime.isStale)
        premises.clock.advance(by: .seconds(1))
        let late = try await premises.login(.sourceID("1"))
        #expect(late.isStale && late.decision == (rule == .mark ? .allow : .deny))
        premises.source.script { $0.everyAnswer = .record }
        #expect(try await premises.login(.sourceID("1")).isStale == false)
    }

    @Test func `two processes look one person up once each and make one account`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("200"))
        let other = LoginRefresh(
            Workshop(
                store: premises.store,
                sources: OneSource(source: premises.source),
                clock: premises.clock,
                identifiers: Identifiers(at: .example, salt: 70_000)
            )
        )
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        let event = LoginEvent(
            school: try await premises.school(),
            key: .sourceID("200"),
            method: .sso
        )
        let logins = (0..<20).map { number in
            Task { await (number.isMultiple(of: 2) ? premises.login : other).refresh(event) }
        }
        try await gate.arrival(of: 2)
        try await premises.clock.sleepers(atLeast: 20, for: .milliseconds(800))
        gate.open()
        var accounts: Set<AccountID?> = []
        for login in logins {
            let result = await login.value
            #expect(result.decision == .allow, "\(result)")
            accounts.insert(result.account?.account.id)
        }
        // One look-up of each process; and one more, of each at the most, for whoever read that she is
        // unknown before it landed and came to the desk after it.
        #expect(accounts.count == 1 && (2...4).contains(lookUps(premises)))
    }
}
