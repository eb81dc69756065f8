import Foundation
import MusterTesting

/// The jobs of one simulation, run one by one by the thread that owns it.
///
/// Every task that begins on that thread, structured or not, comes here instead of the runtime's
/// pool, and so does every continuation that is resumed there. "Nothing more can happen before the
/// clock moves" is then "the queue is empty", and a seed repeats the order of everything.
final class StepQueue: TaskExecutor, @unchecked Sendable {
    // Proof of the unchecked conformance: only code on the thread inside `occupy` reaches the
    // queue, through that thread's own slot; `enqueue` checks it.
    private var jobs: [UnownedJob] = []
    private var head = 0
    /// Picks the next job; nil: the oldest is next.
    private var chance: SeededGenerator?
    /// How many jobs were run.
    private(set) var ran = 0
    /// More jobs than a simulation can need: something goes round in circles.
    private static let limit = 3_000_000

    /// A queue that is served in the order of arrival, or in one that `shuffle` gives.
    init(shuffle: SeededGenerator?) { chance = shuffle }

    /// Whether no job waits.
    var isEmpty: Bool { head == jobs.count }

    func enqueue(_ job: consuming ExecutorJob) {
        precondition(StepQueue.current === self, "a job came from another thread")
        jobs.append(UnownedJob(job))
    }

    /// Runs jobs until none is left.
    /// - Returns: Whether it came to an end.
    func drain() -> Bool {
        while let job = next() {
            ran += 1
            guard ran < Self.limit else { return false }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        return true
    }

    private func next() -> UnownedJob? {
        guard head < jobs.count else { return nil }
        if chance != nil, jobs.count - head > 1 {
            let other = Int.random(in: head..<jobs.count, using: &chance.orStill)
            jobs.swapAt(head, other)
        }
        defer {
            head += 1
            if head == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                head = 0
            }
        }
        return jobs[head]
    }
}

extension SeededGenerator? {
    /// The generator; one that always says the same where there is none.
    fileprivate var orStill: SeededGenerator {
        get { self ?? SeededGenerator(seed: 0) }
        set { self = newValue }
    }
}

// Which thread serves which queue.
extension StepQueue {
    /// The queue of this thread.
    static var current: StepQueue? {
        pthread_getspecific(threadSlot).map {
            Unmanaged<StepQueue>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Lets `body` and all that it sets going run on this thread alone.
    func occupy<Result>(_ body: () throws -> Result) rethrows -> Result {
        precondition(Redirection.isInstalled, "the runtime has no hook for new jobs")
        pthread_setspecific(threadSlot, Unmanaged.passUnretained(self).toOpaque())
        defer { pthread_setspecific(threadSlot, nil) }
        return try body()
    }

    fileprivate func take(_ job: UnownedJob) { jobs.append(job) }
}

/// Where each thread keeps its queue; threads without one are left to the runtime.
private let threadSlot: pthread_key_t = {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "no slot for the queues of threads")
    return key
}()

/// Sends jobs without an executor of their own to the queue of the thread that makes them.
private enum Redirection {
    typealias Enqueue = @convention(thin) (UnownedJob) -> Void
    typealias Hook = @convention(thin) (UnownedJob, Enqueue) -> Void

    /// Whether the runtime has taken the hook: its own door for tests and tools.
    static let isInstalled: Bool = {
        guard let symbol = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook") else {
            return false
        }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = { job, enqueue in
            if let queue = StepQueue.current { queue.take(job) } else { enqueue(job) }
        }
        return true
    }()
}
