import Foundation
public import Roster

/// The machine's own clocks.
public struct SystemClock: MusterClock {
    /// The machine's own clocks.
    public init() {}

    /// The moment by the wall clock.
    public func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// The moment by a clock that never goes back.
    public func instant() -> ContinuousClock.Instant { .now }

    /// Waits for `duration`, or ends early with an error when the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration)
    }
}
