import CProcessors
import Dispatch
import Foundation
import GRDB
import Synchronization

/// Copies the write-ahead log into the store, beside the connection that writes, on a thread of its
/// own that yields to those of logins.
///
/// SQLite would have the writer do it after a commit, and logins that wait for the writer would
/// wait for the disk too.
final class Checkpointer: Sendable {
    /// The length of the log, in pages of 4096 bytes, at which the writer itself copies the rest, so
    /// that the log can begin anew though somebody always writes.
    static let longestLog = 8192
    /// After how many changed rows it is time; a row is one page or two.
    private static let pause = 4000

    /// What the kernel takes off the thread's share of a processor that others want too.
    private static let niceness: Int32 = 10

    private let work: Work

    /// What the thread shares with whoever writes; it outlives the store by what it is doing.
    private final class Work: Sendable {
        let connection: DatabaseQueue
        let progress = Mutex(Progress())
        let isTime = DispatchSemaphore(value: 0)
        let isOver = DispatchSemaphore(value: 0)

        init(_ connection: DatabaseQueue) { self.connection = connection }

        func run() {
            while true {
                isTime.wait()
                guard !progress.withLock({ $0.isClosed }) else { break }
                // What could not be copied now is copied the next time.
                _ = try? connection.writeWithoutTransaction { try $0.checkpoint(.passive) }
                progress.withLock { $0.isGoingOn = false }
            }
            try? connection.close()
            isOver.signal()
        }
    }

    private struct Progress {
        /// The count of changed rows at which it was done last.
        var last = 0
        var isGoingOn = false
        var isClosed = false
    }

    /// One for the store at `path`, with a connection of its own, opened as `configuration` says.
    init(path: String, configuration: Configuration) throws {
        work = Work(try DatabaseQueue(path: path, configuration: configuration))
        let thread = Thread { [work] in
            _ = nice(Self.niceness)
            // Logins have a processor on which nothing is copied, if there is another.
            _ = muster_leave_first_processor(true)
            work.run()
        }
        thread.name = "muster.log"
        thread.start()
    }

    /// Notes how many rows the connection that writes has changed since it was opened, and copies
    /// what is in the log where that is enough.
    ///
    /// Nobody waits for it. The connection that writes may say so when the store is closed already.
    /// - Returns: Whether something is copied.
    @discardableResult
    func note(changedRows rows: Int) -> Bool {
        let isTime = work.progress.withLock { progress in
            guard !progress.isClosed, !progress.isGoingOn, rows - progress.last >= Self.pause else {
                return false
            }
            progress.isGoingOn = true
            progress.last = rows
            return true
        }
        if isTime { work.isTime.signal() }
        return isTime
    }

    /// Waits for what goes on, and closes the connection.
    func close() {
        let isFirst = work.progress.withLock { progress in
            defer { progress.isClosed = true }
            return !progress.isClosed
        }
        guard isFirst else { return }
        work.isTime.signal()
        work.isOver.wait()
    }
}
