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
    mutating func begin(_ run: Run, aliveSince: Timestamp) throws(StoreError) -> RunStart {
        let running = runs.values.filter {
            $0.connection == run.connection && $0.state == .running
        }
        let alive = running.first { $0.isAlive(since: aliveSince, now: run.startedAt) }
        if let alive { return .joined(alive) }
        guard runs[run.id] == nil else { throw .stale }
        for var dead in running {
            dead.state = .failed
            dead.endedAt = run.startedAt
            try update(dead)
        }
        runs[run.id] = run
        runs[run.id]?.endAskedAt = nil
        return .begun
    }

    /// Refuses a run that is over or never began.
    func requireGoingOn(_ run: RunID) throws(StoreError) {
        guard runs[run]?.state == .running else { throw .stale }
    }

    mutating func update(_ run: Run) throws(StoreError) {
        try requireGoingOn(run.id)
        let asked = runs[run.id]?.endAskedAt
        runs[run.id] = run
        runs[run.id]?.endAskedAt = asked
        if run.state != .running {
            staged[run.id] = nil
            if run.plan == nil { planned[run.id] = nil }
            forgetPlans(before: run)
        }
        forgetLosses(before: run)
    }

    mutating func askToEnd(_ run: RunID, at: Timestamp) {
        guard runs[run]?.state == .running else { return }
        runs[run]?.endAskedAt = at
    }

    private mutating func forgetPlans(before run: Run) {
        for other in runs.values
        where other.connection == run.connection && other.id != run.id && run.endsPlan(of: other) {
            planned[other.id] = nil
            runs[other.id]?.plan = nil
        }
    }

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
        runs.values.filter { $0.state == .held && $0.startedAt >= since }
            .sorted { ($0.startedAt, $0.id) > ($1.startedAt, $1.id) }
            .lazy.compactMap { run in planned[run.id]?.first { $0.observation.key == key } }
            .first
    }

    func run(with plan: PlanID) -> Run? {
        runs.values.filter { $0.plan == plan }
            .max { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }

    func runs(of connection: ConnectionID, limit: Int) -> [Run] {
        let own = runs.values.filter { $0.connection == connection }
        return Array(
            own.sorted { ($0.startedAt, $0.id) > ($1.startedAt, $1.id) }.prefix(max(0, limit))
        )
    }

    func newestRun(of connection: ConnectionID, _ milestone: RunMilestone) -> Run? {
        runs.values.filter { $0.connection == connection && milestone.isReached(by: $0) }
            .max { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    }

    func marks(of keys: [SourceKey]) -> [SourceKey: LinkMark] {
        var marks: [SourceKey: LinkMark] = [:]
        for key in keys {
            guard let link = link(key) else { continue }
            marks[key] = LinkMark(
                fingerprint: link.fingerprint,
                replanOn: link.replanOn,
                sequence: link.sequence,
                isMissing: link.missingSince != nil || link.state == .absent
            )
        }
        return marks
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

    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) -> [Link] {
        let ordered = linksOfSchool[school].filter { key in
            guard key.kind == kind, linkRows[key]?.state.isPresent == true else { return false }
            return after.map { $0.id < key.id } ?? true
        }.sorted { $0.id < $1.id }
        return ordered.prefix(limit).compactMap(link)
    }

    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) -> [PresenceMark] {
        presentLinks(of: kind, in: school, after: after, limit: limit).map { link in
            PresenceMark(
                key: link.key,
                isOutOfScope: link.state == .outOfScope,
                sequence: link.sequence,
                missingSince: link.missingSince
            )
        }
    }

    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) -> [SourceKey] {
        let keys = unlinkedOfSchool[school].filter { key in
            key.kind == kind && after.map { $0.id < key.id } ?? true
        }
        return Array(keys.sorted { $0.id < $1.id }.prefix(max(0, limit)))
    }
}
