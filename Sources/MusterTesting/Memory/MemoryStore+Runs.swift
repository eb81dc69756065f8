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

    public func run(with plan: PlanID) async throws(StoreError) -> Run? {
        read { $0.run(with: plan) }
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

    public func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        read { $0.presentLinks(of: kind, in: school, after: after, limit: limit) }
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
}
