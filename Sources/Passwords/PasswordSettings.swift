/// The limits of passwords and of the links to set them.
package struct PasswordSettings: Sendable, Hashable {
    /// How long a link counts that somebody asked for.
    package var resetLifetime = Duration.seconds(3600)
    /// How long a link counts in an invitation, from when that is to be sent.
    package var invitationLifetime = Duration.seconds(86_400)
    /// How long after one link an account gets no other because somebody asked for it.
    package var resetPause = Duration.seconds(300)
    /// How many links an account gets within a day because somebody asked for them.
    package var resetsPerDay = 5
    /// How long after a change of her address an administrator gets no link.
    package var addressDelay = Duration.seconds(86_400)
    /// How many invitations are sent within a minute.
    package var invitationsPerMinute = 30
    /// Wrong passwords in a row after which the account waits before another one counts.
    package var freeFailures = 5
    /// The first such wait; each further failure doubles it.
    package var firstWait = Duration.seconds(30)
    /// The longest such wait.
    package var longestWait = Duration.seconds(3600)
    /// Wrong passwords in a row after which no password counts until another one is set.
    package var mostFailures = 100

    /// The limits that NIST and OWASP advise.
    package init() {}
}

extension PasswordSettings {
    /// How long an account that failed so often takes no password.
    func wait(after failures: Int) -> Duration {
        guard failures >= freeFailures else { return .zero }
        let doublings = min(failures - freeFailures, 20)
        return min(firstWait * (1 << doublings), longestWait)
    }
}
