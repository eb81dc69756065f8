/// What a question has cost so far: the requests, and the quiet that the service asks for.
struct Toll: Sendable, Hashable {
    /// Requests sent.
    var requests = 0
    /// The longest wait that an answer asked for, although it answered.
    private(set) var pause: Duration?

    /// Notes that an answer asked to wait for `pause`.
    mutating func note(_ pause: Duration?) {
        guard let pause, pause > .zero else { return }
        self.pause = max(self.pause ?? .zero, pause)
    }
}
