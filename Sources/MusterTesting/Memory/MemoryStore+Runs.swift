public import Accounts
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore: RunStore {
    public func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try write { (state) throws(StoreError) in try state.begin(run, aliveSince: aliveSince) }
    }

    public func update(_ run: Run) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.update(run) }
    }

    public func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError) {
        try write { (state) throws(StoreError) in state.askToEnd(run, at: at) }
    }

    public func run(_ id: RunID) async throws(StoreError) -> Run? {
        read { $0.runs[id] }
    }

    public func runs(
        of connection: ConnectionID,
        limit: Int
    ) async throws(StoreError) -> [Run] {
        read { $0.runs(of: connection, limit: limit) }
    }

    public func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        read { $0.newestRun(of: connection, milestone) }
    }

    public func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark] {
        read { $0.marks(of: keys) }
    }

    public func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.stage(observations, in: run) }
    }

    public func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation] {
        try read { (state) throws(StoreError) in try state.staged(in: run, limit: limit) }
    }

    public func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation] {
        try read { (state) throws(StoreError) in
            try state.staged(in: run, after: after, limit: limit)
        }
    }

    public func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.hasten(keys, in: run) }
    }

    public func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark] {
        read { $0.presenceMarks(of: kind, in: school, after: after, limit: limit) }
    }

    public func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey] {
        read { $0.unlinkedKeys(of: kind, in: school, after: after, limit: limit) }
    }

    public func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.keep(records, for: run) }
    }

    public func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord] {
        read { $0.planned(by: run, after: after, limit: limit) }
    }

    public func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord? {
        read { $0.heldRecord(key, since: since) }
    }

    public func run(with plan: PlanID) async throws(StoreError) -> Run? {
        read { $0.run(with: plan) }
    }

    public func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        read { $0.presentLinks(of: kind, in: school, after: after, limit: limit) }
    }
}
