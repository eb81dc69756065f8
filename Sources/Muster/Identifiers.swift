public import Roster
import Synchronization

/// Gives accounts, classes and runs their numbers: increasing, and different in each process.
///
/// A number is the moment of the first call in milliseconds, then twenty random bits, counted up
/// from there; so new rows lie side by side in the store, and two processes do not meet.
public final class Identifiers: Sendable {
    private let last: Mutex<Int64>

    /// Numbers that begin at `moment`, told apart from other processes' by `salt`.
    public init(at moment: Timestamp, salt: UInt64) {
        last = Mutex(moment.milliseconds << 20 | Int64(salt % (1 << 20)))
    }

    /// The next number.
    public func next() -> Int64 {
        last.withLock { value in
            value += 1
            return value
        }
    }
}
