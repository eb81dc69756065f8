public import Accounts
import Reconciliation
import Roster

/// What of a person's change a guard holds back, and what decides about it.
public struct HeldLosses: Sendable, Hashable {
    /// What she would lose.
    public var losses: Set<Loss>
    /// The sync that left it to a person; nil where only logins are held, and no sync has counted
    /// everybody yet.
    public var run: RunID?
    /// What the sync left, while it may be approved.
    public var plan: PlanID?

    /// What she would lose, by the words of metrics.
    package var words: String { losses.map(\.word).sorted().joined(separator: ", ") }
}

extension Explainer {
    /// What a login or the plan of a sync would hold back of what was decided.
    func heldBack(
        _ drafted: StepResult,
        _ answer: Answer,
        _ observation: Observation,
        _ planner: Planner,
        _ guarding: RefreshStep
    ) async throws(StoreError) -> HeldLosses? {
        var step = drafted
        var held = HeldLosses(
            losses: try await guarding.guarding(&step, [observation], planner, RunID(0)).losses
        )
        let since = planner.now.advanced(by: .zero - SyncPlan.force)
        let key = observation.key
        let account = drafted.seen.links[key]?.account
        let plan = try await plan(of: key, or: account, since: since)
        if let planned = plan?.record, planned.observation.key == key, !answer.isCurrent {
            if planned.isAbsent { held.losses.insert(.absence) }
            // The list has her as left, whether or not her record can be looked up still.
            if planned.observation.statesLeaving { held.losses.insert(.access) }
        }
        // The plan gives her account another record, by which she has not left.
        if let other = plan?.record.observation.key, other != key, observation.statesLeaving {
            held.losses.insert(.access)
        }
        guard !held.losses.isEmpty else { return nil }
        held.run = plan?.run.id
        if let run = plan?.run { held.plan = try await workshop.approvablePlan(of: run) }
        return held
    }

    /// The newest run that began at `since` or later and holds something of the record, or another
    /// record for its account.
    private func plan(
        of key: SourceKey,
        or account: AccountID?,
        since: Timestamp
    ) async throws(StoreError) -> (run: Run, record: PlannedRecord)? {
        let runs = try await workshop.store.runs(of: key.school.connection, limit: 300)
        for run in runs where run.state == .held && run.plan != nil && run.startedAt >= since {
            var after: SourceKey?
            repeat {
                let records = try await workshop.store.planned(
                    by: run.id,
                    after: after,
                    limit: 500
                )
                let own = records.first {
                    $0.observation.key == key || ($0.account != nil && $0.account == account)
                }
                if let own { return (run, own) }
                after = records.last?.observation.key
            } while after != nil
        }
        return nil
    }
}

extension Explanation {
    /// Says of the decisions that `back` holds that they wait.
    mutating func hold(_ back: HeldLosses?) {
        held = back
        guard let back else { return }
        for index in fields.indices
        where fields[index].verdict == .change && back.losses.contains(where: fields[index].isTaken)
        {
            fields[index].verdict = .wait
        }
        guard !back.losses.isDisjoint(with: [.absence, .access]),
            let status = fields.firstIndex(where: { $0.field == .status }),
            fields[status].verdict != .wait || back.losses.contains(.absence)
        else { return }
        fields[status].verdict = .wait
        fields[status].reason = back.losses.contains(.absence) ? .inferredLeaving : .statedLeaving
        fields[status].source = "left"
    }
}

extension FieldDecision {
    /// Whether the loss is by this field.
    fileprivate func isTaken(by loss: Loss) -> Bool {
        switch loss {
        case .access, .absence: field == .status
        case .loginEmail: field == .email
        case .identity, .exchange: [.forename, .surname, .email].contains(field)
        case .creation: false
        case .privilege: field == .roles
        case .membership: field == .classes
        case .field(let lost): field == lost
        }
    }
}
