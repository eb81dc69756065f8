public import Roster

/// What is known of the person behind a link at its school.
public enum LinkState: Sendable, Hashable {
    /// The school has the person now.
    case active
    /// The school stated that the person left.
    case left(LeavingEvidence)
    /// The record no longer meets a criterion of the import; the account is kept as it is.
    case outOfScope
    /// Complete full runs did not see the person often enough to infer that she left.
    case absent

    /// Whether the source itself said that the person left.
    public var isStatedLeaving: Bool {
        if case .left = self { true } else { false }
    }

    /// Whether the link speaks for somebody who belongs to the school.
    public var isPresent: Bool {
        switch self {
        case .active, .outOfScope: true
        case .left, .absent: false
        }
    }
}

/// A record at a source and the account it stands for.
public struct Link: Sendable, Hashable {
    /// The record.
    public let key: SourceKey
    /// The account.
    public let account: AccountID
    /// When the link was made; the oldest active staff link is the home link.
    public let linkedAt: Timestamp
    /// The number of the request whose answer was applied last; older answers are ignored.
    public var sequence: Int64
    /// What the source said last, field by field; what it did not supply is kept from before.
    public var last: Observation
    /// The day on which `last` was planned, in the school's time zone.
    public var plannedOn: Day
    /// The next day on which the same answer would be planned otherwise.
    public var replanOn: Day?
    /// A digest of the answer and of the mapping that read it; nil where it must be planned anew.
    public var fingerprint: UInt64?
    /// What is known of the person at the school.
    public var state: LinkState
    /// When a complete full run first missed the person since she was last seen.
    public var missingSince: Timestamp?
    /// The record of the line manager that the source names today, resolved or not.
    public var manager: SourceKey?
    /// The e-mail address that the source states while another account holds it.
    public var awaitedEmail: String?

    /// A new link of `key` to `account`.
    public init(
        key: SourceKey,
        account: AccountID,
        linkedAt: Timestamp,
        last: Observation,
        plannedOn: Day
    ) {
        self.key = key
        self.account = account
        self.linkedAt = linkedAt
        sequence = last.sequence
        self.last = last
        self.plannedOn = plannedOn
        state = .active
    }
}

extension Link {
    /// The same link of another account, to be weighed anew.
    public func moved(to account: AccountID) -> Link {
        var moved = Link(
            key: key,
            account: account,
            linkedAt: linkedAt,
            last: last,
            plannedOn: plannedOn
        )
        moved.sequence = sequence
        moved.replanOn = replanOn
        moved.state = state
        moved.missingSince = missingSince
        moved.manager = manager
        return moved
    }
}

/// A record that stands for no account, and why.
///
/// One that is `reusedRecord` has a link besides: that of whoever left.
public struct UnlinkedRecord: Sendable, Hashable {
    /// What the source said of it.
    public var observation: Observation
    /// Its e-mail address as accounts compare it, if it has one.
    public var email: String?
    /// Why it was not linked.
    public var reason: UnlinkedReason
    /// Accounts that a person may choose from.
    public var candidates: [AccountID]
    /// What a person said who looked at it and left it; nil where nobody did.
    ///
    /// A store keeps it apart: putting the record again leaves it as it is, unless the reason is
    /// another one then, and only `ChangeSet.dismissals` sets or lifts it.
    public var dismissal: Dismissal?

    /// A record without an account.
    public init(
        observation: Observation,
        email: String?,
        reason: UnlinkedReason,
        candidates: [AccountID] = []
    ) {
        self.observation = observation
        self.email = email
        self.reason = reason
        self.candidates = candidates
    }
}

/// What a person said who looked at a record without an account and left it as it is.
public struct Dismissal: Sendable, Hashable {
    /// Why, in her words.
    public var because: String
    /// The first day on which the record waits again, in the school's time zone; nil for as long
    /// as its reason stays.
    public var until: Day?
    /// When she said so.
    public var at: Timestamp

    /// Somebody looked, and said why nothing is to be done.
    public init(because: String, until: Day? = nil, at: Timestamp) {
        self.because = because
        self.until = until
        self.at = at
    }
}

extension UnlinkedRecord {
    /// How the record counts on `day`: one that a person dismissed needs nobody.
    public func standing(on day: Day) -> UnlinkedStanding {
        isDismissed(on: day) ? .ignored : reason.standing
    }

    /// Whether a person said that it needs nobody, and that still holds on `day`.
    public func isDismissed(on day: Day) -> Bool {
        guard let dismissal else { return false }
        return dismissal.until.map { day < $0 } ?? true
    }
}

/// Why a record stands for no account.
public enum UnlinkedReason: String, Sendable, Hashable, CaseIterable {
    // Not imported, and nobody needs to act.

    /// The record has no work e-mail address.
    case noWorkEmail
    /// The record's e-mail address is none.
    case invalidEmail
    /// The record states that the person left.
    case left
    /// The record states a first day ahead.
    case notYetStarted
    /// The record is of somebody who was erased.
    case erased

    // Failed: somebody should look at the record.

    /// A name is missing or cannot be used.
    case unusableName

    // Disputed: a person decides.

    /// Another unlinked record has the same e-mail address.
    case sharedEmail
    /// The address belongs to an account that is linked to another record.
    case emailOfLinkedAccount
    /// The address or a number belongs to an account of another kind of person.
    case otherKind
    /// The address belongs to an account with another surname.
    case surnameDisagrees
    /// The address or a number belongs to an account that an administrator gave rights to.
    case privilegedAccount
    /// The address or a number belongs to an account that an administrator suspended.
    case suspendedAccount
    /// The connection's e-mail addresses are not trusted to join accounts.
    case untrustedEmail
    /// The address and the name, or a number, are those of somebody who left.
    case possibleReturner
    /// The login was not allowed to create an account.
    case creationNotAllowed
    /// So many were new when she logged in that a sync would leave all of them to a person.
    case manyNewcomers
    /// The record of somebody who left came back with another name and another address.
    case reusedRecord
    /// A person took back that it was given to an account.
    case linkTakenBack
    /// Another unlinked record of the school states one of its numbers too, or two others do, at
    /// whatever school, of which one is unlinked.
    case sharedNeutralKey
    /// Its numbers, or a number and its address, are of different accounts.
    case neutralKeysDisagree
    /// One of its numbers is of an account that is linked to another record of the school.
    case neutralKeyOfLinkedAccount
    /// One of its numbers is of an account with another first name, or another surname and address.
    case neutralKeyNameDisagrees
    /// It has the name of an account whose record is listed no more since the ids of the school changed.
    case namesakeAfterRenumbering
    /// The ids of the school changed, and no number, address or name tells whose it is.
    case unknownAfterRenumbering

    /// Whether an address or a number led to the candidates: else no more than a name did, or a name
    /// tells that the record is another person's.
    public var tellsCandidates: Bool {
        switch self {
        case .sharedEmail, .emailOfLinkedAccount, .otherKind, .privilegedAccount,
            .suspendedAccount, .untrustedEmail, .possibleReturner, .sharedNeutralKey,
            .neutralKeysDisagree, .neutralKeyOfLinkedAccount, .unknownAfterRenumbering:
            true
        case .noWorkEmail, .invalidEmail, .left, .notYetStarted, .erased, .unusableName,
            .creationNotAllowed, .manyNewcomers, .reusedRecord, .linkTakenBack,
            .namesakeAfterRenumbering, .surnameDisagrees, .neutralKeyNameDisagrees:
            false
        }
    }

    /// How the record counts in a result.
    public var standing: UnlinkedStanding {
        switch self {
        case .noWorkEmail, .invalidEmail, .left, .notYetStarted, .erased: .ignored
        case .unusableName: .failed
        case .sharedEmail, .emailOfLinkedAccount, .otherKind, .surnameDisagrees,
            .privilegedAccount, .suspendedAccount, .untrustedEmail, .possibleReturner,
            .creationNotAllowed, .manyNewcomers, .reusedRecord, .linkTakenBack, .sharedNeutralKey,
            .neutralKeysDisagree, .neutralKeyOfLinkedAccount, .neutralKeyNameDisagrees,
            .namesakeAfterRenumbering, .unknownAfterRenumbering:
            .disputed
        }
    }
}

/// How a record without an account counts in a result.
public enum UnlinkedStanding: Sendable, Hashable {
    /// It does not meet a criterion of the import.
    case ignored
    /// It cannot be used as it is.
    case failed
    /// A person must decide whose it is.
    case disputed
}
