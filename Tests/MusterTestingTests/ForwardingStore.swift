import Accounts
import MusterTesting
import Roster

/// A store that does what a memory store does, for stores that differ from it in one thing.
protocol ForwardingStore: AccountStore, RunStore, ConnectionStore, AccessStore {
    var base: MemoryStore { get }
}

extension ForwardingStore {
    var stamp: Int64? { base.stamp }

    func nextSequence() async throws(StoreError) -> Int64 { try await base.nextSequence() }

    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        try await base.view(request)
    }

    func apply(_ changes: ChangeSet) async throws(StoreError) { try await base.apply(changes) }

    func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        try await base.markChecked(records, beside: account, at: at)
    }

    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        try await base.tally(question)
    }

    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        try await base.person(key, in: school, of: tenant, formerSince: formerSince)
    }

    func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError)
        -> UnlinkedRecord?
    {
        try await base.unlinkedRecord(key, in: school)
    }

    func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        try await base.unlinkedRecords(in: school)
    }

    func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError)
        -> [AccountSummary]
    {
        try await base.accounts(in: school, of: tenant)
    }

    func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        try await base.summary(of: account)
    }

    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await base.history(of: account)
    }
}

extension ForwardingStore {
    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await base.changes(after: position, of: tenant, in: school, limit: limit)
    }

    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        try await base.bind(subject, to: account, of: tenant)
    }

    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await base.newestRun(of: connection, milestone)
    }

    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run] {
        try await base.runs(of: connection, limit: limit)
    }

    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try await base.begin(run, aliveSince: aliveSince)
    }

    func update(_ run: Run) async throws(StoreError) { try await base.update(run) }

    func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError) {
        try await base.askToEnd(run, at: at)
    }

    func run(_ id: RunID) async throws(StoreError) -> Run? { try await base.run(id) }

    func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark] {
        try await base.marks(of: keys)
    }

    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        try await base.stage(observations, in: run)
    }

    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation] {
        try await base.staged(in: run, after: after, limit: limit)
    }

    func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation] {
        try await base.staged(in: run, limit: limit)
    }

    func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError) {
        try await base.keep(records, for: run)
    }

    func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord] {
        try await base.planned(by: run, after: after, limit: limit)
    }

    func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord? {
        try await base.heldRecord(key, since: since)
    }

    func run(with plan: PlanID) async throws(StoreError) -> Run? {
        try await base.run(with: plan)
    }

    func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError) {
        try await base.hasten(keys, in: run)
    }

    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark] {
        try await base.presenceMarks(of: kind, in: school, after: after, limit: limit)
    }

    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey] {
        try await base.unlinkedKeys(of: kind, in: school, after: after, limit: limit)
    }

    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        try await base.presentLinks(of: kind, in: school, after: after, limit: limit)
    }
}

extension ForwardingStore {
    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        try await base.addConnection(draft, seal: seal)
    }

    func connections() async throws(StoreError) -> [Connection] { try await base.connections() }

    func schools(named text: String) async throws(StoreError) -> [ConnectedSchool] {
        try await base.schools(named: text)
    }

    func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        try await base.sealedSecret(of: connection)
    }

    func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    )
        async throws(StoreError)
    {
        try await base.setSealedSecret(sealed, of: connection)
    }

    func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        try await base.rename(connection, to: name)
    }

    func remove(_ connection: ConnectionID) async throws(StoreError) {
        try await base.remove(connection)
    }

    func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    )
        async throws(StoreError)
    {
        try await base.setCapabilities(capabilities, of: connection)
    }

    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await base.setSchedule(schedule, of: connection)
    }

    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        try await base.readMarks(of: connection)
    }

    func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try await base.setReadMark(mark)
    }

    func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        try await base.policy(of: tenant)
    }

    func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) {
        try await base.setPolicy(policy, of: tenant)
    }
}

extension ForwardingStore {
    func addKey(_ key: AccessKey) async throws(StoreError) { try await base.addKey(key) }

    func keys() async throws(StoreError) -> [AccessKey] { try await base.keys() }

    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        try await base.key(digest: digest)
    }

    func removeKey(named name: String) async throws(StoreError) -> Bool {
        try await base.removeKey(named: name)
    }

    func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool {
        try await base.take(message, forgettingBefore: oldest)
    }

    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        try await base.noteUse(ofKeyNamed: name, at: at)
    }

    func keyUses() async throws(StoreError) -> [String: Timestamp] { try await base.keyUses() }

    func tryWriting() async throws(StoreError) { try await base.tryWriting() }
}

extension ForwardingStore {
    func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await base.changes(by: run, after: position, limit: limit)
    }

    func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        try await base.dossier(of: account)
    }

    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        try await base.erase(account, of: tenant, at: at)
    }

    func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        try await base.erased(among: keys, of: tenant)
    }

    func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try await base.liftErasure(of: keys, of: tenant)
    }

    func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await base.forgetHistory(of: tenant, before: before, limit: limit)
    }

    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await base.forgetRuns(of: connection, before: before, limit: limit)
    }
}
