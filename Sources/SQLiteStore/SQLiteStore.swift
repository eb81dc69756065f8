public import Accounts
import GRDB

/// Keeps accounts, connections and runs in one SQLite file, for one machine.
///
/// Several processes may use the file at the same time. Reads never wait for writes, and neither
/// does opening a store that is as this version makes it.
public final class SQLiteStore: Sendable {
    /// The one connection that writes.
    let writer: DatabaseQueue
    /// The connections that read.
    ///
    /// They are not those of a pool that writes too, because opening such a pool writes to the file.
    let readers: DatabasePool
    private let stamps: StampReader
    let checkpointer: Checkpointer
    /// What requests leave behind, beside the store.
    let traces: TraceFile
    let numbers: RequestNumbers
    let path: String

    /// How the store is opened.
    public struct Settings: Sendable {
        /// How long a write waits for another process before it gives up as `busy`.
        public var busyTimeout: Duration = .seconds(5)
        /// How many reads may go on at the same time.
        public var readers = 4
        /// The memory that each connection may hold pages in, in KiB.
        public var cacheSize = 16_384
        /// Told the text of every statement before it runs, without its arguments.
        public var statementTrace: (@Sendable (String) -> Void)?
        /// The size the file may reach, in pages of 4096 bytes; nil for what the disk holds.
        public var maximumPages: Int?

        /// The settings of whoever wants nothing special.
        public init() {}
    }

    /// Opens the store at `path`, and makes it where there is none, for its owner alone.
    /// - Throws: `StoreError.unavailable` where the file cannot be used, `busy` where another
    ///   process holds one that has to be made or brought to this version.
    public convenience init(path: String, settings: Settings = Settings()) throws(StoreError) {
        try self.init(path: path, settings: settings, migrations: Schema.migrations)
    }

    init(path: String, settings: Settings, migrations: [Migration]) throws(StoreError) {
        self.path = path
        traces = TraceFile(besideStore: path, settings: settings)
        numbers = RequestNumbers(in: traces)
        let file = StoreFile(path: path)
        try file.prepare()
        do {
            let configuration = file.configuration(settings, newest: migrations.count)
            writer = try DatabaseQueue(path: path, configuration: configuration)
            try writer.writeWithoutTransaction { try Schema.prepare($0, by: migrations) }
            // Only now: these can make neither the file nor the log beside it.
            readers = try DatabasePool(path: path, configuration: configuration.readingOnly)
            stamps = try StampReader(path: path, configuration: configuration)
            checkpointer = try Checkpointer(path: path, configuration: configuration)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Closes what reads first: the last connection to close tidies up the log, which only the one
    /// that writes can do.
    deinit {
        stamps.close()
        checkpointer.close()
        try? readers.close()
    }

    /// Another number after every commit of any process.
    public var stamp: Int64? { stamps.value }
}
