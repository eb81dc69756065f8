public import Accounts
public import Roster

/// One step of reconciliation: some observations, from what must be seen to what must be changed.
///
/// A login makes it with one observation, a batch with some hundred, `explain` with one and throws
/// the changes away. The caller reads the views that are asked for and applies the change set; in
/// between nothing waits for anybody.
///
/// ```swift
/// var step = Reconciliation(observations, planner: planner, view: first, tenant: tenant)
/// if let request = step.settlementRequest(run: run) { step.load(try await store.view(request)) }
/// let result = step.finish(run: run, cause: .batch)
/// ```
public struct Reconciliation {
    private let planner: Planner
    private var draft: Draft
    private var plans: [PersonPlan]
    private let before: LocalView
    /// What taking back came to, where that was asked for.
    public private(set) var restoration = RestorationResult()

    /// Plans `observations`, and the absence of the people behind `absent`, on what `view` shows.
    ///
    /// `confirmed` is what a person decided about records without an account, `exchanged` what she
    /// approved of those with one: it comes before all else. What `doubted` says
    /// of contacts is held back by a guard: only what it would take away is marked.
    public init(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        exchanged: Exchange? = nil,
        doubted: [Observation] = [],
        planner: Planner,
        view: LocalView,
        tenant: TenantID
    ) {
        self.planner = planner
        before = view
        var draft = Draft(view, tenant: tenant)
        if let exchanged {
            guard exchanged.stands(by: observations, on: view) else {
                (self.draft, plans) = (draft, [])
                return
            }
            planner.carryOut(exchanged, reason: .linkedByPerson, in: &draft)
        }
        draft.claimNumbers(of: observations)
        plans = observations.map {
            planner.giveWay()
            return planner.plan($0, confirmed: confirmed[$0.key], in: &draft)
        }
        for link in absent.compactMap({ draft.links[$0.key] }) {
            plans.append(
                PersonPlan(
                    key: link.key,
                    match: .linked(link.account),
                    outcome: planner.planAbsence(of: link, in: &draft),
                    decisions: []
                )
            )
        }
        for observation in doubted {
            let index = plans.firstIndex { $0.key == observation.key }
            let decision = planner.doubt(observation, isPlanned: index != nil, in: &draft)
            guard let index, let decision else { continue }
            plans[index].decisions.removeAll { $0.field == .contacts }
            plans[index].decisions.append(decision)
        }
        self.draft = draft
    }

    /// Carries out `edits` on one account, on what `view` shows.
    public init(
        _ edits: [LocalEdit],
        on account: AccountID,
        planner: Planner,
        view: LocalView,
        tenant: TenantID
    ) throws(EditError) {
        self.planner = planner
        before = view
        plans = []
        draft = Draft(view, tenant: tenant)
        for edit in edits { try planner.carryOut(edit, on: account, in: &draft) }
    }

    /// Takes back what runs did to some accounts, on what `view` shows.
    public init(
        undoing restorations: [Restoration],
        planner: Planner,
        view: LocalView,
        tenant: TenantID
    ) {
        self.planner = planner
        before = view
        plans = []
        draft = Draft(view, tenant: tenant)
        restoration = planner.carryOut(restorations, in: &draft)
    }

    /// Makes two accounts one, on what `view` shows.
    public init(
        merging: Merging,
        planner: Planner,
        view: LocalView,
        tenant: TenantID
    ) throws(MergeError) {
        self.planner = planner
        before = view
        plans = []
        draft = Draft(view, tenant: tenant)
        try planner.carryOut(merging, in: &draft)
    }

    /// What must be seen to settle line managers and addresses; nil where nothing is open.
    public func settlementRequest(run: RunID?) -> ViewRequest? {
        Settlement(policy: planner.policy).viewRequest(for: draft, run: run)
    }

    /// Adds what was seen.
    public mutating func load(_ view: LocalView) { draft.load(view) }

    /// Settles what is open; gives the changes and, for each observation, the plan behind them.
    public mutating func finish(
        run: RunID?,
        cause: Cause
    ) -> (
        changes: ChangeSet, plans: [PersonPlan]
    ) {
        let settlement = Settlement(policy: planner.policy)
        settlement.settle(&draft)
        for index in plans.indices {
            planner.giveWay()
            complete(&plans[index], settlement)
        }
        return (draft.changeSet(run: run, cause: cause, at: planner.now), plans)
    }

    /// What settling decided is part of the person's plan.
    private func complete(_ plan: inout PersonPlan, _ settlement: Settlement) {
        guard let link = draft.links[plan.key], let after = draft.account(of: link) else { return }
        if plan.outcome == .unchanged, let account = before.accounts[after.id],
            !account.isSame(as: after)
        {
            plan.outcome = .changed
        }
        for index in plan.decisions.indices where plan.decisions[index].verdict != .keep {
            switch plan.decisions[index].field {
            case .email where link.awaitedEmail != nil:
                plan.decisions[index].verdict = .wait
                plan.decisions[index].reason =
                    settlement.isContested(link, in: draft)
                    ? .emailContested : .emailHeld
            case .lineManager:
                complete(&plan.decisions[index], link, after, settlement)
            default: break
            }
        }
    }

    private func complete(
        _ decision: inout FieldDecision,
        _ link: Link,
        _ after: Account,
        _ settlement: Settlement
    ) {
        let (manager, reason) = settlement.resolve(link, of: after.id, in: draft)
        let held = before.accounts[after.id]?.lineManager
        let isWaiting = manager == nil && link.manager != nil
        decision.local = held.flatMap { draft.accounts[$0]?.label }
        if let manager { decision.source = draft.accounts[manager]?.label }
        let isOverruled = decision.reason == .sourceChanged && reason == .sourceOwns
        decision.reason =
            manager == held && !isWaiting ? .same : isOverruled ? .sourceChanged : reason
        decision.verdict = isWaiting ? .wait : manager == held ? .keep : .change
    }
}
