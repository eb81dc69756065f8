import Accounts
import Reconciliation
import Roster

// The guards, on every step of a login as on a batch.
extension RefreshStep {
    /// Whoever was linked or filled since `known` was read: nobody has asked whether the school
    /// still grants what is null now, so nothing is said of it.
    func believable(
        _ observation: Observation,
        beside seen: LocalView,
        _ known: AccountSummary?
    ) -> Observation {
        guard let last = seen.links[observation.key]?.last else { return observation }
        let asked = known?.links.first { $0.key == observation.key }
            .map { observation.fieldsEmptied(since: $0.last) }
        let emptied = observation.fieldsEmptied(since: last)
        return observation.withholding(emptied.subtracting(asked ?? []))
    }

    func draft(
        _ observations: [Observation],
        doubting doubted: [Observation] = [],
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> StepResult {
        try await workshop.draft(
            observations,
            doubting: doubted,
            tenant: school.connection.tenant,
            run: run,
            cause: cause,
            planner: planner,
            stagedIn: staging
        )
    }

    /// Counts what the step takes from people, and plans it again without what is too much.
    /// - Returns: What is held back.
    func guarding(
        _ step: inout StepResult,
        _ observations: [Observation],
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> Set<Loss> {
        var held: Set<Loss> = []
        var waiting: [SourceKey: Set<Loss>] = [:]
        var position: Int64?
        let last = try await workshop.lastAdministrators(
            in: step,
            at: school.key,
            of: school.connection.tenant,
            policy
        )
        for plan in step.plans {
            guard let account = plan.account else { continue }
            let losses = step.losses(of: plan)
            guard !losses.isEmpty else { continue }
            let tally = try await workshop.store.tally(question(plan.key, account, planner.now))
            position = position ?? tally.position
            var tooMuch = LossGuard.held(losses, by: tally, kind: plan.key.kind)
            if last.contains(account) { tooMuch.insert(.access) }
            if let said = observations.first(where: { $0.key == plan.key }) {
                let waiting = try await waitingLosses(of: account, beside: said, planner, run)
                tooMuch.formUnion(losses.intersection(waiting))
            }
            held.formUnion(tooMuch)
            if !tooMuch.isEmpty { waiting[plan.key, default: []].formUnion(tooMuch) }
        }
        if !held.isEmpty {
            let plans = step.plans
            step = try await draft(
                observations.without(waiting),
                doubting: observations.doubted(for: waiting),
                planner,
                run
            )
            // What waits as a whole was not planned again, but it is still this person's login.
            step.plans += plans.filter { plan in !step.plans.contains { $0.key == plan.key } }
        }
        step.changes.lossPosition = position
        for plan in step.plans {
            guard let account = plan.account else { continue }
            step.changes.losses += step.losses(of: plan).map {
                CountedLoss(
                    loss: $0,
                    account: account,
                    school: plan.key.school,
                    kind: plan.key.kind
                )
            }
        }
        return held
    }

    /// What the plan of a held run would take from the person, which waits for who decides on it.
    private func waitingLosses(
        of account: AccountID,
        beside said: Observation,
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> Set<Loss> {
        guard let record = try await workshop.store.heldRecord(said.key) else { return [] }
        if record.isAbsent { return [.access] }
        var planned = record.observation
        // As if it were said now: the link may have seen a later answer since.
        planned.sequence = said.sequence
        let step = try await draft([planned], planner, run)
        return step.plans.filter { $0.account == account }
            .reduce(into: []) { $0.formUnion(step.losses(of: $1)) }
    }

    private func question(
        _ key: SourceKey,
        _ account: AccountID,
        _ now: Timestamp
    ) -> LossQuestion {
        LossQuestion(
            tenant: school.connection.tenant,
            school: key.school,
            kind: key.kind,
            besides: account,
            dayAgo: now.advanced(by: .seconds(-86_400))
        )
    }
}
