import Accounts
import Muster
import Roster

@testable import MusterTesting

/// The weather of the disk below the store, the same for all processes.
final class Disk: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    let memory = MemoryStore()
    let clock: SteppedClock
    let chronicle: Chronicle
    var chance: SeededGenerator
    var weather = StoreWeather.still {
        didSet { if !oldValue.isSteady || !weather.isSteady { unsteadyAt = clock.elapsed } }
    }
    /// Operations that began in foul weather and go on.
    fileprivate(set) var stuck = 0 {
        didSet { unsteadyAt = clock.elapsed }
    }
    private var unsteadyAt: Duration?
    /// Operations of milliseconds that go on.
    fileprivate(set) var underWay = 0 {
        didSet { underWayAt = clock.elapsed }
    }
    private var underWayAt: Duration?

    /// Whether every operation is done at once, and none went on at this moment.
    var isStill: Bool {
        weather == .still && wasSteady(since: clock.elapsed) && underWay == 0
            && underWayAt.map { $0 < clock.elapsed } ?? true
    }

    init(_ clock: SteppedClock, _ chronicle: Chronicle, seed: UInt64) {
        self.clock = clock
        self.chronicle = chronicle
        chance = SeededGenerator(seed: seed)
    }

    /// Whether every operation since `moment` was done within milliseconds.
    func wasSteady(since moment: Duration) -> Bool {
        weather.isSteady && stuck == 0 && unsteadyAt.map { $0 < moment } ?? true
    }
}

/// A store that sometimes keeps its callers waiting, and sometimes is locked by somebody else.
final class UnsteadyStore: MusterStore, @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    let disk: Disk
    private let clock: OwnedClock
    private let watch: WriteWatch
    /// An operation of this process failed.
    var failed: () -> Void = {}

    init(_ disk: Disk, _ watch: WriteWatch, process: Int) {
        self.disk = disk
        self.watch = watch
        clock = OwnedClock(clock: disk.clock, owner: process)
    }

    private var memory: MemoryStore { disk.memory }

    private func weather() async throws(StoreError) {
        switch disk.weather {
        case .still: return
        case .brisk:
            disk.underWay += 1
            let wait = Int.random(in: 0...3, using: &disk.chance)
            if wait > 0 { try? await clock.sleep(for: .milliseconds(wait)) }
            disk.underWay -= 1
        case .slow, .busy:
            let isBusy = disk.weather == .busy && disk.chance.oneIn(3)
            disk.stuck += 1
            let wait = Int.random(in: 5...(disk.chance.oneIn(4) ? 900 : 60), using: &disk.chance)
            try? await clock.sleep(for: .milliseconds(wait))
            disk.stuck -= 1
            disk.chronicle.cover(isBusy ? "store busy" : "store slow")
            if isBusy {
                failed()
                throw .busy
            }
        }
    }

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        try await weather()
        let before = memory.read { WriteWatch.Before(changes, $0) }
        do throws(StoreError) {
            try await memory.apply(changes)
        } catch {
            disk.chronicle.cover("store \(error == .stale ? "stale" : "refuses")")
            throw error
        }
        memory.read { watch.wrote(changes, before, $0) }
    }

    func update(_ run: Run) async throws(StoreError) {
        try await weather()
        try await memory.update(run)
        watch.updated(run)
    }
}

// The rest is handed on.
extension UnsteadyStore {
    var stamp: Int64? { memory.stamp }

    func nextSequence() async throws(StoreError) -> Int64 {
        try await weather()
        return try await memory.nextSequence()
    }

    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        try await weather()
        return try await memory.view(request)
    }

    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        try await weather()
        return try await memory.tally(question)
    }

    func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        try await weather()
        try await memory.markChecked(records, beside: account, at: at)
    }

    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        try await weather()
        return try await memory.person(key, in: school, of: tenant, formerSince: formerSince)
    }

    func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError) -> UnlinkedRecord? {
        try await weather()
        return try await memory.unlinkedRecord(key, in: school)
    }

    func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        try await weather()
        return try await memory.unlinkedRecords(in: school)
    }

    func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError) -> [AccountSummary] {
        try await weather()
        return try await memory.accounts(in: school, of: tenant)
    }

    func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        try await weather()
        return try await memory.summary(of: account)
    }

    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await weather()
        return try await memory.history(of: account)
    }

    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try await weather()
        return try await memory.begin(run, aliveSince: aliveSince)
    }

    func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError) {
        try await weather()
        try await memory.askToEnd(run, at: at)
    }

    func run(_ id: RunID) async throws(StoreError) -> Run? {
        try await weather()
        return try await memory.run(id)
    }

    func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark] {
        try await weather()
        return try await memory.marks(of: keys)
    }

    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        try await weather()
        try await memory.stage(observations, in: run)
    }

    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation] {
        try await weather()
        return try await memory.staged(in: run, after: after, limit: limit)
    }

    func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation] {
        try await weather()
        return try await memory.staged(in: run, limit: limit)
    }

    func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError) {
        try await weather()
        try await memory.keep(records, for: run)
    }

    func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord] {
        try await weather()
        return try await memory.planned(by: run, after: after, limit: limit)
    }

    func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord? {
        try await weather()
        return try await memory.heldRecord(key, since: since)
    }

    func run(with plan: PlanID) async throws(StoreError) -> Run? {
        try await weather()
        return try await memory.run(with: plan)
    }

    func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError) {
        try await weather()
        try await memory.hasten(keys, in: run)
    }

    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark] {
        try await weather()
        return try await memory.presenceMarks(of: kind, in: school, after: after, limit: limit)
    }

    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey] {
        try await weather()
        return try await memory.unlinkedKeys(of: kind, in: school, after: after, limit: limit)
    }

    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        try await weather()
        return try await memory.presentLinks(of: kind, in: school, after: after, limit: limit)
    }
}

extension UnsteadyStore {
    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await weather()
        return try await memory.changes(after: position, of: tenant, in: school, limit: limit)
    }

    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        try await weather()
        try await memory.bind(subject, to: account, of: tenant)
    }

    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await weather()
        return try await memory.newestRun(of: connection, milestone)
    }

    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run] {
        try await weather()
        return try await memory.runs(of: connection, limit: limit)
    }
}

// Connections and policies; keys are none of the simulation's.
extension UnsteadyStore {
    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        try await memory.addConnection(draft, seal: seal)
    }

    func connections() async throws(StoreError) -> [Connection] {
        try await weather()
        return try await memory.connections()
    }

    func school(named text: String) async throws(StoreError) -> ConnectedSchool? {
        try await weather()
        return try await memory.school(named: text)
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
        try await weather()
        try await memory.setCapabilities(capabilities, of: connection)
    }

    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await weather()
        try await memory.setSchedule(schedule, of: connection)
    }

    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        try await weather()
        return try await memory.readMarks(of: connection)
    }

    func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try await weather()
        try await memory.setReadMark(mark)
    }

    func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        try await weather()
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

extension UnsteadyStore {
    func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await weather()
        return try await memory.changes(by: run, after: position, limit: limit)
    }

    func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        try await weather()
        return try await memory.dossier(of: account)
    }

    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        try await weather()
        return try await memory.erase(account, of: tenant, at: at)
    }

    func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        try await weather()
        return try await memory.erased(among: keys, of: tenant)
    }

    func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try await weather()
        return try await memory.liftErasure(of: keys, of: tenant)
    }

    func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await weather()
        return try await memory.forgetHistory(of: tenant, before: before, limit: limit)
    }

    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await weather()
        return try await memory.forgetRuns(of: connection, before: before, limit: limit)
    }
}
