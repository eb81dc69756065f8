import Accounts
import CProcessors
import Foundation
import GRDB
import GRDBSQLite

/// The file of a store, before it is opened.
struct StoreFile: Sendable {
    let path: String

    /// Makes the file where there is none, readable and writable by its owner alone, and refuses
    /// what cannot be a store.
    func prepare() throws(StoreError) {
        guard !path.isEmpty else {
            throw .unavailable(reason: "The store has no name; name a file with --store.")
        }
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return try create() }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR:
            throw .unavailable(
                reason: "\(path) is a folder and not a store; name a file with --store."
            )
        default:
            throw .unavailable(
                reason: "\(path) is not a regular file; name another one with --store."
            )
        }
    }

    private func create() throws(StoreError) {
        // The files that SQLite puts beside it get the same mode.
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor < 0 else {
            close(descriptor)
            return
        }
        switch errno {
        case EEXIST: return  // Another process was faster.
        case ENOENT, ENOTDIR:
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            throw .unavailable(
                reason: "The folder \(folder) of the store does not exist; "
                    + "make it or name another file with --store."
            )
        case let code:
            let why = String(cString: strerror(code))
            throw .unavailable(
                reason: "The store \(path) cannot be made (\(why)); "
                    + "change that or name another file with --store."
            )
        }
    }

    /// How connections to the file are opened; each looks at what it was given before anything is
    /// written.
    func configuration(_ settings: SQLiteStore.Settings, newest: Int) -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = max(1, settings.readers)
        let (seconds, attoseconds) = settings.busyTimeout.components
        configuration.busyMode = .timeout(Double(seconds) + Double(attoseconds) * 1e-18)
        configuration.prepareDatabase { db in
            if let trace = settings.statementTrace {
                db.trace { event in
                    if case .statement(let statement) = event { trace(statement.sql) }
                }
            }
            letLoginsGoFirst(db)
            try refuseStrangers(db, newest: newest)
            // What is deleted or replaced is written over, and so is what a page held before its
            // rows went to another one: to ask for it later, where something secret goes, is too late.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // In KiB: of a large school the default holds not even the inner pages of the indexes.
            try db.execute(sql: "PRAGMA cache_size = -\(settings.cacheSize)")
            if let pages = settings.maximumPages {
                try db.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        return configuration
    }

    /// Has long statements of a batch give way to logins that wait for the processor.
    private func letLoginsGoFirst(_ db: Database) {
        // Of SQLite's machine, some tenths of a millisecond.
        let instructions: CInt = 2000
        unsafe sqlite3_progress_handler(
            db.sqliteConnection,
            instructions,
            { _ in
                muster_give_way()
                return 0
            },
            nil
        )
    }

    private func refuseStrangers(_ db: Database, newest: Int) throws {
        var application = 0
        var version = 0
        var isEmpty = false
        // One moment's state: another process may be making the store just now.
        try db.inTransaction(.deferred) {
            application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            version = try Schema.version(of: db)
            isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
            return .commit
        }
        guard application == Schema.applicationID || (application == 0 && isEmpty) else {
            throw StoreError.unavailable(
                reason: "\(path) is a database of another program; "
                    + "name another file with --store."
            )
        }
        guard version <= newest else {
            throw StoreError.unavailable(
                reason: "The store \(path) was written by a newer version of Muster "
                    + "(store version \(version), this program knows \(newest)); "
                    + "install that version or name another file with --store."
            )
        }
    }
}

extension Configuration {
    /// The same for connections that only read.
    var readingOnly: Configuration {
        var configuration = self
        configuration.readonly = true
        return configuration
    }
}
