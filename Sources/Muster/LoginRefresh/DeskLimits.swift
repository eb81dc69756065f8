/// How much the desk of one process keeps in memory, and how often it asks for strangers.
public struct DeskLimits: Sendable, Hashable {
    /// Logins that may go on at once, answered ones that are finished behind included.
    public var logins = 10_000
    /// How often a refresh that was promised behind a login is asked for again while the source
    /// gives no answer.
    public var retries = 3
    /// Names remembered as unknown.
    public var unknownNames = 10_000
    /// How long a name is remembered as unknown.
    public var unknownLife = Duration.seconds(60)
    /// Look-ups that may lead to nobody, per school and `strangersPer`, before ids that nobody here
    /// has heard of are not looked up any more.
    public var strangers = 60
    /// The time in which so many may.
    public var strangersPer = Duration.seconds(60)
    /// The time between two reads of who changed at a school.
    public var discoveryInterval = Duration.seconds(30)
    /// Newcomers that one read may look for.
    public var newcomers = 1000

    /// The default limits.
    public init() {}
}
