public import Accounts
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore {
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
}
