import Accounts
import Muster
import Synchronization

/// Somebody who was found lately: looking her up once more, where nobody is found, keeps the time of
/// the answer from telling so.
final class Decoy: Sendable {
    private struct State {
        var event: LoginEvent?
        var stored: StoredPassword?
    }

    private let state = Mutex(State())

    /// Who was found last; nil before anybody was.
    var event: LoginEvent? { state.withLock { $0.event } }

    /// The password that was found last; nil before one was.
    var stored: StoredPassword? { state.withLock { $0.stored } }

    /// Notes who was found, and the password, if she has one.
    func note(_ event: LoginEvent, _ stored: StoredPassword?) {
        state.withLock { state in
            state.event = event
            if let stored { state.stored = stored }
        }
    }
}
