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

/// What one connection can deliver, learnt at connect and at each full run, remembered between.
public struct Capabilities: Sendable, Hashable {
    /// The kind of MIS behind the connection as its vendor names it, for example `Arbor`.
    public var provider: String?
    /// Fields that this kind of MIS never delivers.
    public var neverByProvider: Set<SourceField>
    /// What is known of the school's permissions.
    public var grants: [SourceField: Grant]
    /// How many people the last complete run saw each field filled for.
    public var filled: [SourceField: Int]
    /// Parts of the answer that the source refuses to include, by the source's own words.
    public var refusedParts: Set<String>
    /// Whether the school keeps classes; where not, registration and year groups stand in.
    public var hasClasses: Bool
    /// Whether the hierarchy was seen to contradict its configured direction.
    public var hierarchyContradicts: Bool

    /// What is known of a source nobody has asked yet: nothing.
    public init(provider: String? = nil, neverByProvider: Set<SourceField> = []) {
        self.provider = provider
        self.neverByProvider = neverByProvider
        grants = [:]
        filled = [:]
        refusedParts = []
        hasClasses = true
        hierarchyContradicts = false
    }

    /// How a null in `field` is to be read: as none, or as nothing said.
    public func emptiness<Value>(of field: SourceField) -> Observed<Value> {
        if neverByProvider.contains(field) { return .notSupplied(.neverByProvider) }
        return grants[field, default: .unknown].isGranted ? .empty : .notSupplied(.notGranted)
    }
}
