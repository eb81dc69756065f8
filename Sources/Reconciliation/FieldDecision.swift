public import Accounts

/// What was decided about one field, and by which rule.
public struct FieldDecision: Sendable, Hashable {
    /// The field.
    public var field: Field
    /// What becomes of it.
    public var verdict: Verdict
    /// The rule that decided.
    public var reason: Reason
    /// The value held before, as people read it.
    public var local: String?
    /// What the source said, as people read it; nil where it said none or nothing.
    public var source: String?

    /// A decision about `field`.
    public init(
        field: Field,
        verdict: Verdict,
        reason: Reason,
        local: String? = nil,
        source: String? = nil
    ) {
        self.field = field
        self.verdict = verdict
        self.reason = reason
        self.local = local
        self.source = source
    }
}

/// What becomes of a field.
public enum Verdict: String, Sendable, Hashable {
    /// It stays as it is.
    case keep
    /// It takes the source's value.
    case change
    /// It takes the source's value once something else has happened.
    case wait
}

/// The rule behind a decision.
public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// Source and account agree.
    case same
    /// This kind of MIS never delivers the field.
    case neverByProvider
    /// The school has not granted the field.
    case notGranted
    /// The field is not asked for.
    case notAskedFor
    /// The policy gives the field to the application.
    case ownedLocally
    /// The policy sets the field when the account is created and not again.
    case setOnceAtCreation
    /// A local edit stands until the source changes.
    case localEditStands
    /// Another link of the account is its home, from which this field comes.
    case homeLinkLeads
    /// The source's value cannot be used.
    case unusableValue
    /// The source's value is taken: it owns the field.
    case sourceOwns
    /// The source's value is taken: it changed since the local edit.
    case sourceChanged
    /// The source states that there is none.
    case sourceCleared
    /// The value with which the account was created.
    case created
    /// The address belongs to another account until that gives it up.
    case emailHeld
    /// Two records state this address as theirs.
    case emailContested
    /// The line manager has no account yet.
    case managerUnknown
    /// Following line managers from here leads back here.
    case managerLoop
    /// The source names the person as her own manager.
    case managerIsSelf
    /// The line manager has left.
    case managerLeft
    /// The source states that the person left.
    case statedLeaving
    /// Complete runs did not see the person, twice.
    case inferredLeaving
    /// Another link says that the person is still here.
    case otherLinkPresent
    /// The person was found current again.
    case foundCurrent
    /// An administrator suspended the account; a sync may not lift that.
    case suspendedByAdministrator
    /// The record no longer meets a criterion of the import; the account is kept as it is.
    case outOfScope
    /// The link that gave it has ended.
    case linkEnded
    /// A leaver's address passed to a newcomer.
    case addressPassedOn
    /// A person in this application changed it.
    case localEdit
    /// The account came from the host's own list.
    case imported
    /// A guard holds the change back: until a person approves it, what would go is unconfirmed.
    case heldByGuard
    /// A pin keeps it as it is.
    case pinned
    /// A person took back what a run had done.
    case undone
    /// A person said that two accounts are one person's.
    case merged
    /// A person said whose record it is.
    case linkedByPerson
}
