import Accounts
import Reconciliation

extension PersonPlan {
    /// The account the record stands for, if there is one.
    var account: AccountID? {
        switch match {
        case .linked(let id), .adopted(let id), .joined(let id), .created(let id): id
        case .unlinked: nil
        }
    }
}
