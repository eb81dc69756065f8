/// A job a person holds, as the MIS words it.
public struct StaffRole: Sendable, Hashable {
    /// The MIS's own text, for example `Head of Year`.
    public var title: String
    /// When the person holds it.
    public var term: Term

    /// The job `title`, held during `term`.
    public init(title: String, term: Term = Term()) {
        self.title = title
        self.term = term
    }
}

/// A person whom the source names as the line manager of another.
public struct ManagerEntry: Sendable, Hashable {
    /// The manager's own record.
    public var key: SourceKey
    /// When she manages the person.
    public var term: Term

    /// The manager `key`, during `term`.
    public init(key: SourceKey, term: Term = Term()) {
        self.key = key
        self.term = term
    }
}

/// What a person is in a class.
public enum ClassRole: String, Sendable, Hashable, CaseIterable {
    /// The one teacher who answers for the class.
    case mainTeacher
    /// A teacher of the class.
    case teacher
    /// An adult attached to the class who does not lead it.
    case supervisor
    /// A pupil of the class.
    case student
}

/// The identity of a class: never its name, because next year's class has the same one.
public struct ClassKey: Sendable, Hashable {
    /// The school that teaches it.
    public let school: SchoolKey
    /// The academic year if the source states one, for example `2026/27`.
    public let academicYear: String?
    /// The source's own id of the class or group.
    public let id: String

    /// Names one class of one school.
    public init(school: SchoolKey, academicYear: String? = nil, id: String) {
        self.school = school
        self.academicYear = academicYear
        self.id = id
    }

    /// The id alone: nearly all keys that meet are of one school and one year.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A taught class, or the registration or year group that stands in for one.
public struct TeachingClass: Sendable, Hashable {
    /// Its identity.
    public var key: ClassKey
    /// Its short name, for example `10B/Sc1`.
    public var name: String
    /// Its longer name, if the source gives one.
    public var description: String?
    /// The subject taught, if known.
    public var subject: String?

    /// A class as a source describes it.
    public init(key: ClassKey, name: String, description: String? = nil, subject: String? = nil) {
        self.key = key
        self.name = name
        self.description = description
        self.subject = subject
    }
}

/// A class and what the observed person is in it.
public struct ClassMembership: Sendable, Hashable {
    /// The class.
    public var teachingClass: TeachingClass
    /// What the person is in it.
    public var role: ClassRole

    /// The membership of `teachingClass` as `role`.
    public init(teachingClass: TeachingClass, role: ClassRole) {
        self.teachingClass = teachingClass
        self.role = role
    }
}

/// How a source states that somebody has left.
public enum LeavingEvidence: String, Sendable, Hashable {
    /// The record says that the employment or enrolment is not current.
    case notCurrent
    /// The record is marked as to be deleted.
    case toBeDeleted
    /// The record is marked as not enabled.
    case notEnabled
    /// The source lists the record among those who left, apart from the others: being listed with
    /// the others takes that back.
    case listedApart
}

/// Whether the source says that the person belongs to the school now.
public enum Standing: Sendable, Hashable {
    /// Stated as current.
    case current
    /// Nothing is stated; a listed person counts as current.
    case unstated
    /// Stated as having left.
    case left(LeavingEvidence)
    /// Not current, with a first day ahead.
    case notYetStarted(Day)
}

/// What a source said of one person at one time, field by field.
public struct Observation: Sendable, Hashable {
    /// Whose record it is.
    public var key: SourceKey
    /// The number the store gave to the request before it was sent: later requests are newer.
    public var sequence: Int64
    /// Whether the person belongs to the school.
    public var standing: Standing
    /// Mr, Ms, Dr and so on.
    public var title: Observed<String>
    /// The first name in use.
    public var forename: Observed<String>
    /// The surname in use.
    public var surname: Observed<String>
    /// The initials that identify a person in the school.
    public var initials: Observed<String>
    /// The work e-mail address, the login name.
    public var email: Observed<String>
    /// The work telephone number.
    public var phone: Observed<String>
    /// The postal address on one line.
    public var address: Observed<String>
    /// Whether the person teaches.
    public var teachingStaff: Observed<Bool>
    /// The jobs, past and coming ones too.
    public var roles: Observed<[StaffRole]>
    /// The line managers, past and coming ones too.
    public var managers: Observed<[ManagerEntry]>
    /// The classes.
    public var classes: Observed<[ClassMembership]>
    /// The numbers that would be the person's in any MIS; silence about one takes none away.
    public var neutralKeys: Set<NeutralKey> = []
    /// The parents and carers of a pupil.
    public var contacts: Observed<[ContactEntry]>

    /// An observation of `key` that says nothing yet about any field.
    public init(key: SourceKey, sequence: Int64, standing: Standing = .unstated) {
        self.key = key
        self.sequence = sequence
        self.standing = standing
        title = .notSupplied(.notAskedFor)
        forename = .notSupplied(.notAskedFor)
        surname = .notSupplied(.notAskedFor)
        initials = .notSupplied(.notAskedFor)
        email = .notSupplied(.notAskedFor)
        phone = .notSupplied(.notAskedFor)
        address = .notSupplied(.notAskedFor)
        teachingStaff = .notSupplied(.notAskedFor)
        roles = .notSupplied(.notAskedFor)
        managers = .notSupplied(.notAskedFor)
        classes = .notSupplied(.notAskedFor)
        contacts = .notSupplied(.notAskedFor)
    }
}
