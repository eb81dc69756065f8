/// Decides when one connection may be asked: how many questions at once, whose first, and when
/// nobody's.
///
/// A value: events in, actions out. It looks at no clock; moments come in, and chance from a seed.
struct SourceGate: Sendable {
    typealias Instant = ContinuousClock.Instant
    /// The number of one question.
    typealias Ticket = Int

    enum Priority: Sendable, Hashable {
        case login, batch
        /// For an answer that was promised behind a login: it goes as a login, but waits where
        /// that is turned away.
        case promised
    }

    /// What became of a question.
    enum Verdict: Sendable, Hashable {
        /// The source answered; perhaps it asks not to be asked again for a while.
        case answered(pause: Duration?)
        /// It did not, or nonsense.
        case failed
        /// It asks to wait.
        case overloaded(retryAfter: Duration?)
        /// The question was given up for a reason of our own.
        case givenUp
    }

    enum Action: Sendable, Hashable {
        /// The question may be sent.
        case admit(Ticket)
        /// The question may not be sent; it is worth trying again at `until`.
        case turnAway(Ticket, until: Instant)
        /// The gate wants to know whether the source is there again.
        case probe
    }

    enum Breaker: Sendable, Hashable {
        /// Questions go through. Next: `open`.
        case closed(failures: Int)
        /// Nobody is asked before `until`. Next: `probing`, or `closed` by a late answer.
        case open(until: Instant)
        /// A question of the gate's own is on its way. Next: `closed`, `open`.
        case probing
    }

    let limits: TrafficLimits
    private(set) var breaker = Breaker.closed(failures: 0)
    /// No question before this moment, because the source asked for it.
    private(set) var pausedUntil: Instant?
    private var inFlight: [Ticket: Flight] = [:]
    /// Logins that wait for their turn, the oldest first.
    private(set) var logins: [Ticket] = []
    private var batches: [Ticket] = []
    /// How often the breaker opened without a real answer in between.
    private var openings = 0
    private var chance: UInt64

    private struct Flight: Sendable {
        /// When it counts as a failure although it goes on; nil for never, or not again.
        var lateAt: Instant?
        /// Whether it was counted as a failure.
        var hasFailed = false
    }

    init(limits: TrafficLimits, seed: UInt64) {
        self.limits = limits
        chance = seed | 1
    }

    /// How many questions are on their way.
    var flying: Int { inFlight.count }
    /// How many wait for their turn.
    var waiting: Int { logins.count + batches.count }

    /// Whether the gate knows nothing worth keeping.
    var isAtRest: Bool {
        breaker == .closed(failures: 0) && openings == 0 && pausedUntil == nil
            && inFlight.isEmpty && waiting == 0
    }

    /// When `wake` is due without any other event; nil for never.
    var nextWake: Instant? {
        var moments = inFlight.values.compactMap(\.lateAt)
        if case .open(let until) = breaker { moments.append(until) }
        if let pausedUntil { moments.append(pausedUntil) }
        return moments.min()
    }
}

// Events.
extension SourceGate {
    /// Somebody has a question.
    mutating func arrive(_ ticket: Ticket, _ priority: Priority, at now: Instant) -> [Action] {
        let actions = wake(at: now)
        let waits = priority == .promised
        switch breaker {
        case .open(let until) where !waits: return actions + [.turnAway(ticket, until: until)]
        case .probing where !waits:
            return actions + [.turnAway(ticket, until: now + limits.firstProbe)]
        case .open, .probing, .closed: break
        }
        switch priority {
        case .login, .promised:
            if let pausedUntil, !waits { return actions + [.turnAway(ticket, until: pausedUntil)] }
            guard logins.count < limits.waiting else {
                return actions + [.turnAway(ticket, until: now + limits.slowAfter)]
            }
            logins.append(ticket)
        case .batch: batches.append(ticket)
        }
        return actions + admitted(at: now)
    }

    /// A question that was admitted has ended.
    mutating func leave(_ ticket: Ticket, _ verdict: Verdict, at now: Instant) -> [Action] {
        let flight = inFlight.removeValue(forKey: ticket)
        switch verdict {
        case .answered(let pause):
            breaker = .closed(failures: 0)
            openings = 0
            if let pause { rest(for: pause, at: now) }
        case .overloaded(let asked):
            rest(for: asked ?? limits.unstatedPause, at: now)
        case .failed:
            if flight?.hasFailed == false { fail(at: now) }
        case .givenUp: break
        }
        return wake(at: now)
    }

    /// Somebody who waits does not want to ask any more.
    mutating func abandon(_ ticket: Ticket) {
        logins.removeAll { $0 == ticket }
        batches.removeAll { $0 == ticket }
    }

    /// The answer to the gate's own question.
    mutating func probed(_ verdict: Verdict, at now: Instant) -> [Action] {
        guard breaker == .probing else { return [] }
        switch verdict {
        case .answered(let pause):
            // One more failure opens it again: this answer was nobody's record yet.
            breaker = .closed(failures: limits.failures - 1)
            if let pause { rest(for: pause, at: now) }
        case .overloaded(let asked):
            breaker = .closed(failures: limits.failures - 1)
            rest(for: asked ?? limits.unstatedPause, at: now)
        case .failed, .givenUp:
            open(at: now)
        }
        return wake(at: now)
    }

    /// Time has passed.
    mutating func wake(at now: Instant) -> [Action] {
        if let until = pausedUntil, until <= now { pausedUntil = nil }
        for (ticket, flight) in inFlight {
            if let lateAt = flight.lateAt, lateAt <= now {
                inFlight[ticket] = Flight(hasFailed: true)
                fail(at: now)
            }
        }
        if case .open(let until) = breaker, until <= now {
            breaker = .probing
            return [.probe]
        }
        return admitted(at: now)
    }
}

extension SourceGate {
    private mutating func admitted(at now: Instant) -> [Action] {
        guard case .closed = breaker, pausedUntil == nil else { return [] }
        var actions: [Action] = []
        while inFlight.count < limits.inFlight {
            if !logins.isEmpty {
                let ticket = logins.removeFirst()
                inFlight[ticket] = Flight(lateAt: now + limits.slowAfter)
                actions.append(.admit(ticket))
            } else if !batches.isEmpty {
                let ticket = batches.removeFirst()
                inFlight[ticket] = Flight()
                actions.append(.admit(ticket))
            } else {
                break
            }
        }
        return actions
    }

    private mutating func fail(at now: Instant) {
        guard case .closed(let failures) = breaker else { return }
        breaker = .closed(failures: failures + 1)
        if failures + 1 >= limits.failures { open(at: now) }
    }

    /// Each opening without a real answer in between lasts twice as long, and up to a third longer,
    /// so that many processes do not come back at the same moment.
    private mutating func open(at now: Instant) {
        var wait = limits.firstProbe
        for _ in 0..<min(openings, 30) where wait < limits.longestProbe { wait *= 2 }
        openings += 1
        wait = min(wait, limits.longestProbe)
        chance ^= chance << 13
        chance ^= chance >> 7
        chance ^= chance << 17
        breaker = .open(until: now + wait + wait * Int(chance % 1000) / 3000)
    }

    private mutating func rest(for wait: Duration, at now: Instant) {
        let until = now + min(max(wait, .zero), limits.longestPause)
        pausedUntil = pausedUntil.map { max($0, until) } ?? until
    }
}
