import Accounts
import Muster
import Roster
import SQLiteStore

// Everything is handed on as it is, as long as the process lives.
extension CutStore {
    var stamp: Int64? { base.stamp }

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        let checkpoint = Checkpoint(of: changes)
        try await writing(checkpoint).apply(changes)
    }

    func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        try await reading().markChecked(records, beside: account, at: at)
    }

    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        try await reading().view(request)
    }

    func nextSequence() async throws(StoreError) -> Int64 {
        try await writing(.number).nextSequence()
    }

    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        try await reading().tally(question)
    }

    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        try await reading().person(key, in: school, of: tenant, formerSince: formerSince)
    }

    func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError)
        -> UnlinkedRecord?
    { try await reading().unlinkedRecord(key, in: school) }

    func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        try await reading().unlinkedRecords(in: school)
    }

    func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError)
        -> [AccountSummary]
    { try await reading().accounts(in: school, of: tenant) }

    func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        try await reading().summary(of: account)
    }

    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await reading().history(of: account)
    }

    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await reading().changes(after: position, of: tenant, in: school, limit: limit)
    }

    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        try await reading().bind(subject, to: account, of: tenant)
    }

    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await reading().newestRun(of: connection, milestone)
    }

    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run] {
        try await reading().runs(of: connection, limit: limit)
    }

    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try await writing(.begin).begin(run, aliveSince: aliveSince)
    }

    func update(_ run: Run) async throws(StoreError) {
        try await writing(.update).update(run)
    }

    func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError) {
        try await reading().askToEnd(run, at: at)
    }

    func run(_ id: RunID) async throws(StoreError) -> Run? { try await reading().run(id) }

    func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark] {
        try await reading().marks(of: keys)
    }

    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        try await writing(.stage).stage(observations, in: run)
    }

    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation] {
        try await reading().staged(in: run, after: after, limit: limit)
    }

    func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation] {
        try await reading().staged(in: run, limit: limit)
    }

    func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError) {
        try await writing(.keep).keep(records, for: run)
    }

    func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord] {
        try await reading().planned(by: run, after: after, limit: limit)
    }

    func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord? {
        try await reading().heldRecord(key, since: since)
    }

    func run(with plan: PlanID) async throws(StoreError) -> Run? {
        try await reading().run(with: plan)
    }

    func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError) {
        try await writing(.hasten).hasten(keys, in: run)
    }

    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark] {
        try await reading().presenceMarks(of: kind, in: school, after: after, limit: limit)
    }

    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey] {
        try await reading().unlinkedKeys(of: kind, in: school, after: after, limit: limit)
    }

    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        try await reading().presentLinks(of: kind, in: school, after: after, limit: limit)
    }

    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        try await reading().addConnection(draft, seal: seal)
    }

    func connections() async throws(StoreError) -> [Connection] {
        try await reading().connections()
    }

    func school(named text: String) async throws(StoreError) -> ConnectedSchool? {
        try await reading().school(named: text)
    }

    func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        try await reading().sealedSecret(of: connection)
    }

    func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await reading().setSealedSecret(sealed, of: connection)
    }

    func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        try await reading().rename(connection, to: name)
    }

    func remove(_ connection: ConnectionID) async throws(StoreError) {
        try await reading().remove(connection)
    }

    func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await writing(.capabilities).setCapabilities(capabilities, of: connection)
    }

    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await writing(.capabilities).setSchedule(schedule, of: connection)
    }

    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        try await reading().readMarks(of: connection)
    }

    func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try await writing(.mark).setReadMark(mark)
    }

    func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        try await reading().policy(of: tenant)
    }

    func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) {
        try await reading().setPolicy(policy, of: tenant)
    }

    func addKey(_ key: AccessKey) async throws(StoreError) { try await reading().addKey(key) }

    func keys() async throws(StoreError) -> [AccessKey] { try await reading().keys() }

    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        try await reading().key(digest: digest)
    }

    func removeKey(named name: String) async throws(StoreError) -> Bool {
        try await reading().removeKey(named: name)
    }

    func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool {
        try await reading().take(message, forgettingBefore: oldest)
    }

    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        try await reading().noteUse(ofKeyNamed: name, at: at)
    }

    func keyUses() async throws(StoreError) -> [String: Timestamp] { try await reading().keyUses() }

    func tryWriting() async throws(StoreError) { try await reading().tryWriting() }
}

extension CutStore {
    func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await reading().changes(by: run, after: position, limit: limit)
    }

    func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        try await reading().dossier(of: account)
    }

    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        try await reading().erase(account, of: tenant, at: at)
    }

    func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        try await reading().erased(among: keys, of: tenant)
    }

    func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try await reading().liftErasure(of: keys, of: tenant)
    }

    func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await writing(.forget).forgetHistory(of: tenant, before: before, limit: limit)
    }

    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await writing(.forget).forgetRuns(of: connection, before: before, limit: limit)
    }
}
