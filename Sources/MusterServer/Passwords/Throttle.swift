import Synchronization

/// Lets so many things happen within a minute, from each place and from all together.
final class Throttle: Sendable {
    private let perPlace: Int
    private let overall: Int
    private let state = Mutex(State())

    private struct State {
        var minute = Int64.min
        var counts: [String: Int] = [:]
        var total = 0
    }

    /// Lets `perPlace` happen from each place, and `overall` in all.
    init(perPlace: Int, overall: Int) {
        self.perPlace = perPlace
        self.overall = overall
    }

    /// Counts one more from `place` at `now`, in milliseconds; says whether it may happen.
    ///
    /// Each minute of the clock begins anew, so that what is remembered stays small.
    func admits(_ place: String, at now: Int64) -> Bool {
        state.withLock { state in
            let minute = now / 60_000
            if state.minute != minute { state = State(minute: minute) }
            let count = state.counts[place, default: 0]
            // What one place is refused takes nothing from the others.
            guard count < perPlace, state.total < overall else { return false }
            state.total += 1
            state.counts[place] = count + 1
            return true
        }
    }
}
