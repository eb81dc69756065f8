public import Roster

/// What the store knows of a link without reading it: enough to see that nothing changed.
public struct LinkMark: Sendable, Hashable {
    /// The digest of what was applied last; nil where it must be planned anew.
    public var fingerprint: UInt64?
    /// The next day on which the same answer would be planned otherwise.
    public var replanOn: Day?
    /// The number of the request whose answer was applied last.
    public var sequence: Int64
    /// Whether absence was noted or inferred since the person was last seen.
    public var isMissing: Bool

    /// The mark of a link.
    public init(fingerprint: UInt64?, replanOn: Day?, sequence: Int64, isMissing: Bool) {
        self.fingerprint = fingerprint
        self.replanOn = replanOn
        self.sequence = sequence
        self.isMissing = isMissing
    }
}

/// What the store knows of a present link without reading it: enough to judge absence.
public struct PresenceMark: Sendable, Hashable {
    /// The record.
    public var key: SourceKey
    /// Whether it no longer met a criterion when it was seen last.
    public var isOutOfScope: Bool
    /// The number of the request whose answer was applied last.
    public var sequence: Int64
    /// When a run first did not see it; nil where the last one did.
    public var missingSince: Timestamp?

    /// The mark of a present link.
    public init(key: SourceKey, isOutOfScope: Bool, sequence: Int64, missingSince: Timestamp?) {
        self.key = key
        self.isOutOfScope = isOutOfScope
        self.sequence = sequence
        self.missingSince = missingSince
    }
}
