import Accounts
import Synchronization

/// Remembers what was read from a store for as long as nothing in the store changes.
///
/// It forgets everything with the first change, and keeps no more than `limit` values, so that no
/// client can make it grow.
final class StampedMemo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var stamp: Int64?
        var values: [Key: Value] = [:]
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int = 1024) { self.limit = limit }

    /// The value for `key`, read anew where the store, whose stamp is `stamp`, may have another.
    ///
    /// The stamp must have been taken before this call: what is read then is no older. That there
    /// is no value is not remembered.
    func value(
        for key: Key,
        at stamp: Int64?,
        read: () async throws(StoreError) -> Value?
    ) async throws(StoreError) -> Value? {
        guard let stamp else { return try await read() }
        let known = state.withLock { state in
            if state.stamp == stamp { return state.values[key] }
            state.stamp = stamp
            state.values.removeAll(keepingCapacity: true)
            return nil
        }
        if let known { return known }
        let value = try await read()
        state.withLock { state in
            guard state.stamp == stamp, state.values.count < limit else { return }
            state.values[key] = value
        }
        return value
    }
}
