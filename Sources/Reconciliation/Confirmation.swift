public import Accounts

/// What goes before the rules about a record without an account: what a person decided, or that
/// only a person can.
public enum Confirmation: Sendable, Hashable {
    /// It is this account's, in place of the account's other records of the same school and kind.
    case account(AccountID)
    /// It is nobody's yet, so an account is made for it.
    case newAccount
    /// It waits for a person, because the ids of its school changed; these accounts bear its name.
    case waiting(namesakes: [AccountID])
}
