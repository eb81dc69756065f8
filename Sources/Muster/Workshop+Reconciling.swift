import Accounts
import Reconciliation
import Roster

/// What one reconciliation step is to write, or wrote.
struct StepResult {
    var changes: ChangeSet
    var plans: [PersonPlan]
    /// What it was planned on.
    var seen: LocalView
    /// The turn of the school year around the day it was planned for, in the school's time zone.
    var turn: YearTurn

    /// What it would take from the person behind `plan`.
    func losses(of plan: PersonPlan) -> Set<Loss> {
        LossGuard.losses(of: plan, in: changes, on: seen, turn: turn)
    }
}

extension Workshop {
    /// Reads what is needed, plans `observations`, settles what depends on others and applies all
    /// of it in one transaction: the one way in which anything observed reaches an account.
    ///
    /// Where somebody else wrote in between, it begins again, a few times. `review` may have the
    /// step changed before it is applied. Of what a run staged, `staged` is done with then, and
    /// `counting`, which is asked anew at each try, says what the run comes to with the step.
    func reconcile(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        exchanged: Exchange? = nil,
        tenant: TenantID,
        run: RunID?,
        cause: Cause,
        planner: Planner,
        stagedIn staging: RunID? = nil,
        taking staged: [SourceKey] = [],
        review: (StepResult) async throws(StoreError) -> StepResult = { $0 },
        counting: (StepResult) -> RunCounts? = { _ in nil }
    ) async throws(StoreError) -> StepResult {
        // Two daemons with all their turns taken may stand in each other's way that often.
        var triesLeft = 20
        while true {
            triesLeft -= 1
            let drafted = try await draft(
                observations,
                absent: absent,
                confirmed: confirmed,
                exchanged: exchanged,
                tenant: tenant,
                run: run,
                cause: cause,
                planner: planner,
                stagedIn: staging
            )
            var step = try await review(drafted)
            step.changes.unstaged = staged
            step.changes.counts = counting(step)
            if step.changes.isEmpty { return step }
            do throws(StoreError) {
                try await store.apply(step.changes)
                telemetry.changed(step.changes.history, by: cause)
                return step
            } catch {
                guard error == .stale, triesLeft > 0 else { throw error }
            }
        }
    }

    /// What `reconcile` would do, without doing it.
    func draft(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        exchanged: Exchange? = nil,
        doubting doubted: [Observation] = [],
        tenant: TenantID,
        run: RunID?,
        cause: Cause,
        planner: Planner,
        stagedIn staging: RunID? = nil
    ) async throws(StoreError) -> StepResult {
        var request = Planner.viewRequest(for: observations, tenant: tenant, run: staging)
        request.keys.formUnion(absent.map(\.key))
        request.keys.formUnion(doubted.map(\.key))
        for decision in confirmed.values { request.accounts.formUnion(decision.accounts) }
        var view = try await store.view(request)
        // Only newcomers, and contacts whom a pupil's record names, can be somebody who was erased;
        // a login of a known member of staff asks nothing more.
        var strangers = Set(observations.map(\.key)).subtracting(view.links.keys)
        for observation in observations {
            strangers.formUnion((observation.contacts.value ?? []).lazy.map(\.key))
        }
        if !strangers.isEmpty {
            view.erased = try await store.erased(among: strangers, of: tenant)
        }
        var step = Reconciliation(
            observations,
            absent: absent,
            confirmed: confirmed,
            exchanged: exchanged,
            doubted: doubted,
            planner: planner,
            view: view,
            tenant: tenant
        )
        if let more = step.settlementRequest(run: staging) {
            step.load(try await store.view(more))
        }
        let result = step.finish(run: run, cause: cause)
        return StepResult(
            changes: result.changes,
            plans: result.plans,
            seen: view,
            turn: planner.turn
        )
    }

    /// A planner for `school` at this moment.
    func planner(
        policy: Policy,
        school: SchoolDescription,
        mayCreate: Bool
    ) -> Planner {
        let now = clock.now()
        return Planner(
            policy: policy,
            today: SchoolCalendar.day(at: now, in: school.timeZone),
            now: now,
            mayCreate: mayCreate,
            mint: identifiers.next,
            giveWay: BatchExecutor.giveWay
        )
    }

    /// Whose ids the last sync of everybody found changed, as after a change of MIS.
    ///
    /// That stands whatever was approved or read of changes since: who seems new among them may be
    /// somebody under a new id, and only a person can tell.
    func changedIDs(of connection: ConnectionID) async throws(StoreError) -> [ChangedIDs] {
        try await store.newestRun(of: connection, .full)?.changedIDs ?? []
    }

    /// Whether a run of the connection has read everybody and applied it before; of a first load that
    /// was previewed its approval did.
    func wasLoaded(_ connection: ConnectionID) async throws(StoreError) -> Bool {
        try await store.newestRun(of: connection, .loaded) != nil
    }

    /// Whether somebody with this record may be taken for new where no account has it.
    func mayBeNew(_ record: SourceKey) async throws(StoreError) -> Bool {
        try await !changedIDs(of: record.school.connection).contains { $0.holds(record) }
    }

    /// Keeps records for a person to decide in the plan of a run, with nothing of contacts who were
    /// erased.
    func keep(
        _ records: [PlannedRecord],
        for run: RunID,
        of tenant: TenantID
    ) async throws(StoreError) {
        let named = Set(records.flatMap { $0.observation.contacts.value ?? [] }.map(\.key))
        guard !named.isEmpty else { return try await store.keep(records, for: run) }
        let erased = try await store.erased(among: named, of: tenant)
        try await store.keep(
            records.map { record in
                var record = record
                record.observation = record.observation.forgetting(contacts: erased)
                return record
            },
            for: run
        )
    }
}

extension Confirmation {
    /// The accounts that it names.
    fileprivate var accounts: [AccountID] {
        switch self {
        case .account(let id): [id]
        case .waiting(let namesakes): namesakes
        case .newAccount: []
        }
    }
}
