import Accounts
import Reconciliation
import Roster

/// What a run that reads changes works with.
struct ChangeReading {
    let connection: Connection
    let source: any RosterSource
    let policy: Policy
    /// Whether what is listed as line managers cannot be line managers.
    var contradictsHierarchy: Bool { connection.capabilities.hierarchyContradicts }
    /// What the school grants now and how records are read, as marks keep it.
    let terms: UInt64
}

/// One kind of person in one school whose changes are read.
struct ChangedPart {
    let school: SchoolDescription
    let mark: ReadMark
    /// How many may change.
    let limit: Int
    /// How many people are known, and what was taken and made lately.
    let tally: LossTally
    /// How many that are staged have no account yet.
    var newcomers = 0
    var seen: Set<SourceKey> = []
    /// How many observations wait in the store.
    var staged = 0

    init(school: SchoolDescription, mark: ReadMark, tally: LossTally) {
        self.school = school
        self.mark = mark
        self.tally = tally
        limit = min(max(20, tally.peopleAtSchool / 10), 2000)
    }

    /// Whether so many changed, or are new, that a list of everybody is wanted.
    var isTooLarge: Bool { staged > limit || LossGuard.isTooManyNew(newcomers, by: tally) }

    func holds(_ record: SourceKey) -> Bool {
        record.school == mark.school && record.kind == mark.kind
    }
}
