import Accounts
import Foundation
import GRDB
import Synchronization

/// A file beside the store for what requests leave behind: their numbers, the names of signed
/// messages, and when keys were used last.
///
/// It is not the store itself because the store's stamp would change with every login, and every
/// other login would then have to read again what it remembers; nor does it wait for whoever holds
/// the store. What it keeps is worth minutes, so it is made anew where it is missing and belongs in
/// no backup.
final class TraceFile: Sendable {
    /// What is added to the name of the store.
    static let suffix = "-traces"
    /// How long a request waits for another process that writes to the file just now.
    private static let longestWait = Duration.milliseconds(250)

    private let path: String
    private let settings: SQLiteStore.Settings
    private let opened = Mutex<Opened?>(nil)

    private struct Opened {
        let queue: DatabaseQueue
        /// The number that the disk has for the file.
        let number: UInt?
    }

    /// The versions of the file, oldest first; nothing is opened before it is needed.
    private static let migrations = [
        Migration(
            name: "signed messages and the use of keys",
            sql: """
                CREATE TABLE signed_message (
                    tenant TEXT NOT NULL,
                    id TEXT NOT NULL,
                    signed_at INTEGER NOT NULL,
                    PRIMARY KEY (tenant, id)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX signed_message_by_age ON signed_message (signed_at);
                CREATE TABLE key_use (
                    name TEXT NOT NULL PRIMARY KEY,
                    used_at INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                """
        ),
        Migration(
            name: "numbers of requests",
            sql: """
                CREATE TABLE request_number (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    next INTEGER NOT NULL,
                    last INTEGER NOT NULL
                ) STRICT;
                """
        ),
    ]

    /// The file beside the store at `path`.
    init(besideStore path: String, settings: SQLiteStore.Settings) {
        self.path = path + Self.suffix
        var settings = settings
        settings.busyTimeout = min(settings.busyTimeout, Self.longestWait)
        self.settings = settings
    }

    /// Runs `body` in one transaction that outlives the process.
    ///
    /// A power cut may take the last of them along: it takes longer than a signature counts.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let queue = try queue()
        let result = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                continuation.resume(returning: Result { try SQLiteStore.transaction(in: db, body) })
            }
        }
        do {
            return try result.get()
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// The connection to the file; a new one where somebody took the file away.
    private func queue() throws(StoreError) -> DatabaseQueue {
        try opened.withLock { (opened) throws(StoreError) in
            if let opened, opened.number == fileNumber { return opened.queue }
            let file = StoreFile(path: path)
            try file.prepare()
            do {
                let configuration = file.configuration(settings, newest: Self.migrations.count)
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                try queue.writeWithoutTransaction { try Schema.prepare($0, by: Self.migrations) }
                opened = Opened(queue: queue, number: fileNumber)
                return queue
            } catch {
                throw StoreError(error, path: path)
            }
        }
    }

    private var fileNumber: UInt? {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? facts.st_ino : nil
    }
}
