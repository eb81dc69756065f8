import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

/// A school with a scripted source and a memory store, reached through the product's own doors.
final class Premises: Sendable {
    let clock: ManualClock
    let source: ScriptedSource
    let store: CountedStore
    let workshop: Workshop
    let login: LoginRefresh
    let connection: Connection

    /// Premises whose connection reaches `schools`.
    init(
        schools: [SchoolDescription] = [.example],
        pageSize: Int = 50,
        settings: LoginSettings = LoginSettings(),
        people: Set<PersonKind> = [.staff],
        sourceError: SourceError? = nil
    ) async throws {
        clock = ManualClock()
        source = ScriptedSource(pageSize: pageSize, clock: clock)
        source.script { $0.schools = schools }
        store = CountedStore(MemoryStore())
        connection = try await store.memory.addConnection(
            .example(schools: schools, people: people)
        ) { _ in [] }
        workshop = Workshop(
            store: store,
            sources: OneSource(source: source, error: sourceError),
            clock: clock,
            identifiers: Identifiers(at: .example, salt: 7)
        )
        login = LoginRefresh(workshop, settings: settings)
    }

    func school(_ index: Int = 0) async throws -> ConnectedSchool {
        let now = try await store.connections().first ?? connection
        return ConnectedSchool(connection: now, school: now.schools[index])
    }

    /// Logs somebody in.
    func login(
        _ key: LoginKey,
        _ method: LoginMethod = .sso,
        school: Int = 0
    ) async throws -> LoginRefreshResult {
        await login.refresh(
            LoginEvent(school: try await self.school(school), key: key, method: method)
        )
    }

    /// Syncs everybody, planning `chunk` people in one step.
    @discardableResult
    func syncAll(chunk: Int = 50) async throws -> SyncResult {
        var settings = SyncSettings()
        settings.chunk = chunk
        // Nobody moves the clock for a second attempt.
        settings.attempts = 1
        return await BatchSync(workshop, settings: settings).run(try await school().connection)
    }

    func setPolicy(_ change: (inout Policy) -> Void) async throws {
        var policy = try await store.policy(of: .standard)
        change(&policy)
        try await store.setPolicy(policy, of: .standard)
    }

    /// The account behind a member of staff.
    func account(_ id: String) async throws -> Account? {
        try await store.person(
            .sourceID(id),
            in: .example,
            of: .standard,
            formerSince: clock.now()
        )?.account
    }

    /// Changes an account as an administrator would.
    func write(_ account: Account) async throws {
        let before = try await store.summary(of: account.id)?.account
        var changes = ChangeSet(
            tenant: .standard,
            run: nil,
            cause: .administrator,
            at: clock.now()
        )
        changes.accounts = [AccountWrite(after: account, before: before)]
        try await store.memory.apply(changes)
    }

    /// Lets ten minutes and a bit pass, so that nobody is fresh.
    func letFreshnessPass() { clock.advance(by: .seconds(601)) }
}
