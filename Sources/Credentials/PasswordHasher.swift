internal import Dispatch
internal import Foundation
internal import Synchronization

/// Hashes and compares passwords, a few at once: each takes 32 MiB and a core for a while.
///
/// The work runs on threads of its own, never on those that Swift's tasks share, so that nobody
/// else's `await` stands still meanwhile. More callers wait in turn; when too many wait, or one
/// for too long, they are refused with `HashingError.busy`, so a flood costs no memory.
package final class PasswordHasher: Sendable {
    /// How much may go on, and how long somebody may wait for a place.
    package struct Limits: Sendable, Hashable {
        /// Hashes that are worked on at the same time.
        package var atOnce: Int
        /// Callers that may wait beside them.
        package var waiting: Int
        /// The longest that one waits for a place.
        package var patience: Duration

        /// By default half of the cores, and as many callers as they serve in a few seconds.
        package init(
            atOnce: Int = max(1, ProcessInfo.processInfo.activeProcessorCount / 2),
            waiting: Int = 32,
            patience: Duration = .seconds(5)
        ) {
            self.atOnce = atOnce
            self.waiting = waiting
            self.patience = patience
        }
    }

    /// What came of a comparison.
    package struct Verdict: Sendable, Hashable {
        /// Whether the password is the one.
        package let isRight: Bool
        /// Whether it should be hashed again and stored, as the stored hash is weaker than today's.
        package let needsRehash: Bool
    }

    private typealias Admission = Result<Void, HashingError>

    private struct State {
        var line: HashingLine
        var lastID: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Admission, Never>] = [:]
    }

    private let cost: PasswordHash.Cost
    private let patience: Duration
    private let onBegin: @Sendable () -> Void
    private let state: Mutex<State>
    /// Stands in for the hash of somebody who has none.
    private let nobody: PasswordHash

    /// A hasher; nothing runs before the first call.
    package convenience init(cost: PasswordHash.Cost = .standard, limits: Limits = Limits()) {
        self.init(cost: cost, limits: limits, onBegin: {})
    }

    /// `onBegin` is called on the thread of each hash, before the work; tests hold it up there.
    init(cost: PasswordHash.Cost, limits: Limits, onBegin: @escaping @Sendable () -> Void) {
        self.cost = cost
        self.onBegin = onBegin
        patience = limits.patience
        state = Mutex(
            State(line: HashingLine(atOnce: limits.atOnce, waiting: limits.waiting))
        )
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<(PasswordHash.saltLength + PasswordHash.digestLength)).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        nobody = PasswordHash(
            cost: cost,
            salt: Array(bytes.prefix(PasswordHash.saltLength)),
            digest: Array(bytes.dropFirst(PasswordHash.saltLength))
        )
    }

    /// The hash to store for a new password.
    package func hash(_ password: Password) async throws(HashingError) -> PasswordHash {
        try await inTurn { [cost] in
            Result { () throws(HashingError) in try PasswordHash.of(password, at: cost) }
        }
    }

    /// Compares a password with a stored hash; without one it works as hard, and says no.
    package func verify(
        _ password: Password,
        against stored: PasswordHash?
    ) async throws(HashingError) -> Verdict {
        let hash = stored ?? nobody
        let matches = try await inTurn {
            Result { () throws(HashingError) in try hash.matches(password) }
        }
        let isRight = matches && stored != nil
        return Verdict(isRight: isRight, needsRehash: isRight && hash.needsRehash(under: cost))
    }

    // MARK: Waiting

    private func inTurn<Value: Sendable>(
        _ work: @escaping @Sendable () -> Result<Value, HashingError>
    ) async throws(HashingError) -> Value {
        try await admission().get()
        let result = await withCheckedContinuation { continuation in
            // A serial queue of its own has a thread of its own; concurrent queues share theirs
            // with whatever else the process gives to Dispatch.
            DispatchQueue(label: "muster.password").async { [self] in
                onBegin()
                let result = work()
                finish()
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private func admission() async -> Admission {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in arrive(id, continuation) }
        } onCancel: {
            giveUp(id, .cancelled)
        }
    }

    private func arrive(_ id: UInt64, _ continuation: CheckedContinuation<Admission, Never>) {
        let answer: Admission? = state.withLock { state in
            // A cancellation sets the mark first and asks for the id afterwards, so it is seen
            // either here or there.
            guard !Task.isCancelled else { return .failure(.cancelled) }
            switch state.line.arrive(id) {
            case .begins:
                return .success(())
            case .refused:
                return .failure(.busy)
            case .waits:
                state.waiting[id] = continuation
                return nil
            }
        }
        if let answer { return continuation.resume(returning: answer) }
        DispatchQueue.global().asyncAfter(deadline: .now() + patience.inSeconds) { [weak self] in
            self?.giveUp(id, .busy)
        }
    }

    private func giveUp(_ id: UInt64, _ reason: HashingError) {
        let continuation = state.withLock { state in
            state.line.leave(id) ? state.waiting.removeValue(forKey: id) : nil
        }
        continuation?.resume(returning: .failure(reason))
    }

    private func finish() {
        let next = state.withLock { state in
            state.line.finish().flatMap { state.waiting.removeValue(forKey: $0) }
        }
        next?.resume(returning: .success(()))
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
