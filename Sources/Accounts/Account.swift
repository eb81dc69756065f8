public import Roster

/// The name of a customer of the host application; owns accounts, connections and a policy.
public struct TenantID: Sendable, Hashable {
    /// The name, `default` where the operator gave none.
    public let name: String

    /// The tenant called `name`.
    public init(_ name: String) { self.name = name }

    /// The tenant of whoever names none.
    public static let standard = TenantID("default")
}

/// The identity of an account, our own and never reused.
public struct AccountID: Sendable, Hashable, Comparable {
    /// The number behind it.
    public let value: Int64

    /// The account numbered `value`.
    public init(_ value: Int64) { self.value = value }

    /// The older account comes first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The identity of a class in the host application, our own and never reused.
public struct ClassID: Sendable, Hashable, Comparable {
    /// The number behind it.
    public let value: Int64

    /// The class numbered `value`.
    public init(_ value: Int64) { self.value = value }

    /// The older class comes first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The identity of one login refresh or one batch sync.
public struct RunID: Sendable, Hashable, Comparable {
    /// The number behind it.
    public let value: Int64

    /// The run numbered `value`.
    public init(_ value: Int64) { self.value = value }

    /// The older run comes first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// Who suspended an account: a sync may lift its own suspension only.
public enum SuspensionCause: String, Sendable, Hashable {
    /// A sync, on evidence of leaving or after absence.
    case sync
    /// An administrator.
    case administrator
}

/// Whether a person may use the application.
public enum AccountStatus: Sendable, Hashable {
    /// She may.
    case active
    /// She may not, and who said so.
    case suspended(by: SuspensionCause)
}

/// A right in the host application.
public struct Privilege: Sendable, Hashable {
    /// Its name in the host application.
    public var name: String
    /// The link that gave it, nil where a person did.
    public var givenBy: SourceKey?

    /// The right `name`, given by a link or, where that is nil, by hand.
    public init(name: String, givenBy: SourceKey?) {
        self.name = name
        self.givenBy = givenBy
    }
}

/// A place in a class.
public struct Membership: Sendable, Hashable {
    /// The class.
    public var classID: ClassID
    /// What the person is in it.
    public var role: ClassRole
    /// The link that gave it, nil where a person did.
    public var givenBy: SourceKey?

    /// A place in `classID`, given by a link or, where that is nil, by hand.
    public init(classID: ClassID, role: ClassRole, givenBy: SourceKey?) {
        self.classID = classID
        self.role = role
        self.givenBy = givenBy
    }
}

/// The person in the host application, with the fields that the host reads.
public struct Account: Sendable, Hashable {
    /// Our own identity of it.
    public let id: AccountID
    /// The customer it belongs to.
    public let tenant: TenantID
    /// Counts the writes to the account; a plan made on another version is refused.
    public var version: Int64
    /// The login name, in lower case; nil once a newcomer took a leaver's address over.
    public var email: String?
    /// Mr, Ms, Dr and so on.
    public var title: String?
    /// The first name.
    public var forename: String?
    /// The surname.
    public var surname: String?
    /// The initials.
    public var initials: String?
    /// The jobs held today, joined with a comma.
    public var jobTitle: String?
    /// The telephone number.
    public var phone: String?
    /// The postal address.
    public var address: String?
    /// Whether the person teaches.
    public var teachingStaff: Bool?
    /// Whom the person reports to.
    public var lineManager: AccountID?
    /// Whether the person may use the application.
    public var status: AccountStatus
    /// What can prove who the person is.
    public var credential: Credential
    /// The fields whose present value a person in this application set.
    public var localEdits: Set<Field>
    /// The link that single-valued fields come from, nil before the first.
    public var home: SourceKey?
    /// The rights, by whom they were given.
    public var privileges: Set<Privilege>
    /// The places in classes, by whom they were given.
    public var memberships: Set<Membership>
    /// Who is responsible for her, where she is a pupil, by whom that was given.
    public var guardianships: Set<Guardianship> = []
    /// What of it stays as it is, whatever the source says; one pin a field at the most.
    public var pins: Set<Pin>

    /// An active account with nothing known of it.
    public init(id: AccountID, tenant: TenantID) {
        self.id = id
        self.tenant = tenant
        version = 0
        status = .active
        credential = .none
        localEdits = []
        privileges = []
        memberships = []
        pins = []
    }
}

/// A class in the host application.
public struct ClassRecord: Sendable, Hashable {
    /// Our own identity of it.
    public let id: ClassID
    /// The class as its source described it last.
    public var teachingClass: TeachingClass
    /// The number of the request that described it.
    public var sequence: Int64

    /// The class `id` as `teachingClass` describes it.
    public init(id: ClassID, teachingClass: TeachingClass, sequence: Int64) {
        self.id = id
        self.teachingClass = teachingClass
        self.sequence = sequence
    }
}
