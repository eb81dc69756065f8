import Foundation
public import Roster

/// The machine's own clocks.
public struct SystemClock: MusterClock {
    /// The machine's own clocks.
    public init() {}

    public func now() -> Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    public func instant() -> ContinuousClock.Instant { .now }

    public func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration)
    }
}
