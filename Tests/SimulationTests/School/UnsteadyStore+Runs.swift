import Accounts
import MusterTesting
import Roster

// Of runs all but `update` is handed on.
extension UnsteadyStore {
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

    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await weather()
        return try await memory.forgetRuns(of: connection, before: before, limit: limit)
    }
}
