/// What a run of a connection may have come to that others go by, however many failed since.
public enum RunMilestone: Sendable, Hashable, CaseIterable {
    /// It ended `completed` or `held`: something was read and applied.
    case applied
    /// It ended like that and asked for everybody, whether it came to the end of that or not.
    case full
    /// It ended like that, and it read everybody to the end or carried out a plan: the school is loaded.
    case loaded
    /// It ended like that, and it read everybody to the end.
    case complete

    /// Whether `run` came to that.
    public func isReached(by run: Run) -> Bool {
        switch run.state {
        case .completed, .held: break
        case .running, .preview, .failed, .cancelled: return false
        }
        return switch self {
        case .applied: true
        case .full: run.kind == .full
        case .loaded: run.isComplete || run.kind == .approval
        case .complete: run.isComplete
        }
    }
}
