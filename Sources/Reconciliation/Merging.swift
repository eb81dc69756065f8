public import Accounts
public import Roster

/// A person's decision that two accounts are one person's.
public struct Merging: Sendable, Hashable {
    /// The account that is given up.
    public var from: AccountID
    /// The account that stays.
    public var into: AccountID
    /// Whether both may have a present record of one school and kind: an MIS that has her twice.
    public var isSamePerson: Bool

    /// `from` is the same person as `into`.
    public init(from: AccountID, into: AccountID, isSamePerson: Bool = false) {
        self.from = from
        self.into = into
        self.isSamePerson = isSamePerson
    }
}

/// Why two accounts were not made one.
public enum MergeError: Error, Sendable, Hashable {
    /// Both are the same account already.
    case sameAccount
    /// One of them is not there any more.
    case noAccount
    /// An account has rights that a person gave it.
    case privileged(email: String?)
    /// The account that was to stay is suspended by an administrator.
    case suspended(email: String?)
    /// Both have a present record of one school and kind.
    case bothPresent(SourceKey, SourceKey)
    /// The account to be given up is pinned.
    case pinned(email: String?)

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .sameAccount: "Both addresses are of one account already; name two accounts."
        case .noAccount: "One of the accounts is gone; list the accounts and choose again."
        case .privileged(let email):
            "The account \(email ?? "without an address") has rights that were given by hand, so it is not merged; take them away first."
        case .suspended(let email):
            "The account \(email ?? "without an address") is suspended by an administrator, so nobody is merged into it; restore it first."
        case .bothPresent(let left, let right):
            "The MIS has both people at once (records \(left.id) and \(right.id)), so they are not merged; if it has one person twice, say so with --same-person."
        case .pinned(let email):
            "The account \(email ?? "without an address") is pinned, so it is not merged; lift that first."
        }
    }
}
