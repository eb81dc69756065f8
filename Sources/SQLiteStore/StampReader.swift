import GRDB

/// Tells whether anything in the file changed, by whatever process, without reading any of it.
///
/// SQLite counts the commits of others for each connection, so this is one connection for the life
/// of the store, and it never writes: those of this store's own writer are others' to it.
final class StampReader: Sendable {
    private let connection: DatabaseQueue

    /// A reader beside the connections of a store at `path` that are opened as `configuration` says.
    init(path: String, configuration: Configuration) throws {
        connection = try DatabaseQueue(path: path, configuration: configuration.readingOnly)
        // A login asks: better no answer than a late one. Only now: somebody who closes the store
        // just then may keep it for a moment.
        try connection.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
    }

    /// Another number after every commit; nil where another process lets nobody look.
    var value: Int64? {
        let found = try? connection.unsafeRead { db in
            try db.first("PRAGMA data_version") { try $0.number(0) }
        }
        return found.flatMap(\.self)
    }

    func close() { try? connection.close() }
}
