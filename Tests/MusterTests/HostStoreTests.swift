import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// A host keeps accounts and runs itself, and Muster keeps the connections elsewhere.
@Suite struct `Accounts in the host's own store` {
    private let clock = ManualClock()
    private let source = ScriptedSource()
    private let accounts: any AccountStore & RunStore = MemoryStore()
    private let connections: any ConnectionStore = MemoryStore()
    private let login: LoginRefresh
    private let batch: BatchSync
    private let connection: Connection

    init() async throws {
        connection = try await connections.addConnection(.example()) { _ in [1] }
        let sources = OneSource(source: source)
        let identifiers = Identifiers(at: clock.now(), salt: 7)
        // As `Docs/WritingAStore.md` shows it.
        let workshop = Workshop(
            accounts: accounts,
            connections: connections,
            sources: sources,
            clock: clock,
            identifiers: identifiers
        )
        let login = LoginRefresh(workshop)
        let batch = BatchSync(workshop)
        self.login = login
        self.batch = batch
    }

    @Test func `a batch makes them, a login keeps them true, and the store tells of both`()
        async throws
    {
        for number in 1...3 { source.put(.staff("\(number)")) }
        let sync = await batch.run(connection)
        #expect(sync.state == .completed)
        #expect(sync.created == 3)

        source.change(.staff("2")) { $0.surname = .value("Okafor") }
        clock.advance(by: .seconds(601))
        let answer = await login.refresh(event("2"))
        #expect(answer.decision == .allow)
        #expect(answer.outcome == .refreshed)
        #expect(answer.account?.account.surname == "Okafor")

        let feed = try await accounts.changes(after: 0, of: .standard, in: .example, limit: 100)
        #expect(feed.count { $0.change.cause == .batch && $0.change.entry.field == nil } == 3)
        #expect(feed.last?.change.entry.to == "Okafor")
        #expect(feed.last?.change.cause == .login)
        #expect(try await accounts.run(sync.run)?.counts == sync.counts)
        #expect(try await connections.school(named: "A1000000001") != nil)
    }

    @Test func `who left is suspended by a login and restored by a batch`() async throws {
        for number in 1...3 { source.put(.staff("\(number)")) }
        _ = await batch.run(connection)
        source.change(.staff("2")) { $0.standing = .left(.notCurrent) }
        clock.advance(by: .seconds(601))
        let answer = await login.refresh(event("2"))
        #expect(answer.decision == .deny)
        #expect(answer.outcome == .left)
        source.change(.staff("2")) { $0.standing = .current }
        let sync = await batch.run(connection)
        #expect(sync.restored == 1)
    }

    @Test func `a policy comes from where the connections are`() async throws {
        var policy = Policy()
        policy.ownership[.surname] = .onceAtCreation
        try await connections.setPolicy(policy, of: .standard)
        source.put(.staff("1", surname: "Abdi"))
        _ = await batch.run(connection)
        source.change(.staff("1")) { $0.surname = .value("Okafor") }
        clock.advance(by: .seconds(601))
        let answer = await login.refresh(event("1"))
        #expect(answer.account?.account.surname == "Abdi")
    }

    private func event(_ id: String) -> LoginEvent {
        LoginEvent(
            school: ConnectedSchool(connection: connection, school: .example),
            key: .sourceID(id),
            method: .sso
        )
    }
}
