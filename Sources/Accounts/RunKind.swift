/// What a run looks at.
public enum RunKind: String, Sendable, Hashable, CaseIterable {
    /// Everybody: only such a run can tell who is absent.
    case full
    /// Only those whose record changed since an earlier run.
    case delta
    /// Nobody at the source: it carries out a plan.
    case approval
}

/// Why a run read everybody although only changes were asked for.
public enum FullReason: String, Sendable, Hashable, CaseIterable {
    /// The source cannot list changes.
    case notOffered
    /// No run has read everybody to the end and applied it, or its mark cannot be used.
    case noMark
    /// The last run that did is more than a day ago.
    case due
    /// The last run that did is dated ahead of now, by a clock that was set back since.
    case clockSetBack
    /// What the school grants, or how records are read, has changed since.
    case termsChanged
    /// What the source answered makes no sense as a list of changes.
    case oddAnswer
    /// So many changed that only a list of everybody shows whether that can be true.
    case manyChanged
    /// People came under other ids, as after a change of MIS: the last run that read everybody found
    /// that, or the changes list somebody who left and has another record.
    case idsChanged

    /// The reason for people, as half a sentence.
    public var words: String {
        switch self {
        case .notOffered: "the MIS cannot list changes"
        case .noMark: "no earlier sync read everybody to the end"
        case .due: "the last sync of everybody is more than a day ago"
        case .clockSetBack:
            "the last sync of everybody is dated ahead of now, so the clock was set back since"
        case .termsChanged: "what the school grants, or how it is read, has changed"
        case .oddAnswer: "the MIS gave no usable list of changes"
        case .manyChanged: "more people changed than a sync of changes may touch"
        case .idsChanged: "people came under other ids than before"
        }
    }
}
