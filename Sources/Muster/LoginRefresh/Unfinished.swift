import Synchronization

/// The work that goes on behind logins, so that a process can wait for it before it ends.
final class Unfinished: Sendable {
    private struct State {
        var next = 0
        var tasks: [Int: Task<Void, Never>] = [:]
        /// Whether work is given up, what follows from it too.
        var isGivenUp = false
    }
    private let state = Mutex(State())

    /// How much work goes on.
    var count: Int { state.withLock { $0.tasks.count } }

    /// Begins work that goes on whether or not anybody waits for it.
    func start(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let number = state.next
            state.next += 1
            // Unstructured on purpose: the work outlives an answer that its budget cut short.
            state.tasks[number] = Task {
                await work()
                self.end(number)
            }
            if state.isGivenUp { state.tasks[number]?.cancel() }
        }
    }

    /// Waits until no work goes on.
    func finish() async {
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    }

    /// Waits until no work goes on, for `limit` at most; what goes on then is given up.
    func finish(within limit: Duration, by clock: any MusterClock) async {
        let timer = Task {
            guard (try? await clock.sleep(for: limit)) != nil else { return }
            self.giveUp()
        }
        await finish()
        timer.cancel()
        state.withLock { $0.isGivenUp = false }
    }

    private func giveUp() {
        let tasks = state.withLock { state in
            state.isGivenUp = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }

    private func end(_ number: Int) {
        state.withLock { $0.tasks[number] = nil }
    }
}
