import Accounts
import Reconciliation

/// What a staged plan would take from people and make for them, counted in people.
struct Toll {
    /// How many people would lose what.
    private(set) var losses: [Loss: Int] = [:]
    /// How many accounts would be made.
    private(set) var created = 0

    /// Adds what a draft of some of the plan comes to.
    mutating func add(_ step: StepResult) {
        for plan in step.plans {
            if plan.outcome == .created { created += 1 }
            for loss in step.lossesToCome(of: plan) { losses[loss, default: 0] += 1 }
        }
    }

    /// Adds what another part of the same run comes to.
    mutating func add(_ other: Toll) {
        losses.merge(other.losses, uniquingKeysWith: +)
        created += other.created
    }
}

extension StepResult {
    /// What the step takes from the person behind `plan`, with an address that goes once its next
    /// holder is settled.
    func lossesToCome(of plan: PersonPlan) -> Set<Loss> {
        var losses = losses(of: plan)
        if plan.decision(on: .email)?.verdict == .wait, case .linked = plan.match {
            losses.insert(.loginEmail)
        }
        return losses
    }
}
