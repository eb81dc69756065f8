public import Roster

/// The name of a plan that waits for a person: a digest of what it would do.
public struct PlanID: Sendable, Hashable {
    /// The digest, as people type it.
    public var text: String

    /// The plan with that name.
    public init(_ text: String) { self.text = text }
}

/// What a plan would do with one record.
public struct PlannedRecord: Sendable, Hashable {
    /// What the source said of it; of a record that it listed no more, what it said last.
    public var observation: Observation
    /// Whether it was missing from a complete list.
    public var isAbsent: Bool
    /// The version of its account that the plan was shown for; nil where there was none, or where
    /// any version will do because the rest of the same answer was applied meanwhile.
    public var version: Int64?

    /// The account that the record is given by whoever approves the plan; nil where it goes the
    /// way of all records.
    public var account: AccountID?

    /// What a plan would do with one record.
    public init(
        observation: Observation,
        isAbsent: Bool = false,
        version: Int64? = nil,
        account: AccountID? = nil
    ) {
        self.observation = observation
        self.isAbsent = isAbsent
        self.version = version
        self.account = account
    }
}
