import Synchronization

/// The work that goes on behind logins, so that a process can wait for it before it ends.
final class Unfinished: Sendable {
    private struct State {
        var next = 0
        var tasks: [Int: Task<LoginRefreshResult, Never>] = [:]
    }
    private let state = Mutex(State())

    /// Begins work that goes on whether or not anybody waits for it.
    func start(
        _ work: @escaping @Sendable () async -> LoginRefreshResult
    )
        -> Task<LoginRefreshResult, Never>
    {
        state.withLock { state in
            let number = state.next
            state.next += 1
            let task = Task {
                let result = await work()
                self.end(number)
                return result
            }
            state.tasks[number] = task
            return task
        }
    }

    /// Waits until no work goes on.
    func finish() async {
        while let task = state.withLock({ $0.tasks.values.first }) { _ = await task.value }
    }

    private func end(_ number: Int) {
        state.withLock { $0.tasks[number] = nil }
    }
}

extension Task where Failure == Never {
    /// The task's value, or nil once `limit` has passed; the task goes on either way.
    func value(within limit: Duration, by clock: any MusterClock) async -> Success? {
        let first = FirstAnswer<Success>()
        // Unstructured on purpose: a task group would wait for the loser.
        let watch = Task<Void, Never> { first.give(await self.value) }
        let timer = Task<Void, Never> {
            guard (try? await clock.sleep(for: limit)) != nil else { return }
            first.give(nil)
        }
        let answer = await first.wait()
        watch.cancel()
        timer.cancel()
        return answer
    }
}

/// Hands on whichever answer comes first.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Value?, Never>)
        case given(Value?)
        case done
    }
    private let state = Mutex(State.open)

    func give(_ value: Value?) {
        let waiter: CheckedContinuation<Value?, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .given(value)
                return nil
            case .waiting(let continuation):
                state = .done
                return continuation
            case .given, .done:
                return nil
            }
        }
        waiter?.resume(returning: value)
    }

    func wait() async -> Value? {
        await withCheckedContinuation { continuation in
            let given: Value?? = state.withLock { state in
                if case .given(let value) = state {
                    state = .done
                    return .some(value)
                }
                state = .waiting(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
        }
    }
}
