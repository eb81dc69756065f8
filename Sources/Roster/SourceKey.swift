/// The kind of person a record is about.
public enum PersonKind: String, Sendable, Hashable, CaseIterable {
    /// Somebody employed by the school.
    case staff
    /// A pupil on roll.
    case student
    /// A parent or carer.
    case contact
}

/// The identity of one configured MIS source of a tenant, ours and never reused.
public struct ConnectionID: Sendable, Hashable, Comparable {
    /// The number the store gave it.
    public let value: Int64

    /// Names the connection that the store knows under `value`.
    public init(_ value: Int64) { self.value = value }

    /// The older connection comes first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// One establishment behind a connection, by the id the source gives it.
public struct SchoolKey: Sendable, Hashable {
    /// The connection the school is reached through.
    public let connection: ConnectionID
    /// The source's own id of the school, for example `A1000000001`.
    public let school: String

    /// Names the school `school` behind `connection`.
    public init(connection: ConnectionID, school: String) {
        self.connection = connection
        self.school = school
    }
}

/// The only identity of a person that is never guessed: where a record comes from and its id there.
public struct SourceKey: Sendable, Hashable {
    /// The school that holds the record.
    public let school: SchoolKey
    /// MIS ids of staff and students overlap, so the kind is part of the key.
    public let kind: PersonKind
    /// The source's own id of the person.
    public let id: String

    /// Names one record of one school.
    public init(school: SchoolKey, kind: PersonKind, id: String) {
        self.school = school
        self.kind = kind
        self.id = id
    }

    /// The id alone: nearly all keys that meet are of one school and one kind, and a batch hashes
    /// each many times.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
