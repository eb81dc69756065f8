import Accounts
import Reconciliation
import Roster

// What a run does not do but leaves to a person.
extension BatchSync {
    /// Keeps records for a person to decide, in the plan of the run.
    func keep(
        _ records: [PlannedRecord],
        of part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        for record in records { result.waiting.add(record) }
        let run = part.run
        try await stored { () throws(StoreError) in
            try await workshop.store.keep(records, for: run)
        }
    }

    /// Plans everything that was staged without applying any of it, and keeps it as a plan.
    func rehearse(
        _ part: inout SyncPart,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) {
        var after: SourceKey?
        var done = 0
        repeat {
            let (run, last) = (part.run, after)
            let records = try await stored { () throws(StoreError) in
                try await workshop.store.planned(by: run, after: last, limit: settings.chunk)
            }
            after = records.last?.observation.key
            let own = records.filter { part.holds($0.observation.key) && !$0.isAbsent }
            let observations = own.map { part.believed($0.observation) }
            let step = try await draft(observations, absent: [], part)
            try await keep(own.map { $0.shown(for: step.seen) }, of: part, &result)
            for plan in step.plans { result.count(plan) }
            result.show(step.changes)
            done += records.count
            progress(SyncProgress(stage: .applying, done: done, total: part.staged))
        } while after != nil
    }

    /// Plans the absence of `links` without applying it, and keeps it as part of the plan.
    func rehearse(
        absent links: [Link],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let step = try await draft([], absent: links, part)
        let leaving = Set(step.plans.filter { $0.outcome == .suspended }.map(\.key))
        let due = links.filter { leaving.contains($0.key) }
        let records = due.map { PlannedRecord(observation: $0.last, isAbsent: true) }
        try await keep(records.map { $0.shown(for: step.seen) }, of: part, &result)
        result.suspended += due.count
        result.show(step.changes)
    }

    private func draft(
        _ observations: [Observation],
        absent: [Link],
        _ part: SyncPart
    ) async throws(SyncFailure) -> StepResult {
        let planner = workshop.planner(policy: part.policy, school: part.school, mayCreate: true)
        let (tenant, run) = (part.connection.tenant, part.run)
        return try await stored { () throws(StoreError) in
            try await workshop.draft(
                observations,
                absent: absent,
                tenant: tenant,
                run: run,
                cause: .batch,
                planner: planner,
                stagedIn: run
            )
        }
    }
}

extension PlannedRecord {
    /// The same, for the account as it was shown.
    fileprivate func shown(for view: LocalView) -> PlannedRecord {
        var record = self
        let link = view.links[observation.key]
        record.version = link.flatMap { view.accounts[$0.account]?.version }
        return record
    }
}

extension SyncResult {
    /// How many changes are shown; the counts tell of all.
    private static let shown = 1000

    fileprivate mutating func show(_ changes: ChangeSet) {
        guard planned.count < Self.shown else { return }
        var people: [AccountID: String] = [:]
        for write in changes.accounts {
            people[write.after.id] = (write.before ?? write.after).label
        }
        for entry in changes.history.prefix(Self.shown - planned.count) {
            planned.append(
                PlannedChange(
                    person: people[entry.account] ?? "account \(entry.account.value)",
                    field: entry.field,
                    from: entry.from,
                    to: entry.to
                )
            )
        }
    }
}
