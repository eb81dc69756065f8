import Accounts
import Roster
import Synchronization

/// Lets questions through to the sources of all connections, as their gates decide.
///
/// Logins and batches of one process share it, so that a source sees one well-mannered client.
public final class Traffic: Sendable {
    private struct Lane {
        var gate: SourceGate
        var connection: Connection
        /// Sleeps until the gate wants to be woken.
        var alarm: (at: ContinuousClock.Instant, task: Task<Void, Never>)?
        /// Asks the source whether it is there again.
        var probe: Task<Void, Never>?
    }
    private struct State {
        var lanes: [ConnectionID: Lane] = [:]
        var lastTicket = 0
        var waiters: [SourceGate.Ticket: CheckedContinuation<Admission, Never>] = [:]
        /// Decisions about tickets nobody waits for yet.
        var decided: [SourceGate.Ticket: Admission] = [:]
        var isClosed = false
        /// Connections that were asked since the process began, and what was wrong with the last
        /// answer; there are not many.
        var seen: [ConnectionID: SourceHealth] = [:]
    }
    private enum Admission {
        case admitted
        case turnedAway(until: ContinuousClock.Instant)
    }

    private let clock: any MusterClock
    private let sources: any SourceDirectory
    private let limits: TrafficLimits
    private let telemetry: Telemetry
    private let seed: UInt64
    private let state = Mutex(State())

    init(
        clock: any MusterClock,
        sources: any SourceDirectory,
        limits: TrafficLimits,
        telemetry: Telemetry,
        seed: UInt64
    ) {
        self.clock = clock
        self.sources = sources
        self.limits = limits
        self.telemetry = telemetry
        self.seed = seed
    }

    /// How the sources that were asked lately do, by name.
    public var health: [SourceHealth] {
        state.withLock { state in
            state.seen.map { id, seen in
                guard let lane = state.lanes[id] else { return seen }
                var health = seen
                health.name = lane.connection.name
                if case .closed = lane.gate.breaker {} else { health.isAsked = false }
                health.isPaused = lane.gate.pausedUntil != nil
                health.inFlight = lane.gate.flying
                health.waiting = lane.gate.waiting
                return health
            }
        }
        .sorted { $0.name < $1.name }
    }

    /// Puts a question to the source of `connection` once its gate lets it through.
    ///
    /// `record` is what it is about, if that is one record.
    /// - Returns: The answer.
    /// - Throws: `TurnedAway` where the question was not put.
    func pass<Answer: Sendable>(
        to connection: Connection,
        as priority: SourceGate.Priority,
        about record: SourceKey? = nil,
        _ question: () async -> (Answer, SourceGate.Verdict)
    ) async throws(TurnedAway) -> Answer {
        let ticket = enter(connection, priority, record)
        if case .turnedAway(let until) = await admission(ticket, of: connection.id) {
            throw TurnedAway(
                wait: clock.instant().duration(to: until),
                trouble: state.withLock { $0.seen[connection.id]?.trouble }
            )
        }
        let (answer, verdict) = await question()
        event(connection.id) { $0.leave(ticket, verdict, at: $1) }
        return answer
    }

    /// Turns away what was promised and waits for its turn.
    func turnAwayPromises() {
        for id in state.withLock({ Array($0.lanes.keys) }) {
            event(id) { $0.turnAwayPromises(at: $1) }
        }
    }

    /// Notes what was wrong with the last answer of a source, in one sentence; nil for nothing.
    func note(_ trouble: String?, of connection: Connection) {
        state.withLock { $0.seen[connection.id]?.trouble = trouble }
    }

    /// Ends whatever the gates do by themselves; questions that wait are turned away.
    package func close() {
        let now = clock.instant()
        let (tasks, waiters) = state.withLock { state in
            state.isClosed = true
            let tasks = state.lanes.values.flatMap { [$0.alarm?.task, $0.probe] }
            for id in state.lanes.keys {
                state.lanes[id]?.alarm = nil
                state.lanes[id]?.probe = nil
                for ticket in state.waiters.keys { state.lanes[id]?.gate.abandon(ticket) }
            }
            defer { state.waiters = [:] }
            return (tasks, Array(state.waiters.values))
        }
        for task in tasks { task?.cancel() }
        for waiter in waiters { waiter.resume(returning: .turnedAway(until: now)) }
    }
}

// What tests see.
extension Traffic {
    /// The gate of a connection; nil where it knows nothing worth keeping.
    func gate(of connection: ConnectionID) -> SourceGate? {
        state.withLock { $0.lanes[connection]?.gate }
    }

    /// Whether no question is on its way or waits, and none is decided that nobody waits for.
    var isAtRest: Bool {
        state.withLock { state in
            state.waiters.isEmpty && state.decided.isEmpty
                && state.lanes.values.allSatisfy { $0.gate.flying == 0 && $0.gate.waiting == 0 }
        }
    }
}

// Between the gates and those who wait.
extension Traffic {
    private func enter(
        _ connection: Connection,
        _ priority: SourceGate.Priority,
        _ record: SourceKey?
    ) -> SourceGate.Ticket {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        event(connection.id, at: connection) {
            $0.arrive(ticket, priority, about: record?.hashValue, at: $1)
        }
        return ticket
    }

    private func admission(
        _ ticket: SourceGate.Ticket,
        of connection: ConnectionID
    ) async -> Admission {
        let now = clock.instant()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let decided: Admission? = state.withLock { state in
                    if let decided = state.decided.removeValue(forKey: ticket) { return decided }
                    if state.isClosed {
                        state.lanes[connection]?.gate.abandon(ticket)
                        return .turnedAway(until: now)
                    }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let decided { continuation.resume(returning: decided) }
            }
        } onCancel: {
            giveUp(ticket, of: connection)
        }
    }

    private func giveUp(_ ticket: SourceGate.Ticket, of connection: ConnectionID) {
        let now = clock.instant()
        let waiter: CheckedContinuation<Admission, Never>? = state.withLock { state in
            state.lanes[connection]?.gate.abandon(ticket)
            if let waiter = state.waiters.removeValue(forKey: ticket) { return waiter }
            // Cancelled before it waits; one that was admitted already goes on and is cancelled
            // in its question.
            if state.decided[ticket] == nil { state.decided[ticket] = .turnedAway(until: now) }
            return nil
        }
        waiter?.resume(returning: .turnedAway(until: now))
    }

    /// Lets a gate take an event and does what it asks for.
    private func event(
        _ id: ConnectionID,
        at connection: Connection? = nil,
        _ take: (inout SourceGate, ContinuousClock.Instant) -> [SourceGate.Action]
    ) {
        let now = clock.instant()
        var resumed: [(CheckedContinuation<Admission, Never>, Admission)] = []
        state.withLock { state in
            // In the same step: a lane at rest is forgotten whenever its last question leaves.
            if let connection { open(connection, in: &state) }
            guard var lane = state.lanes[id] else { return }
            let before = BreakerState(lane.gate.breaker)
            for action in take(&lane.gate, now) {
                switch action {
                case .admit(let ticket): tell(ticket, .admitted)
                case .turnAway(let ticket, let until): tell(ticket, .turnedAway(until: until))
                case .probe:
                    if !state.isClosed { lane.probe = probe(lane.connection) }
                }
            }
            setAlarm(of: &lane, isClosed: state.isClosed)
            report(lane, since: before)
            if lane.gate.isAtRest, lane.probe == nil {
                // Or it would sleep on where nobody can reach it.
                lane.alarm?.task.cancel()
                state.lanes[id] = nil
            } else {
                state.lanes[id] = lane
            }

            func tell(_ ticket: SourceGate.Ticket, _ admission: Admission) {
                if let waiter = state.waiters.removeValue(forKey: ticket) {
                    resumed.append((waiter, admission))
                } else {
                    state.decided[ticket] = admission
                }
            }
        }
        for (waiter, admission) in resumed { waiter.resume(returning: admission) }
    }

    private func report(_ lane: Lane, since before: BreakerState) {
        telemetry.lookUps(
            of: lane.connection,
            inFlight: lane.gate.flying,
            waiting: lane.gate.waiting
        )
        let now = BreakerState(lane.gate.breaker)
        if now != before { telemetry.breaker(of: lane.connection, became: now) }
    }

    private func open(_ connection: Connection, in state: inout State) {
        guard state.lanes[connection.id] == nil else {
            state.lanes[connection.id]?.connection = connection
            return
        }
        let salt = UInt64(bitPattern: connection.id.value) &* 0x9e37_79b9
        state.lanes[connection.id] = Lane(
            gate: SourceGate(limits: limits, seed: seed ^ salt),
            connection: connection
        )
        // So that the gauge is there before anything happens.
        if state.seen[connection.id] == nil {
            state.seen[connection.id] = SourceHealth(of: connection)
            telemetry.breaker(of: connection, became: .closed)
        }
    }

    // MARK: Time

    private func setAlarm(of lane: inout Lane, isClosed: Bool) {
        guard !isClosed, let due = lane.gate.nextWake else { return }
        if let alarm = lane.alarm, alarm.at <= due { return }
        lane.alarm?.task.cancel()
        let id = lane.connection.id
        // Unstructured on purpose: it belongs to the gate, which `close` ends.
        let task = Task<Void, Never> { [clock] in
            let wait = clock.instant().duration(to: due)
            if wait > .zero {
                guard (try? await clock.sleep(for: wait)) != nil else { return }
            }
            self.ring(id)
        }
        lane.alarm = (due, task)
    }

    private func ring(_ id: ConnectionID) {
        state.withLock { $0.lanes[id]?.alarm = nil }
        event(id) { $0.wake(at: $1) }
    }

    /// Asks the source what it is, the cheapest question there is.
    private func probe(_ connection: Connection) -> Task<Void, Never> {
        // Unstructured on purpose, likewise.
        Task<Void, Never> { [clock, sources, limits] in
            let verdict: SourceGate.Verdict
            var trouble: String?
            do throws(SourceError) {
                let source = try await sources.source(of: connection)
                _ = try await source.describe([], by: clock.instant() + limits.probeTimeout)
                verdict = .answered(pause: nil)
            } catch {
                verdict = SourceGate.Verdict(error)
                trouble = error.sentence
            }
            self.state.withLock { [trouble] state in
                state.lanes[connection.id]?.probe = nil
                state.seen[connection.id]?.trouble = trouble
            }
            self.event(connection.id) { $0.probed(verdict, at: $1) }
        }
    }
}

/// A question that was not put to a source, because its gate is shut or too many wait.
struct TurnedAway: Error, Hashable {
    /// When it is worth trying again, from now.
    var wait: Duration
    /// What was wrong with the last answer, in one sentence; nil where that is not known.
    var trouble: String?

    /// What is wrong, and that it is tried again.
    var sentence: String {
        let time = "\(max(1, wait.components.seconds + 1)) s"
        guard let trouble else {
            return
                "The MIS has not answered lately and is left alone for \(time) more; nothing needs to be done, it is tried again by itself."
        }
        return "The MIS is left alone for \(time) more and then tried again by itself: \(trouble)"
    }
}

extension SourceGate.Verdict {
    /// What an error of a source tells its gate.
    init(_ error: SourceError) {
        switch error {
        case .overloaded(let retryAfter): self = .overloaded(retryAfter: retryAfter)
        case .cancelled: self = .givenUp
        // The source answers; what was asked for is not there.
        case .unknown: self = .answered(pause: nil)
        case .unavailable, .malformed, .refused: self = .failed
        }
    }
}

extension BreakerState {
    fileprivate init(_ breaker: SourceGate.Breaker) {
        self =
            switch breaker {
            case .closed: .closed
            case .open: .open
            case .probing: .probing
            }
    }
}
