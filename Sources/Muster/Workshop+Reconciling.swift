import Accounts
import Reconciliation
import Roster

/// What one reconciliation step wrote.
struct StepResult {
    var changes: ChangeSet
    var plans: [PersonPlan]
}

extension Workshop {
    /// Reads what is needed, plans `observations`, settles what depends on others and applies all
    /// of it in one transaction: the one way in which anything observed reaches an account.
    ///
    /// Where somebody else wrote in between, it begins again, a few times. `amend` may add to the
    /// changes before they are applied.
    func reconcile(
        _ observations: [Observation],
        absent: [Link] = [],
        tenant: TenantID,
        run: RunID,
        cause: Cause,
        planner: Planner,
        stagedIn staging: RunID? = nil,
        amend: (inout ChangeSet) -> Void = { _ in }
    ) async throws(StoreError) -> StepResult {
        var triesLeft = 5
        while true {
            triesLeft -= 1
            let (changes, plans) = try await draft(
                observations,
                absent: absent,
                tenant: tenant,
                run: run,
                cause: cause,
                planner: planner,
                stagedIn: staging
            )
            var amended = changes
            amend(&amended)
            if amended.isEmpty { return StepResult(changes: amended, plans: plans) }
            do throws(StoreError) {
                try await store.apply(amended)
                return StepResult(changes: amended, plans: plans)
            } catch {
                guard error == .stale, triesLeft > 0 else { throw error }
            }
        }
    }

    /// What `reconcile` would do, without doing it.
    func draft(
        _ observations: [Observation],
        absent: [Link] = [],
        tenant: TenantID,
        run: RunID,
        cause: Cause,
        planner: Planner,
        stagedIn staging: RunID? = nil
    ) async throws(StoreError) -> (ChangeSet, [PersonPlan]) {
        var request = Planner.viewRequest(for: observations, tenant: tenant, run: staging)
        request.keys.formUnion(absent.map(\.key))
        var step = Reconciliation(
            observations,
            absent: absent,
            planner: planner,
            view: try await store.view(request),
            tenant: tenant
        )
        if let more = step.settlementRequest(run: staging) {
            step.load(try await store.view(more))
        }
        let result = step.finish(run: run, cause: cause)
        return (result.changes, result.plans)
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
            mint: identifiers.next
        )
    }
}
