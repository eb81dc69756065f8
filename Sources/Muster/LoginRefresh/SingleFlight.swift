import Synchronization

/// Lets one piece of work for a key go on at a time; who asks meanwhile shares its result.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let flights = Mutex<[Key: Task<Value, Never>]>([:])

    /// The result of the work for `key`, and whether somebody else had begun it.
    func run(
        _ key: Key,
        _ work: @escaping @Sendable () async -> Value
    ) async -> (
        value: Value, isShared: Bool
    ) {
        let (task, isShared) = flights.withLock { flights in
            if let flight = flights[key] { return (flight, true) }
            // Unstructured on purpose: the work belongs to all who share it, not to the first.
            let flight = Task {
                let value = await work()
                self.land(key)
                return value
            }
            flights[key] = flight
            return (flight, false)
        }
        return (await task.value, isShared)
    }

    private func land(_ key: Key) {
        flights.withLock { $0[key] = nil }
    }
}
