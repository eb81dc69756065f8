import Foundation
import GRDB
import SQLiteStore

/// The rows that a first load leaves behind, inserted into an empty store and nothing else.
///
/// The tables and their indexes are the store's own; its triggers and foreign keys are left out.
/// Reading the rows from the loaded store is not counted.
enum BareInsert {
    private static let tables = ["record", "account", "class", "link", "membership"]
    private static let rowsInTransaction = 5000

    static func measure(from source: String, into target: String) throws -> Measurement {
        do { _ = try SQLiteStore(path: target) }
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let loaded = try DatabaseQueue(path: source, configuration: configuration)
        let empty = try DatabaseQueue(path: target, configuration: configuration)
        try empty.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            for name in try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            ) { try db.execute(sql: "DROP TRIGGER \(name)") }
        }
        var total = Measurement()
        for table in tables {
            try loaded.read { db in
                let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table)")
                while case let batch = try take(rows), !batch.isEmpty {
                    let start = (ContinuousClock.now, usedCPU())
                    try insert(batch, into: table, of: empty)
                    let time = ContinuousClock.now - start.0
                    total.seconds +=
                        Double(time.components.attoseconds) / 1e18
                        + Double(time.components.seconds)
                    total.cpu += usedCPU() - start.1
                    total.count += batch.count
                }
            }
        }
        return total
    }

    private static func take(_ rows: RowCursor) throws -> [[DatabaseValue]] {
        var batch: [[DatabaseValue]] = []
        while batch.count < rowsInTransaction, let row = try rows.next() {
            batch.append(Array(row.databaseValues))
        }
        return batch
    }

    private static func insert(
        _ rows: [[DatabaseValue]],
        into table: String,
        of queue: DatabaseQueue
    ) throws {
        let places = rows[0].map { _ in "?" }.joined(separator: ", ")
        try queue.write { db in
            let statement = try db.cachedStatement(
                sql: "INSERT INTO \(table) VALUES (\(places))"
            )
            for row in rows { try statement.execute(arguments: StatementArguments(row)) }
        }
    }
}
