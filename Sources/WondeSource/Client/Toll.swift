internal import Roster

/// What a question has cost so far: the requests, and the quiet that the service asks for.
struct Toll: Sendable, Hashable {
    /// Requests sent.
    var requests = 0
    /// The longest wait that an answer asked for, although it answered.
    private(set) var pause: Duration?

    /// When the first answer was given, by the service's own clock; nil where it did not say.
    private(set) var statedAt: Timestamp?

    /// Notes when an answer was given, in seconds since 1970; the first one counts.
    mutating func note(date: Int64?) {
        statedAt = statedAt ?? date.map { Timestamp(milliseconds: $0 * 1000) }
    }

    /// Notes that an answer asked to wait for `pause`.
    mutating func note(_ pause: Duration?) {
        guard let pause, pause > .zero else { return }
        self.pause = max(self.pause ?? .zero, pause)
    }
}
