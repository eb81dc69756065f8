/// Counts the requests that a piece of work sends to its sources, also those that came to nothing.
///
/// A failed question says what went wrong and not what it cost; whoever must know binds a tally
/// around the work, and every source notes what it sends. It is handed down by the task, so that
/// pages read ahead in child tasks are counted too.
public struct RequestTally: Sendable {
    /// The tally of the work that is going on; nil where nobody counts.
    @TaskLocal public static var current: RequestTally?

    private let count: @Sendable () -> Void

    /// A tally that calls `count` for each request.
    public init(_ count: @escaping @Sendable () -> Void) { self.count = count }

    /// Notes that a request is sent.
    public func note() { count() }
}
