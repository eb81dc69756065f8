import Accounts
import Roster

/// What a run has read and not yet applied.
struct StagingArea: Sendable {
    private(set) var observations: [SourceKey: StagedObservation] = [:]
    private(set) var claiming = MultiIndex<String, SourceKey>()
    private(set) var stating = MultiIndex<NeutralKey, SourceKey>()

    mutating func put(_ staged: StagedObservation) {
        drop(staged.observation.key)
        observations[staged.observation.key] = staged
        claiming.insert(staged.observation.key, under: staged.email)
        for number in staged.observation.claimedNeutralKeys {
            stating.insert(staged.observation.key, under: number)
        }
    }

    mutating func drop(_ key: SourceKey) {
        guard let staged = observations.removeValue(forKey: key) else { return }
        claiming.remove(key, under: staged.email)
        for number in staged.observation.claimedNeutralKeys { stating.remove(key, under: number) }
    }

    mutating func forget(contacts: Set<SourceKey>) {
        for (key, row) in observations {
            observations[key]?.observation = row.observation.forgetting(contacts: contacts)
        }
    }

    mutating func hasten(_ key: SourceKey) {
        guard let turn = observations[key]?.turn, turn.rawValue > StagedTurn.managers.rawValue
        else { return }
        observations[key]?.turn = .managers
    }

    /// Up to `limit` observations, linked ones first, then by turn, then by the id of their record.
    func first(_ limit: Int) -> [StagedObservation] {
        let ordered = observations.values.sorted { left, right in
            guard left.isLinked == right.isLinked else { return left.isLinked }
            guard left.turn == right.turn else { return left.turn.rawValue < right.turn.rawValue }
            let (first, second) = (left.observation.key, right.observation.key)
            return (first.id, first.order) < (second.id, second.order)
        }
        return Array(ordered.prefix(limit))
    }
}

extension MemoryState {
    mutating func keep(_ records: [PlannedRecord], for run: RunID) throws(StoreError) {
        guard !records.isEmpty else { return }
        try requireGoingOn(run)
        for record in records {
            let key = record.observation.key
            if let place = planned[run]?.firstIndex(where: { $0.observation.key == key }) {
                planned[run]?[place] = record
            } else {
                planned[run, default: []].append(record)
            }
        }
    }

    func planned(by run: RunID, after: SourceKey?, limit: Int) -> [PlannedRecord] {
        let all = planned[run, default: []]
        let start = after.flatMap { key in all.firstIndex { $0.observation.key == key } }
        return Array(all.dropFirst(start.map { $0 + 1 } ?? 0).prefix(max(0, limit)))
    }

    func heldRecord(_ key: SourceKey, since: Timestamp) -> PlannedRecord? {
        inOrder(runs.values.filter { $0.state == .held && $0.startedAt >= since })
            .reversed().lazy.compactMap { run in
                planned[run.id]?.first { $0.observation.key == key }
            }
            .first
    }

    mutating func stage(_ observations: [StagedObservation], in run: RunID) throws(StoreError) {
        guard !observations.isEmpty else { return }
        try requireGoingOn(run)
        for observation in observations { staged[run, default: StagingArea()].put(observation) }
    }

    func staged(in run: RunID, limit: Int) throws(StoreError) -> [StagedObservation] {
        try requireGoingOn(run)
        return staged[run]?.first(limit) ?? []
    }

    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) throws(StoreError) -> [StagedObservation] {
        try requireGoingOn(run)
        let rows = (staged[run]?.observations ?? [:]).values.filter { row in
            after.map { $0.order < row.observation.key.order } ?? true
        }
        let ordered = rows.sorted { $0.observation.key.order < $1.observation.key.order }
        return Array(ordered.prefix(max(0, limit)))
    }

    mutating func hasten(_ keys: [SourceKey], in run: RunID) throws(StoreError) {
        guard !keys.isEmpty else { return }
        try requireGoingOn(run)
        for key in keys { staged[run]?.hasten(key) }
    }
}
