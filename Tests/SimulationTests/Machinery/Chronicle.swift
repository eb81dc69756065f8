import Muster

/// What the product is held to, whatever the seed.
enum Law: String, CaseIterable, Sendable {
    case budget = "no answer comes later than its budget"
    case letIn = "nobody known and active is denied because of a fault of the source"
    case oneAccount = "no record gets two accounts, and no two accounts merge"
    case nothingLost = "nothing is removed or set that the source did not truly say"
    case limits = "logins take no more in all than the guard allows"
    case suspended = "no sync lifts an administrator's suspension"
    case recovery = "once faults end, the breaker closes by itself"
    case applied = "what a look-up brought is applied, also behind the answer"
    case sameEnd = "batch and logins end where a fresh store ends after one batch"
    case cap = "the source sees no more than the cap at once"
    case oneLookUp = "one look-up at a time of one person by one process"
    case patience = "a source that asks to be left alone is left alone"
    case order = "no page of a batch overtakes a login that waits"
    case leak = "nothing goes on, sleeps or waits after the end"
}

/// What happened in one simulation: the laws it broke, what it covered, and the story.
final class Chronicle: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    struct Breach: Sendable {
        var law: Law
        var text: String
        /// How many events came before.
        var at: Int
    }

    private let clock: SteppedClock
    private let isTold: Bool
    private(set) var events: [String] = []
    private(set) var breaches: [Breach] = []
    private(set) var coverage: [String: Int] = [:]

    /// A chronicle that prints every event where it `isTold`.
    init(_ clock: SteppedClock, isTold: Bool) {
        self.clock = clock
        self.isTold = isTold
    }

    /// Notes an event.
    func happen(_ text: @autoclosure () -> String) {
        let line = "\(clock.elapsed.brief) \(text())"
        events.append(line)
        if isTold { print(line) }
    }

    /// Notes that a law is broken; only the first few are kept.
    func broken(_ law: Law, _ text: @autoclosure () -> String) {
        let text = text()
        happen("BROKEN: \(law.rawValue): \(text)")
        if breaches.count < 5 {
            breaches.append(Breach(law: law, text: text, at: events.count))
        }
    }

    /// Counts something that a run of many seeds must have met.
    func cover(_ thing: String, _ count: Int = 1) { coverage[thing, default: 0] += count }

    /// A number that tells two runs of one seed apart, if they went different ways.
    var digest: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for event in events {
            for byte in event.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }
}

extension Duration {
    /// Seconds with three places.
    var brief: String {
        let (seconds, attoseconds) = components
        let thousandths = String(attoseconds / 1_000_000_000_000_000)
        return "\(seconds).\(String(repeating: "0", count: 3 - thousandths.count))\(thousandths)"
    }
}
