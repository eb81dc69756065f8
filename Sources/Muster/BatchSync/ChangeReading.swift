import Accounts
import Roster

/// What a run that reads changes works with.
struct ChangeReading {
    let connection: Connection
    let source: any RosterSource
    let policy: Policy
    /// What the school grants now and how records are read, as marks keep it.
    let terms: UInt64
}

/// One kind of person in one school whose changes are read.
struct ChangedPart {
    let school: SchoolDescription
    let mark: ReadMark
    /// How many may change.
    let limit: Int
    var seen: Set<SourceKey> = []
    /// How many observations wait in the store.
    var staged = 0

    init(school: SchoolDescription, mark: ReadMark, limit: Int) {
        self.school = school
        self.mark = mark
        self.limit = limit
    }

    func holds(_ record: SourceKey) -> Bool {
        record.school == mark.school && record.kind == mark.kind
    }
}
