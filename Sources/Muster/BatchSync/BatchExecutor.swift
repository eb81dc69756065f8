import Dispatch
import Foundation
import Synchronization

/// The threads of batches, which yield to those of logins.
///
/// A batch computes for milliseconds at a time. On the threads of everybody a login would wait for
/// it, and with as many busy threads as processors it would wait for the next tick of the kernel.
final class BatchExecutor: TaskExecutor {
    static let shared = BatchExecutor()

    /// One computes while the other takes in what the source and the store answer.
    private static let threads = 2
    /// What the kernel takes off their share of a processor that others want too; without others
    /// they have all of it.
    private static let niceness: Int32 = 10

    private let jobs = Mutex<[UnownedJob]>([])
    private let isReady = DispatchSemaphore(value: 0)

    private init() {
        for number in 1...Self.threads {
            let thread = Thread { [self] in
                _ = nice(Self.niceness)
                while true { runNext() }
            }
            thread.name = "muster.batch.\(number)"
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        isReady.signal()
    }

    private func runNext() {
        isReady.wait()
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?.runSynchronously(on: asUnownedTaskExecutor())
    }
}
