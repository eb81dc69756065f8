import Accounts
import Roster
import Synchronization

/// Says in the store that a run goes on, as often as others need to hear it.
///
/// Whatever a run does between two pages or two steps passes by here, so that a long wait or a long
/// school is not taken for a process that died.
final class Pulse: Sendable {
    /// Others need not hear it more often.
    static let interval = Duration.seconds(30)

    /// Whoever asks for its end need not be heard sooner.
    static let attention = Duration.seconds(1)

    private struct State {
        var run: Run
        var lastBeat: ContinuousClock.Instant
        var lastLook: ContinuousClock.Instant
    }
    private let state: Mutex<State>
    private let clock: any MusterClock

    init(_ run: Run, clock: any MusterClock) {
        let now = clock.instant()
        state = Mutex(State(run: run, lastBeat: now, lastLook: now))
        self.clock = clock
    }

    /// Notes that the store was told how the run stands.
    func told(_ run: Run) {
        let now = clock.instant()
        state.withLock { state in
            state.run = run
            state.lastBeat = now
        }
    }

    /// Notes what the store was told that the run has come to.
    func told(_ counts: RunCounts) { state.withLock { $0.run.counts = counts } }

    /// The run, where it is time to look whether somebody asks for its end, or `isNow`.
    func look(isNow: Bool) -> RunID? {
        let now = clock.instant()
        return state.withLock { state in
            guard isNow || state.lastLook.duration(to: now) >= Self.attention else { return nil }
            state.lastLook = now
            return state.run.id
        }
    }

    /// The run as the store should be told of it now; nil where it heard lately, unless `isLong`:
    /// a wait begins in which nobody can say anything.
    func due(beforeWait isLong: Bool = false) -> Run? {
        let now = clock.instant()
        let wall = clock.now()
        return state.withLock { state in
            guard isLong || state.lastBeat.duration(to: now) >= Self.interval else { return nil }
            state.lastBeat = now
            state.run.aliveAt = wall
            return state.run
        }
    }
}

/// How many requests a run sent, from whichever task.
final class RequestCount: Sendable {
    private let sent = Atomic<Int>(0)

    /// How many so far.
    var value: Int { sent.load(ordering: .relaxed) }

    /// Counts one more.
    func add() { sent.add(1, ordering: .relaxed) }
}
