import Accounts
import Reconciliation
import Roster

// Accounts that logins make: no more than a sync would make without asking a person.
extension RefreshStep {
    /// Puts a newcomer off until a sync where so many accounts were made lately that it would hold
    /// them all, or where somebody of the school was put off, and counts the account otherwise.
    ///
    /// The count is not insisted on: newcomers who log in at the same moment may be a few more.
    /// - Returns: Whether she was put off.
    func limitCreation(
        in step: inout StepResult,
        _ observations: [Observation],
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> Bool {
        guard let plan = step.plans.first(where: { $0.outcome == .created }),
            let account = plan.account
        else { return false }
        if try await isLimited(plan.key, account, at: planner.now) {
            step = try await draft(observations, self.planner(mayCreate: false), run)
            return true
        }
        step.countCreations()
        return false
    }

    private func isLimited(
        _ record: SourceKey,
        _ account: AccountID,
        at now: Timestamp
    ) async throws(StoreError) -> Bool {
        guard try await workshop.wasLoaded(school.connection.id) else { return false }
        let tally = try await workshop.store.tally(question(record, account, now))
        if LossGuard.isTooManyNew(1, by: tally) { return true }
        return try await workshop.store.unlinkedRecords(in: record.school).contains {
            $0.reason == .manyNewcomers && $0.observation.key.kind == record.kind
                && $0.dismissal == nil
        }
    }

    /// Whether a sync would make so many accounts for `newcomers`, of one kind, that it would hold
    /// them all; they may be compared with no more than so many people.
    func areTooMany(
        _ newcomers: [Observation],
        besides compared: Int
    ) async throws(StoreError) -> Bool {
        guard let first = newcomers.first else { return false }
        let planner = self.planner(mayCreate: true)
        let tally = try await workshop.store.tally(
            question(first.key, AccountID(0), planner.now)
        )
        guard LossGuard.isTooManyNew(newcomers.count, by: tally, besides: compared) else {
            return false
        }
        // Of some who seem new nobody makes an account.
        let step = try await draft(newcomers, planner, RunID(0))
        let created = step.plans.count { $0.outcome == .created || $0.mayHaveNewID }
        return LossGuard.isTooManyNew(created, by: tally, besides: compared)
    }

    /// Whether the step would make an account, at a school that was loaded before.
    func wouldCreate(_ observation: Observation) async throws(StoreError) -> Bool {
        guard try await workshop.wasLoaded(school.connection.id) else { return false }
        let step = try await draft([observation], planner(mayCreate: true), RunID(0))
        return step.plans.contains { $0.outcome == .created }
    }

    private func planner(mayCreate: Bool) -> Planner {
        workshop.planner(policy: policy, school: school.school, mayCreate: mayCreate)
    }
}

extension PersonPlan {
    /// Whether her record says what tells of somebody who has one at the school: her id may have
    /// changed, as everybody's does after a change of MIS.
    fileprivate var mayHaveNewID: Bool {
        guard case .unlinked(let reason, _) = match else { return false }
        return reason == .emailOfLinkedAccount || reason == .neutralKeyOfLinkedAccount
    }
}

extension StepResult {
    /// Counts the accounts that it makes, for the guards of the next day.
    mutating func countCreations() {
        for plan in plans where plan.outcome == .created {
            guard let account = plan.account else { continue }
            changes.losses.append(
                CountedLoss(
                    loss: .creation,
                    account: account,
                    school: plan.key.school,
                    kind: plan.key.kind
                )
            )
        }
    }

    /// Keeps why newcomers wait: until a sync looks at everybody, each login puts them off again.
    mutating func notePutOff(_ isPutOff: Bool) {
        for index in changes.unlinked.indices {
            let record = changes.unlinked[index]
            let known = seen.unlinked[record.observation.key]?.reason
            guard record.reason == .creationNotAllowed, isPutOff || known == .manyNewcomers else {
                continue
            }
            changes.unlinked[index].reason = .manyNewcomers
        }
    }
}

extension RefreshStep {
    /// Why a newcomer has to wait, in one sentence; nil where that is not for want of a right to make
    /// her an account.
    func whyParked(_ plan: PersonPlan, _ isPutOff: Bool) -> String? {
        if isPutOff {
            return
                "So many people of \(school.school.name) are new in the MIS that a login makes no account for one of them; sync the school, and decide what the sync holds."
        }
        guard case .unlinked(.creationNotAllowed, _) = plan.match else { return nil }
        if hasChangedIDs {
            return
                "The MIS of \(school.school.name) gave its people new ids, so a login cannot tell whether this person is new; approve what the last sync holds, or decide in `muster review`."
        }
        if policy.newcomers == .park {
            return
                "This person is new in the MIS, and by the policy (newcomers=park) a login makes no account; sync the school, which makes one."
        }
        return
            "This person is new in the MIS, and a login makes an account only by single sign-on and for the address of her record; sync the school, which makes one."
    }
}
