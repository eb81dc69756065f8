import Accounts
import Reconciliation
import Roster

// Accounts that logins make: no more than a sync would make without asking a person.
extension RefreshStep {
    /// Leaves a newcomer to the next sync where logins have made so many accounts lately that it
    /// would hold them all, and counts the account otherwise.
    /// - Returns: Whether she was left.
    func limitCreation(
        in step: inout StepResult,
        _ observations: [Observation],
        _ planner: Planner,
        _ run: RunID
    ) async throws(StoreError) -> Bool {
        guard let plan = step.plans.first(where: { $0.outcome == .created }),
            let account = plan.account
        else { return false }
        let tally = try await workshop.store.tally(question(plan.key, account, planner.now))
        let made = tally.atSchool[.creation, default: 0]
        let before = tally.peopleAtSchool - made
        let connection = school.connection.id
        if before > 0, LossGuard.isTooManyNew(made + 1, besides: before),
            try await workshop.store.newestRun(of: connection, .complete) != nil
        {
            let cautious = workshop.planner(
                policy: policy,
                school: school.school,
                mayCreate: false
            )
            step = try await draft(observations, cautious, run)
            return true
        }
        step.changes.losses.append(
            CountedLoss(
                loss: .creation,
                account: account,
                school: plan.key.school,
                kind: plan.key.kind
            )
        )
        // Its position is not insisted on: five hundred newcomers who log in at once may be one more.
        return false
    }
}

extension FlightResult {
    /// Says why a newcomer has to wait.
    mutating func leaveNewcomer(to school: SchoolDescription) {
        trouble =
            "So many people of \(school.name) are new in the MIS that a login makes no account for one of them; sync the school, and decide what the sync holds."
    }
}
