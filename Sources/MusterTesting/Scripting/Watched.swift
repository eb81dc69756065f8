import Synchronization

/// A value behind a lock that tasks can wait on, so that a test waits for a fact and never a time.
public final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        let isMet: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var value: Value
        var lastWaiter = 0
        var waiters: [Int: Waiter] = [:]
        /// Those who were cancelled before they began to wait.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    /// A value that begins as `value`.
    public init(_ value: Value) { state = Mutex(State(value: value)) }

    /// The value now.
    public var value: Value { state.withLock { $0.value } }

    /// Changes the value, and releases whoever waited for what it has become.
    @discardableResult
    public func update<Result: Sendable>(_ change: (inout Value) -> Result) -> Result {
        let (result, released) = state.withLock { state in
            let result = change(&state.value)
            let met = state.waiters.filter { $0.value.isMet(state.value) }.keys.sorted()
            return (result, met.compactMap { state.waiters.removeValue(forKey: $0) })
        }
        for waiter in released { waiter.continuation.resume() }
        return result
    }

    /// Returns once `isMet` is true of the value.
    /// - Throws: `CancellationError` where the task is cancelled first.
    public func wait(until isMet: @escaping @Sendable (Value) -> Bool) async throws {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(id, Waiter(isMet: isMet, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func enter(_ id: Int, _ waiter: Waiter) {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            if state.cancelled.contains(id) { return .failure(CancellationError()) }
            if waiter.isMet(state.value) { return .success(()) }
            state.waiters[id] = waiter
            return nil
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
    }

    private func cancel(_ id: Int) {
        let waiter = state.withLock { state in
            state.cancelled.insert(id)
            return state.waiters.removeValue(forKey: id)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
