/// A field of a person that a source may be asked for.
public enum SourceField: String, Sendable, Hashable, CaseIterable {
    /// Whether the person is current, and since or until when.
    case standing
    /// Mr, Ms, Dr and so on.
    case title
    /// The first name.
    case forename
    /// The surname.
    case surname
    /// The initials.
    case initials
    /// The work e-mail address.
    case email
    /// The work telephone number.
    case phone
    /// The postal address.
    case address
    /// Whether the person teaches.
    case teachingStaff
    /// The jobs.
    case roles
    /// The line managers.
    case managers
    /// The classes.
    case classes
    /// The subjects of the classes.
    case subjects
    /// The parents and carers of a pupil.
    case contacts
}

/// What we know about a school's permission to read one field.
public enum Grant: String, Sendable, Hashable {
    /// The school's permissions say yes.
    case granted
    /// A complete run saw the field filled for enough people.
    case seenFilled
    /// The school's permissions say no, the request is refused, or the field went empty for all.
    case denied
    /// Nothing is known: a null says nothing.
    case unknown

    /// Whether an empty value may be believed.
    public var isGranted: Bool { self == .granted || self == .seenFilled }
}

/// What the people of one kind in one school can be told of, learnt at connect and at each full run.
public struct KindCapabilities: Sendable, Hashable {
    /// What is known of the school's permissions.
    public var grants: [SourceField: Grant]
    /// How many people the last complete run saw each field filled for.
    public var filled: [SourceField: Int]
    /// Parts of the answer that the source refuses to include, by the source's own words.
    public var refusedParts: Set<String>
    /// Whether the school keeps classes; where not, registration and year groups stand in.
    public var hasClasses: Bool
    /// Since when lists show nobody in a class, where that began as a school year was closed and may
    /// as well be a permission that was taken back.
    public var withoutClassesSince: Day?

    /// What is known where nobody has asked yet: nothing.
    public init() {
        grants = [:]
        filled = [:]
        refusedParts = []
        hasClasses = true
    }

    /// Fields that people showed before and nobody shows any more, as when the school takes a
    /// permission back; what was known of them stays.
    public var withdrawn: Set<SourceField> {
        Set(
            filled.filter { $0.value >= 3 && grants[$0.key, default: .unknown] == .unknown }
                .map(\.key)
        )
    }

    /// How a null in `field` is to be read, where the MIS never delivers `never`: as none, or as
    /// nothing said.
    public func emptiness<Value>(
        of field: SourceField,
        besides never: Set<SourceField>
    ) -> Observed<Value> {
        if never.contains(field) { return .notSupplied(.neverByProvider) }
        return grants[field, default: .unknown].isGranted ? .empty : .notSupplied(.notGranted)
    }
}

/// What one connection can deliver, school by school and kind by kind, remembered between runs.
///
/// A school grants each kind of person by itself: pupils' addresses that are taken back say nothing
/// of those of staff.
public struct Capabilities: Sendable, Hashable {
    /// The people of a kind in one school, or, without one, in every school of which nothing else
    /// is known.
    private struct People: Hashable {
        var kind: PersonKind
        var school: String?
    }

    /// The kind of MIS behind the connection as its vendor names it, for example `Arbor`.
    public var provider: String?
    /// Fields that this kind of MIS never delivers.
    public var neverByProvider: Set<SourceField>
    /// Whether the hierarchy was seen to contradict its configured direction.
    public var hierarchyContradicts: Bool
    private var known: [People: KindCapabilities] = [:]

    /// What is known of a source nobody has asked yet: nothing.
    public init(provider: String? = nil, neverByProvider: Set<SourceField> = []) {
        self.provider = provider
        self.neverByProvider = neverByProvider
        hierarchyContradicts = false
    }

    /// What is known of the people of `kind` in the school with the source's id `school`; without
    /// one, what is taken for known in schools of which nothing else is.
    public subscript(kind: PersonKind, in school: String? = nil) -> KindCapabilities {
        get {
            if let school, let own = known[People(kind: kind, school: school)] { return own }
            return known[People(kind: kind)] ?? KindCapabilities()
        }
        set { known[People(kind: kind, school: school)] = newValue }
    }

    /// Everything that is known, staff first and then by school; what holds for any school has none.
    public var all: [(kind: PersonKind, school: String?, known: KindCapabilities)] {
        PersonKind.allCases.flatMap { kind in
            known.filter { $0.key.kind == kind }
                .sorted { ($0.key.school ?? "") < ($1.key.school ?? "") }
                .map { (kind, $0.key.school, $0.value) }
        }
    }

    /// How a null in `field` of a person of `kind` is to be read.
    public func emptiness<Value>(
        of field: SourceField,
        for kind: PersonKind,
        in school: String? = nil
    ) -> Observed<Value> {
        self[kind, in: school].emptiness(of: field, besides: neverByProvider)
    }
}

extension PersonKind {
    /// What a record of the kind may hold at all.
    public var fields: [SourceField] {
        SourceField.allCases.filter { field in
            switch field {
            case .title, .forename, .surname, .initials, .email, .phone, .address: true
            case .standing, .classes, .subjects: self != .contact
            case .teachingStaff, .roles, .managers: self == .staff
            case .contacts: self == .student
            }
        }
    }
}
