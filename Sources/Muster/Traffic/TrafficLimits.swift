/// How hard one connection may be asked by one process.
public struct TrafficLimits: Sendable, Hashable {
    /// Questions in flight at once to one connection.
    public var inFlight = 8
    /// Look-ups of logins that may wait for their turn at one connection; beyond it a login is
    /// answered without one.
    public var waiting = 1000
    /// Failures one after the other after which nobody is asked for a while.
    public var failures = 5
    /// From when a look-up that has no answer yet counts as a failure.
    public var slowAfter = Duration.seconds(2)
    /// How long nobody is asked at first; doubled with each probe that fails.
    public var firstProbe = Duration.seconds(5)
    /// The longest that nobody is asked.
    public var longestProbe = Duration.seconds(300)
    /// How long a probe may take.
    public var probeTimeout = Duration.seconds(10)
    /// The longest wait that a source may ask for.
    public var longestPause = Duration.seconds(300)
    /// The wait after an answer that asks to wait and does not say how long.
    public var unstatedPause = Duration.seconds(15)

    /// The default limits.
    public init() {}
}
