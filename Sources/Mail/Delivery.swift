internal import Synchronization

/// What the task that waits for a mail shares with the thread that sends it.
final class Delivery: Sendable {
    private let cancelled = Atomic(false)
    private let waiting = Mutex<CheckedContinuation<MailOutcome, Never>?>(nil)

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }

    func wait(_ continuation: CheckedContinuation<MailOutcome, Never>) {
        waiting.withLock { $0 = continuation }
    }

    /// Tells the task; only the first call counts.
    func settle(_ outcome: MailOutcome) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: outcome)
    }
}
