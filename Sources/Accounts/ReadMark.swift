public import Roster

/// From when on the changes of one kind of person in one school were not yet read.
///
/// It is set only by a run that read everything it asked for to the end and applied all of it.
public struct ReadMark: Sendable, Hashable {
    /// The school.
    public var school: SchoolKey
    /// The kind of person.
    public var kind: PersonKind
    /// When that run began to read, by the source's own clock.
    public var readAt: Timestamp
    /// When the last run that read everybody began, by ours.
    public var fullAt: Timestamp
    /// A digest of what the school granted and of how records were read.
    public var terms: UInt64

    /// A mark.
    public init(
        school: SchoolKey,
        kind: PersonKind,
        readAt: Timestamp,
        fullAt: Timestamp,
        terms: UInt64
    ) {
        self.school = school
        self.kind = kind
        self.readAt = readAt
        self.fullAt = fullAt
        self.terms = terms
    }
}
