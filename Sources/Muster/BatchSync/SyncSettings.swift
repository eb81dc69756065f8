/// The limits of a batch sync.
public struct SyncSettings: Sendable, Hashable {
    /// The most people planned and applied in one transaction; beside logins no more than 50.
    public var chunk = 200
    /// The longest one page may take.
    public var pageTimeout = Duration.seconds(60)
    /// How often a page is asked for before the run fails.
    public var attempts = 3
    /// The wait before the second attempt; doubled before the third.
    public var backOff = Duration.seconds(1)
    /// The longest wait that a source may ask for.
    public var longestWait = Duration.seconds(300)
    /// A run that said nothing for so long is taken for dead; longer than any single wait.
    public var silence = Duration.seconds(600)

    /// How long history and runs are kept; nil for ever.
    public var historyKept: Duration? = .seconds(730 * 86_400)

    /// What a login of this process may have to wait for.
    private static let chunkBesideLogins = 50
    /// How long a step may take, of which it holds the store a third: logins of other processes,
    /// which are not seen here, wait no longer.
    private static let longestStep = Duration.milliseconds(50)

    /// How many people the first transaction takes, of which it is not known how long they take.
    var firstChunk: Int { min(chunk, Self.chunkBesideLogins) }

    /// How many people the next transaction takes, after one of `count` that took `time`.
    func nextChunk(after count: Int, in time: Duration) -> Int {
        guard !BatchExecutor.isBesideLogins else { return firstChunk }
        let fitting = Self.longestStep / max(time, .microseconds(1)) * Double(count)
        return max(firstChunk, min(chunk, Int(min(fitting, 1e6))))
    }

    /// The default limits.
    public init() {}
}
