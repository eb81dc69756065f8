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
        let (run, tenant) = (part.run, part.connection.tenant)
        try await stored { () throws(StoreError) in
            try await workshop.keep(records, for: run, of: tenant)
        }
    }

    /// Plans everything that was staged without applying any of it, and keeps it as a plan.
    func rehearse(
        _ parts: [SyncPart],
        as run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let total = parts.reduce(0) { $0 + $1.staged }
        var done = 0
        var suggested = parts.map { _ in Set<AccountID>() }
        try await forEachStaged(in: run) { rows throws(SyncFailure) in
            for (index, part) in parts.enumerated() {
                let listed = rows.map(\.observation).filter { part.holds($0.key) }
                if listed.isEmpty { continue }
                let own = try await believed(listed, part)
                if part.isRenumbered {
                    try await rehearseRenumbered(own, part, &suggested[index], &result)
                } else {
                    try await rehearse(own, part, &result)
                }
            }
            done += rows.count
            progress(result.progress(.applying, done, of: total))
        }
        for (index, part) in parts.enumerated() where part.isRenumbered {
            result.noteAccountsWithoutRecord(of: part, besides: suggested[index])
        }
        result.explainRenumbering()
    }

    /// What is approved later is what is shown now: `observations` are no more than is believed.
    private func rehearse(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let believed = try await rehearseMoved(observations, part, &result)
        let step = try await draft(believed, part)
        let shown = believed.map {
            PlannedRecord(observation: $0).shown(for: step.seen, given: nil)
        }
        try await keep(shown, of: part, &result)
        for plan in step.plans { result.count(plan) }
        // What a sync would leave to a person; its state stays that of a preview.
        var held = part.heldBack(of: step)
        held.keep(
            administrators: try await stored { () throws(StoreError) in
                try await lastAdministrators(in: step, part)
            }
        )
        result.counts.held += held.records.count
        for said in believed where LossGuard.place(takenBy: said, on: step.seen) != nil {
            result.remark(said.key, Self.movesRecord)
        }
        result.show(step.changes)
    }

    static let movesRecord =
        "It would make its account another person's; where two records changed places, an approval gives each account the other record instead, and changes no name, address or password."

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
        try await keep(records.map { $0.shown(for: step.seen, given: nil) }, of: part, &result)
        result.suspended += due.count
        result.show(step.changes)
    }

    /// What planning some people of a part would come to.
    func draft(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        _ part: SyncPart
    ) async throws(SyncFailure) -> StepResult {
        try await stored { () throws(StoreError) in
            try await drafted(observations, absent: absent, confirmed: confirmed, part)
        }
    }

    /// The same, for whoever only knows trouble with the store.
    func drafted(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        doubting doubted: [Observation] = [],
        _ part: SyncPart
    ) async throws(StoreError) -> StepResult {
        try await workshop.draft(
            observations,
            absent: absent,
            confirmed: confirmed,
            doubting: doubted,
            tenant: part.connection.tenant,
            run: part.run,
            cause: .batch,
            planner: workshop.planner(policy: part.policy, school: part.school, mayCreate: true),
            stagedIn: part.run
        )
    }
}

extension PlannedRecord {
    /// The same, for the account as it was shown.
    func shown(for view: LocalView, given: Confirmation?) -> PlannedRecord {
        var record = self
        if case .account(let id) = given { record.account = id }
        let account = record.account ?? view.links[observation.key]?.account
        record.version = account.flatMap { view.accounts[$0]?.version }
        return record
    }
}

extension SyncResult {
    /// How many changes are shown besides those of who has access; the counts tell of all.
    private static let shown = 1000

    mutating func show(_ changes: ChangeSet) {
        var people: [AccountID: String] = [:]
        for write in changes.accounts {
            people[write.after.id] = (write.before ?? write.after).label
        }
        for entry in changes.history {
            // Nobody shall approve that somebody loses access without having seen who.
            guard entry.field == .status || planned.count < Self.shown else {
                plannedBesides += 1
                continue
            }
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
