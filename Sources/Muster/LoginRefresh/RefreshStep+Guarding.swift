import Accounts
import Reconciliation
import Roster

/// What is held back of what a step takes.
struct Withheld {
    var losses: Set<Loss> = []
    /// Whether somebody keeps her access because she may have another record.
    var hasMoved = false
}

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
    ) async throws(StoreError) -> Withheld {
        let excess = try await excess(of: step, observations, planner, run)
        if !excess.byRecord.isEmpty {
            step = try await draft(step, without: excess, observations, planner, run)
        }
        step.changes.lossPosition = excess.position
        step.countLosses()
        return Withheld(
            losses: excess.byRecord.values.reduce(into: []) { $0.formUnion($1) },
            hasMoved: excess.hasMoved
        )
    }

    /// What is too much of what a step takes.
    private struct Excess {
        var byRecord: [SourceKey: Set<Loss>] = [:]
        /// Whether somebody who is said to have left may have another record.
        var hasMoved = false
        /// Up to where the losses before were counted; nil where nothing is taken.
        var position: Int64?
    }

    private func excess(
        of step: StepResult,
        _ observations: [Observation],
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> Excess {
        var excess = Excess()
        let (tenant, school) = (school.connection.tenant, school.key)
        let last = try await workshop.lastAdministrators(in: step, at: school, of: tenant, policy)
        for plan in step.plans {
            guard let account = plan.account else { continue }
            let losses = step.losses(of: plan)
            guard !losses.isEmpty else { continue }
            let tally = try await workshop.store.tally(question(plan.key, account, planner.now))
            excess.position = excess.position ?? tally.position
            var held = LossGuard.held(losses, by: tally, kind: plan.key.kind)
            if last.contains(account) { held.insert(.access) }
            // A sync of changes finds out before it takes anybody.
            if losses.contains(.access), cause == .login {
                let hasMoved = try await hasOtherRecord(account, plan.key, in: step.seen, planner)
                // A sync would hold all who are listed as left, too.
                if hasMoved || influx?.areTooManyLeaving == true { held.insert(.access) }
                excess.hasMoved = excess.hasMoved || hasMoved
            }
            if let said = observations.first(where: { $0.key == plan.key }) {
                held.formUnion(
                    try await planned(losses, of: account, in: step, as: said, planner, run)
                )
            }
            if !held.isEmpty { excess.byRecord[plan.key, default: []].formUnion(held) }
        }
        return excess
    }

    /// The step planned again without what is too much.
    private func draft(
        _ step: StepResult,
        without excess: Excess,
        _ observations: [Observation],
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> StepResult {
        var rest = try await draft(
            observations.without(excess.byRecord),
            doubting: observations.doubted(for: excess.byRecord),
            planner,
            run
        )
        // What waits as a whole was not planned again, but it is still this person's login.
        rest.plans += step.plans.filter { plan in !rest.plans.contains { $0.key == plan.key } }
        return rest
    }

    /// Those of the losses that wait for who decides on the plan of a held run.
    private func planned(
        _ losses: Set<Loss>,
        of account: AccountID,
        in step: StepResult,
        as said: Observation,
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> Set<Loss> {
        var waiting: Set<Loss> = []
        // After a change of MIS nobody goes by what is said of her former record.
        if losses.contains(.access), try await !workshop.mayBeNew(said.key) {
            waiting.insert(.access)
        }
        let since = planner.now.advanced(by: .zero - SyncPlan.force)
        guard let record = try await workshop.store.heldRecord(said.key, since: since) else {
            return waiting
        }
        // Everything that the record gave her goes with it; who is there again is not absent.
        if record.isAbsent {
            return said.standing == .current ? waiting : losses.union([.absence])
        }
        var planned = record.observation
        // As if it were said now: the link may have seen a later answer since.
        planned.sequence = said.sequence
        let held = try await draft([planned], planner, run)
        let taken = held.plans.filter { $0.account == account }
            .reduce(into: Set<Loss>()) { $0.formUnion(held.losses(of: $1)) }
        return waiting.union(
            losses.filter { taken.contains($0) && step.shares($0, of: account, with: held) }
        )
    }

    /// Whether somebody who is said to have left by `record` seems to have another one.
    ///
    /// That many are new says nothing of one who leaves: a sync would take her too.
    private func hasOtherRecord(
        _ account: AccountID,
        _ record: SourceKey,
        in seen: LocalView,
        _ planner: Planner
    ) async throws(StoreError) -> Bool {
        try await workshop.otherRecord(
            account,
            than: record,
            in: seen,
            among: influx?.newcomers ?? [],
            of: school.connection.tenant,
            planner
        ) != nil
    }

    /// Whether the step would suspend somebody of whom only what else is listed can tell whether she
    /// left.
    func wouldSuspend(_ observation: Observation) async throws(StoreError) -> Bool {
        guard observation.statesLeaving, try await workshop.wasLoaded(school.connection.id),
            try await workshop.mayBeNew(observation.key)
        else { return false }
        let planner = workshop.planner(policy: policy, school: school.school, mayCreate: false)
        let step = try await draft([observation], planner, RunID(0))
        return step.plans.contains { step.losses(of: $0).contains(.access) }
    }

    func question(
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

extension StepResult {
    /// Has every loss of the step counted with its change, for the guards of the next day.
    fileprivate mutating func countLosses() {
        for plan in plans {
            guard let account = plan.account else { continue }
            changes.losses += losses(of: plan).map {
                CountedLoss(
                    loss: $0,
                    account: account,
                    school: plan.key.school,
                    kind: plan.key.kind
                )
            }
        }
    }

    /// Whether `other` takes by `loss` what this takes too, where one may be taken and another not.
    fileprivate func shares(_ loss: Loss, of account: AccountID, with other: StepResult) -> Bool {
        guard let own = taken(by: loss, from: account),
            let others = other.taken(by: loss, from: account)
        else { return true }
        return !own.isDisjoint(with: others)
    }

    /// Which places, rights or relations go; nil where there is only one to go.
    private func taken(by loss: Loss, from account: AccountID) -> Set<AnyHashable>? {
        guard let write = changes.accounts.first(where: { $0.after.id == account }),
            let before = write.before
        else { return nil }
        let after = write.after
        switch loss {
        case .membership:
            return Set(before.memberships.map { AnyHashable($0.classID) })
                .subtracting(after.memberships.map { AnyHashable($0.classID) })
        case .privilege:
            return Set(before.privileges.map { AnyHashable($0.name) })
                .subtracting(after.privileges.map { AnyHashable($0.name) })
        case .field(.contacts):
            let withdrawn = before.guardianships.filter { held in
                held.isWithdrawn(leaving: after.guardianships.first { $0.isSameRelation(as: held) })
            }
            return Set(withdrawn.map { AnyHashable($0.contact) })
        default:
            return nil
        }
    }
}
