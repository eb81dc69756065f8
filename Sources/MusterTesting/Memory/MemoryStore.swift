public import Accounts
public import Roster
import Synchronization

/// A store that forgets: accounts, runs and connections in memory, for tests and trials.
///
/// It means exactly what the ports say and is written to be seen to do so; what another store does
/// is compared with it. Every method takes one lock, so that each is one transaction.
public final class MemoryStore: Sendable {
    private let state = Mutex(MemoryState())

    /// An empty store.
    public init() {}

    /// Calls `body` with the state locked.
    func read<Value: Sendable, Failure>(
        _ body: (MemoryState) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try state.withLock { (state) throws(Failure) in try body(state) }
    }

    /// Calls `body` with the state locked; what it changes leaves the stamp as it is.
    func trace<Value: Sendable>(_ body: (inout MemoryState) -> Value) -> Value {
        state.withLock { body(&$0) }
    }

    func write<Value: Sendable>(
        _ body: (inout MemoryState) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        try state.withLock { (state) throws(StoreError) in
            let value = try body(&state)
            state.stamp += 1
            return value
        }
    }
}

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore: AccountStore {
    public var stamp: Int64? { read { $0.stamp } }

    public func nextSequence() async throws(StoreError) -> Int64 {
        try write { state in
            state.lastSequence += 1
            return state.lastSequence
        }
    }

    public func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        read { $0.view(request) }
    }

    public func apply(_ changes: ChangeSet) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.apply(changes) }
    }

    public func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        read { $0.tally(question) }
    }

    public func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        try write { state throws(StoreError) in
            if let account {
                let now = state.accounts[account.id]
                guard now?.version == account.version, now?.tenant == account.tenant else {
                    throw .stale
                }
            }
            state.markChecked(records, at: at)
        }
    }

    public func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        read { $0.person(key, in: school, of: tenant, formerSince: formerSince) }
    }

    public func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError)
        -> UnlinkedRecord?
    {
        read { $0.unlinkedRecord(key, in: school) }
    }

    public func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        read { $0.unlinkedRecords(in: school) }
    }

    public func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError)
        -> [AccountSummary]
    {
        read { $0.summaries(in: school, of: tenant) }
    }

    public func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        read { $0.summary(of: account) }
    }

    public func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        read { $0.history[account, default: []] }
    }

    public func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        read { $0.changes(after: position, of: tenant, in: school, limit: limit) }
    }

    public func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        read { $0.changes(by: run, after: position, limit: limit) }
    }

    public func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        try write { (state) throws(StoreError) in
            try state.bind(subject, to: account, of: tenant)
        }
    }
}
