internal import CCurl
internal import Glibc
internal import Synchronization

/// One request on its way to the driver thread.
struct Exchange: Sendable {
    let id: UInt64
    let request: PreparedRequest
    let reply: Reply
}

/// What the driver is told to do.
enum Command: Sendable {
    case start(Exchange)
    case withdraw(UInt64)
}

/// The door to the driver thread: any thread posts, only the driver takes.
final class Mailbox: Sendable {
    private enum Phase {
        /// No thread yet. Next: `running`, or `ended` if stopped before the first request.
        case fresh
        /// Next: `stopping`.
        case running
        /// The driver ends what is left. Next: `ended`.
        case stopping
        /// Nothing is accepted any more. Last.
        case ended
    }

    private struct State {
        var phase = Phase.fresh
        var commands: [Command] = []
        var bell: MultiBell?
        var thread: pthread_t?
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Hands a command to the driver; false means the transport was stopped.
    ///
    /// The first command starts the thread with `start`.
    func post(_ command: Command, start: () -> pthread_t?) -> Bool {
        state.withLock { state in
            if state.phase == .fresh {
                state.thread = start()
                guard state.thread != nil else { return false }
                state.phase = .running
            }
            guard state.phase == .running else { return false }
            state.commands.append(command)
            // Once is enough: the driver takes everything that is there.
            if state.commands.count == 1 { state.bell?.ring() }
            return true
        }
    }

    /// Whether it was told to end, or has ended.
    var isEnding: Bool {
        state.withLock { $0.phase == .stopping || $0.phase == .ended }
    }

    /// Tells the driver to forget a request; without a driver there is nothing to forget.
    func withdraw(_ id: UInt64) {
        _ = post(.withdraw(id), start: { nil })
    }

    /// For the driver: everything posted since the last time, or nil once it must end.
    func take() -> [Command]? {
        state.withLock { state in
            guard state.phase == .running else { return nil }
            defer { state.commands.removeAll(keepingCapacity: true) }
            return state.commands
        }
    }

    /// For the driver: how to wake it from its poll, or nil before its handle goes.
    func hang(_ bell: MultiBell?) {
        state.withLock { $0.bell = bell }
    }

    /// For the driver, as its last word: the commands nobody will carry out.
    func close() -> [Command] {
        let (left, waiting) = state.withLock { state in
            state.phase = .ended
            state.bell = nil
            defer {
                state.commands = []
                state.waitingForEnd = []
            }
            return (state.commands, state.waitingForEnd)
        }
        for continuation in waiting { continuation.resume() }
        return left
    }

    /// Asks the driver to end without waiting for it.
    func askToEnd() {
        state.withLock { state in
            switch state.phase {
            case .fresh:
                state.phase = .ended
            case .running:
                state.phase = .stopping
                state.bell?.ring()
            case .stopping, .ended:
                break
            }
        }
    }

    /// Returns once the driver has said its last word.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.phase == .ended { return true }
                state.waitingForEnd.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// The thread, for the one caller who joins or detaches it.
    func takeThread() -> pthread_t? {
        state.withLock { state in
            defer { state.thread = nil }
            return state.thread
        }
    }
}
