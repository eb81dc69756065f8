import Synchronization

/// One request that reached the emulated service.
package struct LoggedRequest: Sendable {
    /// Counted from 1 since the start or since the log was cleared.
    package var number: Int
    package var method: String
    package var path: String
    package var query: String
    package var at: Timestamp
    /// How long the answer took to make; nil while it is being made.
    package var milliseconds: Double?
    /// The status that was sent; nil while there is none.
    package var status: Int?
    /// The fault that struck.
    package var fault: String?
}

/// The requests that reached the emulated service, newest last.
///
/// Control requests are not in it.
final class RequestLog: Sendable {
    private struct Waiter {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var entries: [LoggedRequest] = []
        var total = 0
        var answered = 0
        var nextWaiter = 0
        var waiters: [Int: Waiter] = [:]
        /// Grows when the log is cleared, so that late answers find no wrong entry.
        var generation = 0
    }

    /// A place in the log that still lacks its answer.
    struct Ticket: Sendable {
        fileprivate var number: Int
        fileprivate var generation: Int
        fileprivate var start: ContinuousClock.Instant
    }

    /// The log keeps so many requests; older ones are only counted.
    private static let capacity = 50_000
    private let state = Mutex(State())

    func begin(method: String, path: String, query: String, fault: String?) -> Ticket {
        let (ticket, ready) = state.withLock { state in
            state.total += 1
            if state.entries.count >= Self.capacity {
                state.entries.removeFirst(Self.capacity / 2)
            }
            state.entries.append(
                LoggedRequest(
                    number: state.total,
                    method: method,
                    path: path,
                    query: query,
                    at: .now,
                    fault: fault
                )
            )
            let ready = state.waiters.filter { $0.value.count <= state.total }
            for key in ready.keys { state.waiters[key] = nil }
            let ticket = Ticket(
                number: state.total,
                generation: state.generation,
                start: .now
            )
            return (ticket, ready.values.map(\.continuation))
        }
        for continuation in ready { continuation.resume() }
        return ticket
    }

    func end(_ ticket: Ticket, status: Int) {
        let spent = ContinuousClock.now - ticket.start
        state.withLock { state in
            state.answered += 1
            let first = state.entries.first?.number ?? 0
            let place = ticket.number - first
            guard ticket.generation == state.generation, state.entries.indices.contains(place)
            else { return }
            state.entries[place].status = status
            state.entries[place].milliseconds = spent / .milliseconds(1)
        }
    }

    var entries: [LoggedRequest] { state.withLock { $0.entries } }
    var total: Int { state.withLock { $0.total } }

    func clear() {
        state.withLock { state in
            state.entries = []
            state.total = 0
            state.generation += 1
        }
    }

    /// Returns when so many requests have arrived, or the task is cancelled.
    func wait(for count: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if state.total >= count || Task.isCancelled { return true }
                    state.waiters[number] = Waiter(count: count, continuation: continuation)
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }
}
