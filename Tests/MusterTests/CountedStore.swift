import Accounts
import Muster
import MusterTesting
import Roster
import Synchronization

/// A memory store that counts what is written and fails when told.
final class CountedStore: MusterStore {
    /// What was asked of the store.
    struct Counts: Equatable {
        var accounts = 0
        var links = 0
        var applies = 0
        var marks = 0
        var reads = 0
        /// How often everybody who waits was asked for.
        var lists = 0
    }

    let memory: MemoryStore
    private let state = Mutex(Counts())
    private let faults = Mutex<[StoreError]>([])
    /// How many observations were staged, and the most that were handed over at once.
    struct Staging: Equatable {
        var staged = 0
        var mostStaged = 0
        var mostTaken = 0
        var mostApplied = 0
        /// Whether who looked last had threads of its own.
        var hadOwnThreads = false
    }

    let staging = Mutex(Staging())
    /// Waited for before anything is staged.
    let beforeStaging = Mutex<@Sendable () async -> Void>({})
    /// Waited for before a change with accounts is applied.
    let beforeApplying = Mutex<@Sendable () async -> Void>({})
    /// Waited for before a look-up is noted, as where somebody else writes.
    let beforeMarking = Mutex<@Sendable () async -> Void>({})
    /// Runs as they were updated, in order.
    let updates = Mutex<[Run]>([])

    init(_ memory: MemoryStore) { self.memory = memory }

    var counts: Counts { state.withLock { $0 } }

    func forget() { state.withLock { $0 = Counts() } }

    /// The next applications fail with `errors`, one each.
    private let policyIsDamaged = Mutex(false)

    /// From now on the policy cannot be read.
    func failPolicy() { policyIsDamaged.withLock { $0 = true } }

    func fail(_ errors: StoreError...) { fail(errors) }

    func fail(_ errors: [StoreError]) { faults.withLock { $0 = errors } }

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        let error = faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let error { throw error }
        state.withLock {
            $0.applies += 1
            $0.accounts += changes.accounts.count
            $0.links += changes.links.count
        }
        if !changes.accounts.isEmpty {
            let hook = beforeApplying.withLock { $0 }
            await hook()
        }
        staging.withLock { $0.mostApplied = max($0.mostApplied, changes.links.count) }
        try await memory.apply(changes)
    }

    func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        state.withLock { $0.marks += 1 }
        let hook = beforeMarking.withLock { $0 }
        await hook()
        try await memory.markChecked(records, beside: account, at: at)
    }

    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        state.withLock { $0.reads += 1 }
        staging.withLock {
            $0.hadOwnThreads = withUnsafeCurrentTask { $0?.unownedTaskExecutor != nil }
        }
        return try await memory.view(request)
    }
}

// The rest is handed on as it is.
extension CountedStore {
    var stamp: Int64? { memory.stamp }

    func nextSequence() async throws(StoreError) -> Int64 { try await memory.nextSequence() }

    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        try await memory.tally(question)
    }

    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        try await memory.person(key, in: school, of: tenant, formerSince: formerSince)
    }

    func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError)
        -> UnlinkedRecord?
    { try await memory.unlinkedRecord(key, in: school) }

    func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        state.withLock { $0.lists += 1 }
        return try await memory.unlinkedRecords(in: school)
    }

    func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError)
        -> [AccountSummary]
    { try await memory.accounts(in: school, of: tenant) }

    func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        try await memory.summary(of: account)
    }

    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await memory.history(of: account)
    }

    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await memory.changes(after: position, of: tenant, in: school, limit: limit)
    }

    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        try await memory.bind(subject, to: account, of: tenant)
    }

    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await memory.newestRun(of: connection, milestone)
    }

    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run] {
        try await memory.runs(of: connection, limit: limit)
    }

    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try await memory.begin(run, aliveSince: aliveSince)
    }

    func update(_ run: Run) async throws(StoreError) {
        try await memory.update(run)
        updates.withLock { $0.append(run) }
    }

    func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError) {
        try await memory.askToEnd(run, at: at)
    }

    func run(_ id: RunID) async throws(StoreError) -> Run? { try await memory.run(id) }

    func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark] {
        try await memory.marks(of: keys)
    }

    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        await beforeStaging.withLock(\.self)()
        try await memory.stage(observations, in: run)
        staging.withLock {
            $0.staged += observations.count
            $0.mostStaged = max($0.mostStaged, observations.count)
        }
    }

    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation] {
        try await memory.staged(in: run, after: after, limit: limit)
    }

    func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation] {
        let taken = try await memory.staged(in: run, limit: limit)
        staging.withLock { $0.mostTaken = max($0.mostTaken, taken.count) }
        return taken
    }

    func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError) {
        try await memory.keep(records, for: run)
    }

    func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord] {
        try await memory.planned(by: run, after: after, limit: limit)
    }

    func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord? {
        try await memory.heldRecord(key, since: since)
    }

    func run(with plan: PlanID) async throws(StoreError) -> Run? {
        try await memory.run(with: plan)
    }

    func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError) {
        try await memory.hasten(keys, in: run)
    }

    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark] {
        try await memory.presenceMarks(of: kind, in: school, after: after, limit: limit)
    }

    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey] {
        try await memory.unlinkedKeys(of: kind, in: school, after: after, limit: limit)
    }

    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        try await memory.presentLinks(of: kind, in: school, after: after, limit: limit)
    }

    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        try await memory.addConnection(draft, seal: seal)
    }

    func connections() async throws(StoreError) -> [Connection] {
        try await memory.connections()
    }

    func school(named text: String) async throws(StoreError) -> ConnectedSchool? {
        try await memory.school(named: text)
    }

    func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        try await memory.sealedSecret(of: connection)
    }

    func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await memory.setSealedSecret(sealed, of: connection)
    }

    func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        try await memory.rename(connection, to: name)
    }

    func remove(_ connection: ConnectionID) async throws(StoreError) {
        try await memory.remove(connection)
    }

    func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await memory.setCapabilities(capabilities, of: connection)
    }

    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await memory.setSchedule(schedule, of: connection)
    }

    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        try await memory.readMarks(of: connection)
    }

    func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try await memory.setReadMark(mark)
    }

    func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        if policyIsDamaged.withLock({ $0 }) { throw .unavailable(reason: "Damaged.") }
        return try await memory.policy(of: tenant)
    }

    func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) {
        try await memory.setPolicy(policy, of: tenant)
    }

    func addKey(_ key: AccessKey) async throws(StoreError) { try await memory.addKey(key) }

    func keys() async throws(StoreError) -> [AccessKey] { try await memory.keys() }

    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        try await memory.key(digest: digest)
    }

    func removeKey(named name: String) async throws(StoreError) -> Bool {
        try await memory.removeKey(named: name)
    }

    func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool {
        try await memory.take(message, forgettingBefore: oldest)
    }

    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        try await memory.noteUse(ofKeyNamed: name, at: at)
    }

    func keyUses() async throws(StoreError) -> [String: Timestamp] { try await memory.keyUses() }

    func tryWriting() async throws(StoreError) { try await memory.tryWriting() }
}

extension CountedStore {
    func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await memory.changes(by: run, after: position, limit: limit)
    }

    func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        try await memory.dossier(of: account)
    }

    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        try await memory.erase(account, of: tenant, at: at)
    }

    func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        try await memory.erased(among: keys, of: tenant)
    }

    func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try await memory.liftErasure(of: keys, of: tenant)
    }

    func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await memory.forgetHistory(of: tenant, before: before, limit: limit)
    }

    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await memory.forgetRuns(of: connection, before: before, limit: limit)
    }
}
