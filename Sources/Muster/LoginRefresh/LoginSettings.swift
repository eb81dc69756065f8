/// The limits of a login refresh; a tenant's policy may set its own.
public struct LoginSettings: Sendable, Hashable {
    /// The time a login may take in all; zero: sources are not asked.
    public var budget = Duration.milliseconds(800)
    /// How long the answer to a login's own look-up serves later logins; past half of it a login is
    /// answered at once and the person is looked up behind.
    public var freshness = Duration.seconds(600)
    /// The longest a look-up may go on behind a login that was answered without it.
    public var lookUpTimeout = Duration.seconds(30)
    /// How long an answer that changes nothing waits until its look-up is noted, where the store is
    /// held by somebody who writes.
    var noteWait = Duration.microseconds(250)
    /// How long an address that an account gave up still finds it at login.
    public var formerEmailLife = Duration.seconds(90 * 86_400)
    /// Pages that are read at the most to find newcomers.
    public var discoveryPages = 5
    /// Logins whose local data is kept in memory while nothing changes in the store.
    public var recalled = 10_000
    /// What is kept in memory of the logins that go on, and how often strangers are asked for.
    public var desk = DeskLimits()

    /// The default limits.
    public init() {}
}
