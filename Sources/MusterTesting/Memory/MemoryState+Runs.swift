import Accounts
import Roster

extension MemoryState {
    mutating func begin(_ run: Run, aliveSince: Timestamp) throws(StoreError) -> RunStart {
        let running = runs.values.filter {
            $0.connection == run.connection && $0.state == .running
        }
        let alive = running.first { $0.isAlive(since: aliveSince, now: run.startedAt) }
        if let alive { return .joined(alive) }
        guard runs[run.id] == nil else { throw .stale }
        for var dead in running {
            dead.cutOff()
            try update(dead)
        }
        runs[run.id] = run
        runNumbers[run.id] = runNumbers.count + 1
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
        let others = runs.values.filter { $0.connection == run.connection && $0.id != run.id }
        let made = others.first { $0.plan != nil && $0.plan == run.order.plan }
        for other in others where run.endsPlan(of: other, carryingOut: made) {
            planned[other.id] = nil
            runs[other.id]?.plan = nil
        }
    }

    func run(with plan: PlanID) -> Run? {
        inOrder(runs.values.filter { $0.plan == plan }).last
    }

    func runs(of connection: ConnectionID, limit: Int) -> [Run] {
        let own = inOrder(runs.values.filter { $0.connection == connection })
        return Array(own.reversed().prefix(max(0, limit)))
    }

    /// As they were begun, whatever their clocks said.
    func inOrder(_ runs: [Run]) -> [Run] {
        runs.sorted { runNumbers[$0.id, default: 0] < runNumbers[$1.id, default: 0] }
    }

    func newestRun(of connection: ConnectionID, _ milestone: RunMilestone) -> Run? {
        inOrder(
            runs.values.filter { $0.connection == connection && milestone.isReached(by: $0) }
        ).last
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
