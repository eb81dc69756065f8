import Roster
import Synchronization

/// Remembers which signed messages were taken, so that a copy of one gets nothing.
///
/// It holds at most `limit` messages. Where more come than that, it gives up the oldest, and from
/// then on takes no message signed as early as those: a copy of a forgotten one stays a copy.
final class ReplayMemory: Sendable {
    fileprivate struct Message: Hashable {
        let tenant: String
        let id: String
    }
    fileprivate struct State {
        /// When each message was signed last.
        var latest: [Message: Int64] = [:]
        /// The messages in the order in which they came, with when they were signed.
        var order: [(message: Message, timestamp: Int64)] = []
        var first = 0
        /// The latest signing time of a message that was given up too early.
        var floor = Int64.min
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int = 65_536) { self.limit = limit }

    /// Notes a message whose signature holds.
    ///
    /// A retry that its sender signed anew, later, is taken; a copy of what was taken is not.
    /// - Parameters:
    ///   - signature: The message's name and signing time.
    ///   - tenant: Whose key signed it: two senders may give the same name.
    ///   - seconds: The present, in seconds after 1970.
    /// - Returns: Whether the message may be taken.
    func take(_ signature: WebhookSignature, of tenant: String, at seconds: Int64) -> Bool {
        let message = Message(tenant: tenant, id: signature.id)
        return state.withLock { state in
            state.forget(before: seconds - WebhookSignature.tolerance)
            if let latest = state.latest[message] {
                guard signature.timestamp > latest else { return false }
            } else {
                guard signature.timestamp > state.floor else { return false }
            }
            if state.order.count - state.first >= limit { state.giveUpOldest() }
            state.latest[message] = signature.timestamp
            state.order.append((message, signature.timestamp))
            return true
        }
    }
}

extension ReplayMemory.State {
    /// Forgets the messages at the front whose signatures are too old to be taken anyway.
    fileprivate mutating func forget(before seconds: Int64) {
        while first < order.count, order[first].timestamp < seconds { dropFirst() }
        // The array is cut now and then, not with every message.
        if first > 1024, first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }

    fileprivate mutating func giveUpOldest() {
        guard first < order.count else { return }
        floor = max(floor, order[first].timestamp)
        dropFirst()
    }

    private mutating func dropFirst() {
        let (message, timestamp) = order[first]
        first += 1
        // A retry may have come since; its own entry stands further back.
        if latest[message] == timestamp { latest[message] = nil }
    }
}
