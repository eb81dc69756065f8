public import Roster

/// Where Muster gets the time from; a test gives it a clock that only moves when told.
public protocol MusterClock: Sendable {
    /// The moment by the wall clock.
    func now() -> Timestamp
    /// The moment by a clock that never goes back.
    func instant() -> ContinuousClock.Instant
    /// Waits for `duration`, or ends early with an error when the task is cancelled.
    func sleep(for duration: Duration) async throws
}
