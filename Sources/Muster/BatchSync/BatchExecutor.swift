import CProcessors
import Dispatch
import Foundation
import Synchronization

/// The threads of batches, which yield to those of logins.
///
/// A batch computes for milliseconds at a time. On the threads of everybody a login would wait for
/// it, and with as many busy threads as processors it would wait for the next tick of the kernel:
/// so while people log in, one processor is theirs.
final class BatchExecutor: TaskExecutor {
    static let shared = BatchExecutor()

    /// One computes while the other takes in what the source and the store answer.
    private static let threads = 2
    /// What the kernel takes off their share of a processor that others want too; without others
    /// they have all of it.
    private static let niceness: Int32 = 10
    /// For how long after a login its processor is left to the next one, in nanoseconds.
    private static let courtesy: UInt64 = 1_000_000_000
    /// For how long after a login steps stay small for the next one, in nanoseconds.
    private static let expectation: UInt64 = 60_000_000_000
    /// When somebody logged in last, in nanoseconds of the machine's uptime; 0 for never.
    private static let lastLogin = Atomic<UInt64>(0)

    private let jobs = Mutex<[UnownedJob]>([])
    private let isReady = DispatchSemaphore(value: 0)

    private init() {
        for number in 1...Self.threads {
            let thread = Thread { [self] in
                _ = nice(Self.niceness)
                var makesWay = false
                while true { runNext(&makesWay) }
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

    /// Somebody logs in: from its next job on, a batch leaves one processor to logins for a while.
    static func makeWay() {
        lastLogin.store(DispatchTime.now().uptimeNanoseconds, ordering: .relaxed)
    }

    /// Lets a login that waits for this processor go first, where the caller runs on a thread of a
    /// batch and people log in.
    ///
    /// The kernel gives a thread that wakes the processor only at its next tick, milliseconds later.
    static func giveWay() { muster_give_way() }

    /// Whether somebody logged in so lately that the next one is likely soon.
    static var isBesideLogins: Bool { sawLogin(within: expectation) }

    private static func sawLogin(within nanoseconds: UInt64) -> Bool {
        let login = lastLogin.load(ordering: .relaxed)
        return login > 0 && DispatchTime.now().uptimeNanoseconds < login + nanoseconds
    }

    /// Runs one job; `makesWay` is whether the calling thread leaves a processor to logins.
    private func runNext(_ makesWay: inout Bool) {
        isReady.wait()
        guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
        let isBusy = Self.sawLogin(within: Self.courtesy)
        if isBusy != makesWay {
            makesWay = isBusy
            // With one processor, or none that may be chosen, the kernel alone shares them out.
            _ = muster_leave_first_processor(isBusy)
        }
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
