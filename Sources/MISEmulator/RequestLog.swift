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

/// What the service has seen of its callers, in numbers.
package struct Traffic: Hashable, Sendable {
    /// Requests since the start or since the log was cleared.
    package var total = 0
    /// How many of them went to each path, the query left aside.
    package var paths: [String: Int] = [:]
    /// Requests that wait for the end of their answer now.
    ///
    /// One whose caller has gone does not wait any more.
    package var inFlight = 0
    /// The most that waited at once.
    package var mostInFlight = 0
}

/// The requests that reached the emulated service, newest last.
///
/// Control requests are not in it.
final class RequestLog: Sendable {
    private struct Waiter {
        var isMet: @Sendable (Traffic) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var entries: [LoggedRequest] = []
        var traffic = Traffic()
        /// Those that are counted as in flight.
        var flying: Set<Int> = []
        var lastFlight = 0
        var nextWaiter = 0
        var waiters: [Int: Waiter] = [:]
        /// Grows when the log is cleared, so that late answers find no wrong entry.
        var generation = 0

        /// Takes out those whose wait is over.
        mutating func released() -> [CheckedContinuation<Void, Never>] {
            guard !waiters.isEmpty else { return [] }
            let ready = waiters.filter { $0.value.isMet(traffic) }
            for key in ready.keys { waiters[key] = nil }
            return ready.values.map(\.continuation)
        }
    }

    /// A place in the log that still lacks its answer.
    struct Ticket: Sendable {
        fileprivate var flight: Int
        fileprivate var number: Int
        fileprivate var generation: Int
        fileprivate var start: ContinuousClock.Instant
    }

    /// The log keeps so many requests; older ones are only counted.
    private static let capacity = 50_000
    private let state = Mutex(State())

    func begin(method: String, path: String, query: String, fault: String?) -> Ticket {
        let (ticket, ready) = state.withLock { state in
            state.traffic.total += 1
            state.traffic.paths[path, default: 0] += 1
            state.lastFlight += 1
            state.flying.insert(state.lastFlight)
            state.traffic.inFlight = state.flying.count
            state.traffic.mostInFlight = max(state.traffic.mostInFlight, state.flying.count)
            if state.entries.count >= Self.capacity {
                state.entries.removeFirst(Self.capacity / 2)
            }
            state.entries.append(
                LoggedRequest(
                    number: state.traffic.total,
                    method: method,
                    path: path,
                    query: query,
                    at: .now,
                    fault: fault
                )
            )
            let ticket = Ticket(
                flight: state.lastFlight,
                number: state.traffic.total,
                generation: state.generation,
                start: .now
            )
            return (ticket, state.released())
        }
        for continuation in ready { continuation.resume() }
        return ticket
    }

    /// The request waits no longer: its answer is written, or its caller has gone.
    func land(_ ticket: Ticket) {
        let ready = state.withLock { state in
            guard state.flying.remove(ticket.flight) != nil else {
                return [CheckedContinuation<Void, Never>]()
            }
            state.traffic.inFlight = state.flying.count
            return state.released()
        }
        for continuation in ready { continuation.resume() }
    }

    func end(_ ticket: Ticket, status: Int) {
        let spent = ContinuousClock.now - ticket.start
        state.withLock { state in
            let first = state.entries.first?.number ?? 0
            let place = ticket.number - first
            guard ticket.generation == state.generation, state.entries.indices.contains(place)
            else { return }
            state.entries[place].status = status
            state.entries[place].milliseconds = spent / .milliseconds(1)
        }
    }

    var entries: [LoggedRequest] { state.withLock { $0.entries } }
    var traffic: Traffic { state.withLock { $0.traffic } }

    func clear() {
        state.withLock { state in
            state.entries = []
            state.traffic = Traffic()
            state.traffic.inFlight = state.flying.count
            state.traffic.mostInFlight = state.flying.count
            state.generation += 1
        }
    }

    /// Returns when the traffic is as wanted, or the task is cancelled.
    func wait(until isMet: @escaping @Sendable (Traffic) -> Bool) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if isMet(state.traffic) || Task.isCancelled { return true }
                    state.waiters[number] = Waiter(isMet: isMet, continuation: continuation)
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }
}
