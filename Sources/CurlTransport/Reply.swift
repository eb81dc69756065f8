internal import Synchronization

/// Where one waiting task and the driver thread meet: the first result counts, once.
///
/// The cancellation mark is this state itself, under the same lock as the continuation, because
/// a task may be cancelled before it waits and before the driver has heard of it.
final class Reply: Sendable {
    typealias Outcome = Result<HTTPResponse, TransportError>

    private enum State {
        /// Nobody waits yet. Next: `waiting` or `settled`.
        case idle
        /// Next: `settled`.
        case waiting(CheckedContinuation<Outcome, Never>)
        /// Holds the outcome only if it came before anybody waited. Last.
        case settled(Outcome?)
    }

    private let state = Mutex(State.idle)

    /// Whether an outcome is there, so that no more work is needed.
    var isSettled: Bool {
        state.withLock { state in
            if case .settled = state { true } else { false }
        }
    }

    /// Parks the continuation; false means it was resumed at once with the outcome already there.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let early: Outcome? = state.withLock { state in
            switch state {
            case .idle:
                state = .waiting(continuation)
                return nil
            case .settled(let outcome):
                state = .settled(nil)
                return outcome ?? .failure(.stopped)
            case .waiting:
                preconditionFailure("A reply is awaited once.")
            }
        }
        guard let early else { return true }
        continuation.resume(returning: early)
        return false
    }

    /// Gives the outcome to the waiting task; false means another outcome came first.
    @discardableResult
    func settle(_ outcome: Outcome) -> Bool {
        let (isFirst, waiting) = state.withLock { state in
            switch state {
            case .idle:
                state = .settled(outcome)
                return (true, CheckedContinuation<Outcome, Never>?.none)
            case .waiting(let continuation):
                state = .settled(nil)
                return (true, continuation)
            case .settled:
                return (false, nil)
            }
        }
        waiting?.resume(returning: outcome)
        return isFirst
    }
}
