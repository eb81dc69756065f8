package import Roster

/// What a request to an MIS is sent for.
package enum SourcePurpose: String, Sendable, Hashable {
    /// To look up one person who logs in.
    case login
    /// To find people who are not known yet.
    case discovery
    /// To read everybody.
    case batch
    /// To learn what the source is and grants.
    case describe
}

/// What the breaker of a connection does with look-ups.
package enum BreakerState: String, Sendable, Hashable, CaseIterable {
    /// It lets them through.
    case closed
    /// It answers them itself.
    case open
    /// It lets one through, to see.
    case probing
}

extension LookUpAnswer {
    /// The word for it in metrics and logs.
    package var word: String {
        switch self {
        case .found: "found"
        case .notReturned: "notReturned"
        case .refused: "refused"
        case .failed(let error): error.word
        }
    }
}

extension SourceError {
    /// The word for it in metrics and logs.
    package var word: String {
        switch self {
        case .unavailable: "unavailable"
        case .overloaded: "overloaded"
        case .malformed: "malformed"
        case .refused: "refused"
        case .unknown: "unknown"
        case .cancelled: "cancelled"
        }
    }
}
