import Accounts
import Reconciliation

/// What a staged plan would take from people and make for them, counted in people.
struct Toll {
    /// How many people would lose what.
    private(set) var losses: [Loss: Int] = [:]
    /// How many accounts would be made.
    private(set) var created = 0
    /// How many accounts would get a record of the school, and how many of them their first.
    private(set) var joined = 0
    private(set) var adopted = 0

    /// Adds what a draft of some of the plan comes to.
    mutating func add(_ step: StepResult) {
        for plan in step.plans {
            switch plan.match {
            case .created: created += 1
            case .joined: joined += 1
            case .adopted:
                joined += 1
                adopted += 1
            case .linked, .unlinked: break
            }
            for loss in step.lossesToCome(of: plan) { losses[loss, default: 0] += 1 }
        }
    }

    /// Adds what another part of the same run comes to.
    mutating func add(_ other: Toll) {
        losses.merge(other.losses, uniquingKeysWith: +)
        created += other.created
        joined += other.joined
        adopted += other.adopted
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
