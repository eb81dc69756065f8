import Dispatch

/// The threads of batches: a batch computes for milliseconds at a time, and logins that waited for
/// the threads of everybody would wait for it.
final class BatchExecutor: TaskExecutor {
    static let shared = BatchExecutor()

    private let queue = DispatchQueue(
        label: "muster.batch",
        qos: .utility,
        attributes: .concurrent
    )

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
