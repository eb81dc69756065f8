/// Decides when one connection may be asked: how many questions at once, whose first, and when
/// nobody's.
///
/// A value: events in, actions out. It looks at no clock; moments come in, and chance from a seed.
struct SourceGate: Sendable {
    typealias Instant = ContinuousClock.Instant
    /// The number of one question.
    typealias Ticket = Int

    /// Who goes first.
    enum Priority: Sendable, Hashable, CaseIterable {
        case login
        /// For an answer that was promised behind a login: it waits where a login is turned away.
        case promise
        /// For a pupil of somebody who logs in: behind every login, and turned away like one.
        case errand
        case batch
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
    /// Whether the gate's own question is on its way; it takes a turn like any other.
    private var isProbing = false
    /// Who waits for a turn, the oldest first.
    private var lines: [Priority: [Ticket]] = [:]
    /// What those in line ask about.
    private var subjects: [Ticket: Int] = [:]
    /// How often the breaker opened without a real answer in between.
    private var openings = 0
    private var chance: UInt64

    /// What the questions were about that failed one after the other: one person's record that
    /// the source cannot give does not speak for the source.
    private var failing: Set<Int> = []

    private struct Flight: Sendable {
        let subject: Int
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
    var flying: Int { inFlight.count + (isProbing ? 1 : 0) }
    /// Logins that wait for their turn, the oldest first.
    var logins: [Ticket] { lines[.login, default: []] }
    /// How many wait for their turn.
    var waiting: Int { lines.values.reduce(0) { $0 + $1.count } }

    /// Whether the gate knows nothing worth keeping.
    var isAtRest: Bool {
        breaker == .closed(failures: 0) && openings == 0 && pausedUntil == nil
            && flying == 0 && waiting == 0
    }

    /// When `wake` is due without any other event; nil for never.
    var nextWake: Instant? {
        var moments = inFlight.values.compactMap(\.lateAt)
        // Where there is no turn for the probe, the end of a question brings one.
        if case .open(let until) = breaker, hasTurn, !isProbing { moments.append(until) }
        if let pausedUntil { moments.append(pausedUntil) }
        return moments.min()
    }
}

// Events.
extension SourceGate {
    /// Somebody has a question about `subject`; nil for one that only she asks.
    mutating func arrive(
        _ ticket: Ticket,
        _ priority: Priority,
        about subject: Int? = nil,
        at now: Instant
    ) -> [Action] {
        let actions = wake(at: now)
        if let until = shut(to: priority, at: now) {
            return actions + [.turnAway(ticket, until: until)]
        }
        let line = lines[priority, default: []]
        if line.count >= limits.waiting, priority != .batch {
            return actions + [.turnAway(ticket, until: now + limits.slowAfter)]
        }
        lines[priority] = line + [ticket]
        subjects[ticket] = subject ?? ticket
        return actions + admitted(at: now)
    }

    /// A question that was admitted has ended.
    mutating func leave(_ ticket: Ticket, _ verdict: Verdict, at now: Instant) -> [Action] {
        let flight = inFlight.removeValue(forKey: ticket)
        switch verdict {
        case .answered(let pause):
            breaker = .closed(failures: 0)
            failing = []
            openings = 0
            if let pause { rest(for: pause, at: now) }
        case .overloaded(let asked):
            rest(for: asked ?? limits.unstatedPause, at: now)
        case .failed:
            if let flight, !flight.hasFailed { fail(flight.subject, at: now) }
        case .givenUp: break
        }
        return wake(at: now)
    }

    /// Somebody who waits does not want to ask any more.
    mutating func abandon(_ ticket: Ticket) {
        for priority in Priority.allCases { lines[priority]?.removeAll { $0 == ticket } }
        subjects[ticket] = nil
    }

    /// Nobody waits for what was promised any more.
    mutating func turnAwayPromises(at now: Instant) -> [Action] { empty(.promise, until: now) }

    /// The answer to the gate's own question.
    mutating func probed(_ verdict: Verdict, at now: Instant) -> [Action] {
        isProbing = false
        guard breaker == .probing else { return wake(at: now) }
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
                inFlight[ticket] = Flight(subject: flight.subject, hasFailed: true)
                fail(flight.subject, at: now)
            }
        }
        if case .open(let until) = breaker, until <= now, hasTurn, !isProbing {
            breaker = .probing
            isProbing = true
            return [.probe]
        }
        return admitted(at: now)
    }
}

extension SourceGate {
    /// Whether one more question may be on its way.
    private var hasTurn: Bool { flying < limits.inFlight }

    /// Until when a question of that kind is turned away; nil where it may wait for its turn.
    private func shut(to priority: Priority, at now: Instant) -> Instant? {
        if priority == .promise { return nil }
        switch breaker {
        case .open(let until): return until
        case .probing: return now + limits.firstProbe
        case .closed: return priority == .batch ? nil : pausedUntil
        }
    }

    private mutating func admitted(at now: Instant) -> [Action] {
        if let until = shut(to: .login, at: now) {
            // Who waits for a shut gate would only wait for the end of a budget.
            return empty(.login, until: until) + empty(.errand, until: until)
        }
        var actions: [Action] = []
        while hasTurn, let (ticket, priority) = next() {
            inFlight[ticket] = Flight(
                subject: subjects.removeValue(forKey: ticket) ?? ticket,
                lateAt: priority == .batch ? nil : now + limits.slowAfter
            )
            actions.append(.admit(ticket))
        }
        return actions
    }

    private mutating func empty(_ priority: Priority, until: Instant) -> [Action] {
        let tickets = lines.removeValue(forKey: priority) ?? []
        for ticket in tickets { subjects[ticket] = nil }
        return tickets.map { .turnAway($0, until: until) }
    }

    private mutating func next() -> (Ticket, Priority)? {
        for priority in Priority.allCases {
            guard let ticket = lines[priority]?.first else { continue }
            lines[priority]?.removeFirst()
            return (ticket, priority)
        }
        return nil
    }

    /// Where every turn is taken by a question that is late, nobody's can come.
    private mutating func fail(_ subject: Int, at now: Instant) {
        guard case .closed(var failures) = breaker else { return }
        if failing.insert(subject).inserted {
            failures += 1
            breaker = .closed(failures: failures)
        }
        let isStuck = !hasTurn && inFlight.values.allSatisfy(\.hasFailed)
        if failures >= limits.failures || isStuck { open(at: now) }
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
