public import Roster

/// People of one kind in a school whom a run found under other ids than before, as after a change
/// of MIS.
///
/// Who seems new among them may be somebody who is known, so that until a run finds otherwise only
/// a person can tell.
public struct ChangedIDs: Sendable, Hashable {
    /// The school.
    public var school: SchoolKey
    /// The kind of people.
    public var kind: PersonKind
    /// How many accounts were left without a record: no new one leads to them, not even by a name.
    public var withoutRecord: Int
    /// The ids of the records that these had; the first thousand.
    public var formerIDs: [String]

    /// People whose ids changed.
    public init(school: SchoolKey, kind: PersonKind, withoutRecord: Int, formerIDs: [String]) {
        self.school = school
        self.kind = kind
        self.withoutRecord = withoutRecord
        self.formerIDs = formerIDs
    }

    /// Whether `record` is of these people.
    public func holds(_ record: SourceKey) -> Bool {
        record.school == school && record.kind == kind
    }
}
