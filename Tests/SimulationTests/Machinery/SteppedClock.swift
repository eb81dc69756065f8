import Muster
import MusterTesting
import Roster

/// A manual clock that knows when its next sleeper is due, and whose sleeper that is.
final class SteppedClock: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    private struct Sleeper {
        var end: Duration
        var owner: Int
    }

    let manual = ManualClock()
    /// The time since the beginning.
    private(set) var elapsed = Duration.zero
    private var sleepers: [Int: Sleeper] = [:]
    private var last = 0

    /// When the next sleeper is due; nil where nobody sleeps.
    var next: Duration? { sleepers.values.map(\.end).min() }

    /// How many of an owner's tasks sleep.
    func sleepers(of owner: Int) -> Int { sleepers.values.count { $0.owner == owner } }

    /// How many tasks sleep.
    var sleeping: Int { sleepers.count }

    /// Moves the clock to a moment that is not past.
    func advance(to moment: Duration) {
        guard moment > elapsed else { return }
        let step = moment - elapsed
        elapsed = moment
        manual.advance(by: step)
    }

    fileprivate func sleep(for duration: Duration, owner: Int) async throws {
        last += 1
        let number = last
        sleepers[number] = Sleeper(end: elapsed + max(duration, .zero), owner: owner)
        defer { sleepers[number] = nil }
        try await manual.sleep(for: duration)
    }
}

/// The clock as one owner sees it.
struct OwnedClock: MusterClock {
    let clock: SteppedClock
    let owner: Int

    func now() -> Timestamp { clock.manual.now() }
    func instant() -> ContinuousClock.Instant { clock.manual.instant() }
    func sleep(for duration: Duration) async throws {
        try await clock.sleep(for: duration, owner: owner)
    }
}
