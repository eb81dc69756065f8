import GRDB
import Synchronization

/// Copies the write-ahead log into the store, beside the connection that writes.
///
/// SQLite would have the writer do it after a commit, and logins that wait for the writer would
/// wait for the disk too.
final class Checkpointer: Sendable {
    /// The length of the log, in pages of 4096 bytes, at which the writer itself copies the rest, so
    /// that the log can begin anew though somebody always writes.
    static let longestLog = 8192
    /// After how many changed rows it is time; a row is one page or two.
    private static let pause = 1000

    private let connection: DatabaseQueue
    private let progress = Mutex(Progress())

    private struct Progress {
        /// The count of changed rows at which it was done last.
        var last = 0
        var isGoingOn = false
        var isClosed = false
    }

    /// One for the store at `path`, with a connection of its own, opened as `configuration` says.
    init(path: String, configuration: Configuration) throws {
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Notes how many rows the connection that writes has changed since it was opened, and copies
    /// what is in the log where that is enough.
    ///
    /// Nobody waits for it. The connection that writes may say so when the store is closed already.
    /// - Returns: Whether something is copied.
    @discardableResult
    func note(changedRows rows: Int) -> Bool {
        let isTime = progress.withLock { progress in
            guard !progress.isClosed, !progress.isGoingOn, rows - progress.last >= Self.pause else {
                return false
            }
            progress.isGoingOn = true
            progress.last = rows
            return true
        }
        guard isTime else { return false }
        connection.asyncWriteWithoutTransaction { [self] db in
            // What could not be copied now is copied the next time; of a store that was closed
            // meanwhile there is no connection any more.
            if db.sqliteConnection != nil { _ = try? db.checkpoint(.passive) }
            progress.withLock { $0.isGoingOn = false }
        }
        return true
    }

    func close() {
        progress.withLock { $0.isClosed = true }
        try? connection.close()
    }
}
