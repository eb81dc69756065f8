public import Muster
public import Roster

/// A clock that stands still until a test moves it.
///
/// It shows a wall clock, which may be set back, and a monotonic one, which only `advance(by:)`
/// moves; sleepers wait for the monotonic one.
public final class ManualClock: MusterClock {
    private struct State {
        var wall: Timestamp
        var elapsed: Duration = .zero
        var lastSleeper = 0
        /// Until when each sleeper sleeps.
        var sleepers: [Int: Duration] = [:]
    }

    private let state: Watched<State>
    private let origin: ContinuousClock.Instant

    /// A clock that shows `now`, by default 2026-09-07T08:00:00Z.
    public init(now: Timestamp = .example) {
        state = Watched(State(wall: now))
        origin = ContinuousClock.now
    }

    /// The wall clock.
    public func now() -> Timestamp { state.value.wall }

    /// The monotonic clock.
    public func instant() -> ContinuousClock.Instant { origin.advanced(by: state.value.elapsed) }

    /// How many tasks sleep now.
    public var sleepers: Int { state.value.sleepers.count }

    /// Moves both clocks and wakes whoever has slept long enough.
    public func advance(by duration: Duration) {
        state.update { state in
            state.wall = state.wall.advanced(by: duration)
            state.elapsed += duration
            state.sleepers = state.sleepers.filter { $0.value > state.elapsed }
        }
    }

    /// Sets the wall clock alone, as an administrator or a time server does.
    public func setWall(_ now: Timestamp) { state.update { $0.wall = now } }

    /// Returns once the clock was moved by `duration` or more.
    /// - Throws: `CancellationError` where the task is cancelled first.
    public func sleep(for duration: Duration) async throws {
        let (id, end) = state.update { state in
            state.lastSleeper += 1
            let end = state.elapsed + duration
            if end > state.elapsed { state.sleepers[state.lastSleeper] = end }
            return (state.lastSleeper, end)
        }
        defer { state.update { $0.sleepers[id] = nil } }
        try await state.wait { $0.elapsed >= end }
    }

    /// Returns once the monotonic clock shows `instant`.
    /// - Throws: `CancellationError` where the task is cancelled first.
    public func sleep(until instant: ContinuousClock.Instant) async throws {
        try await sleep(for: self.instant().duration(to: instant))
    }

    /// Returns once `count` tasks sleep, so that a test knows when to move the clock.
    public func sleepers(atLeast count: Int) async throws {
        try await state.wait { $0.sleepers.count >= count }
    }

    /// Returns once `count` tasks sleep for exactly `duration` from now: whatever else sleeps, it is
    /// not they.
    public func sleepers(atLeast count: Int, for duration: Duration) async throws {
        try await sleepers(atLeast: count, for: duration...duration)
    }

    /// The same for tasks that sleep for any of `durations`.
    public func sleepers(
        atLeast count: Int,
        for durations: ClosedRange<Duration>
    ) async throws {
        try await state.wait { state in
            state.sleepers.values.count { durations.contains($0 - state.elapsed) } >= count
        }
    }
}
