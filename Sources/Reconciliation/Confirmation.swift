public import Accounts

/// What a person decided about a record without an account.
public enum Confirmation: Sendable, Hashable {
    /// It is this account's, in place of the account's other records of the same school and kind.
    case account(AccountID)
    /// It is nobody's yet, so an account is made for it.
    case newAccount
}
