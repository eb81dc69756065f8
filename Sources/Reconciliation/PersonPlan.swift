public import Accounts
public import Roster

/// How a record was matched to an account.
public enum MatchDecision: Sendable, Hashable {
    /// It has a link.
    case linked(AccountID)
    /// It was joined to an account that the host already had.
    case adopted(AccountID)
    /// It was joined to an account that another school's record stands for already.
    case joined(AccountID)
    /// An account was made for it.
    case created(AccountID)
    /// It stands for no account, and why; the accounts a person may choose from.
    case unlinked(UnlinkedReason, candidates: [AccountID])
}

/// What planning one observation came to, as results count it.
public enum PersonOutcome: Sendable, Hashable {
    /// Nothing is to be done.
    case unchanged
    /// The account takes new values.
    case changed
    /// An account is made.
    case created
    /// A suspended account becomes active again.
    case restored
    /// The account is suspended.
    case suspended
    /// A person must decide whose record it is.
    case disputed(UnlinkedReason)
    /// The record does not meet a criterion of the import.
    case ignored(UnlinkedReason)
    /// The record cannot be used.
    case failed(UnlinkedReason)
}

/// What one observation asks for: values only; the changes themselves are in the draft.
public struct PersonPlan: Sendable, Hashable {
    /// The record.
    public var key: SourceKey
    /// Whose it is.
    public var match: MatchDecision
    /// What it comes to.
    public var outcome: PersonOutcome
    /// One decision for every field.
    public var decisions: [FieldDecision]

    /// A plan for the record `key`.
    public init(
        key: SourceKey,
        match: MatchDecision,
        outcome: PersonOutcome,
        decisions: [FieldDecision]
    ) {
        self.key = key
        self.match = match
        self.outcome = outcome
        self.decisions = decisions
    }

    /// The account the record stands for, if there is one.
    public var account: AccountID? {
        switch match {
        case .linked(let id), .adopted(let id), .joined(let id), .created(let id): id
        case .unlinked: nil
        }
    }

    /// What was decided about `field`; nil where nothing had to be.
    public func decision(on field: Field) -> FieldDecision? {
        decisions.first { $0.field == field }
    }
}
