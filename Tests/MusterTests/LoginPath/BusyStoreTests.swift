import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

/// Logins that change nothing, while somebody else writes to the store for long.
@Suite(.timeLimit(.minutes(3))) struct BusyStoreTests {
    private let amara = Observation.staff("1")

    /// A school that has seen Amara, and whose store notes no look-up before `gate` opens.
    private func premises(behind gate: Gate) async throws -> Premises {
        var settings = LoginSettings()
        settings.budget = .seconds(3600)
        let premises = try await Premises(settings: settings)
        premises.source.put(amara)
        try await premises.syncAll()
        premises.letFreshnessPass()
        premises.store.beforeMarking.withLock { $0 = { try? await gate.pass() } }
        return premises
    }

    /// Logs Amara in and lets time pass until she is answered.
    private func loginPastTheWait(
        _ premises: Premises,
        _ gate: Gate
    ) async throws -> LoginRefreshResult {
        async let result = premises.login(.sourceID("1"))
        try await gate.arrival()
        let time = Task { [clock = premises.clock] in
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(1))
                await Task.yield()
            }
        }
        defer { time.cancel() }
        return try await result
    }

    @Test func `who is told nothing new does not wait for the note of her look-up`() async throws {
        let gate = Gate()
        let premises = try await premises(behind: gate)
        let result = try await loginPastTheWait(premises, gate)
        #expect(result.decision == .allow && result.outcome == .unchanged && result.requests == 1)
        // The task that read her from the store may still be ending; what waits for the note stays.
        try await until { premises.login.deferredCount == 1 }
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.login(.sourceID("1")).outcome == .fresh)
    }

    @Test func `whoever comes before the note is written finds her looked up`() async throws {
        let gate = Gate()
        let premises = try await premises(behind: gate)
        _ = try await loginPastTheWait(premises, gate)
        let second = try await premises.login(.email("1@school.example"))
        #expect(second.outcome == .fresh && second.requests == 0)
        // Who always wants to be asked about is asked about, though the note still waits.
        try await premises.setPolicy { $0.freshness = .zero }
        premises.source.change(amara.key) { $0.surname = .value("Newlywed") }
        let third = try await premises.login(.sourceID("1"))
        #expect(third.outcome == .refreshed && third.account?.account.surname == "Newlywed")
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("1")?.surname == "Newlywed")
        #expect(premises.login.deferredCount == 0)
    }

    @Test func `what somebody wrote before the note is reconciled behind the answer`() async throws
    {
        let gate = Gate()
        let premises = try await premises(behind: gate)
        let result = try await loginPastTheWait(premises, gate)
        #expect(result.outcome == .unchanged)
        // A batch with an older page, in another process: what the source says now must win.
        var late = try #require(try await premises.account("1"))
        late.surname = "Outdated"
        try await premises.write(late)
        gate.open()
        await premises.login.finishDeferred()
        let account = try #require(try await premises.account("1"))
        #expect(account.version > late.version)
    }

    @Test func `an administrator who suspends her meanwhile is heeded`() async throws {
        let gate = Gate()
        let premises = try await premises(behind: gate)
        async let result = premises.login(.sourceID("1"))
        try await gate.arrival()
        var account = try #require(try await premises.account("1"))
        account.status = .suspended(by: .administrator)
        try await premises.write(account)
        for _ in 0..<100 {
            premises.clock.advance(by: .milliseconds(1))
            await Task.yield()
        }
        gate.open()
        #expect(try await result.decision == .deny)
    }

    @Test func `a batch brings threads of its own and a login does not`() async throws {
        let premises = try await premises(behind: Gate())
        premises.source.change(amara.key) { $0.surname = .value("Abara") }
        _ = try await premises.login(.sourceID("1"))
        #expect(!premises.store.staging.withLock { $0.hadOwnThreads })
        premises.source.change(amara.key) { $0.surname = .value("Adeyemi") }
        try await premises.syncAll()
        #expect(premises.store.staging.withLock { $0.hadOwnThreads })
    }
}
