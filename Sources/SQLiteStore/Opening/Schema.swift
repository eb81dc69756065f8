import GRDB

/// One step from a version of the store to the next; never edited once it was shipped.
struct Migration: Sendable {
    /// What the step is for, in a few words.
    let name: String
    /// The statements of the step.
    let sql: String
}

/// The versions of the store, oldest first.
enum Schema {
    /// Marks a file as a store of Muster: the letters `Must`.
    static let applicationID = 0x4D75_7374

    /// Every step; the version of a store is the number of steps it has taken.
    static let migrations = [Migration(name: "first schema", sql: firstSchema)]

    /// Brings a store to the newest of `migrations`, each step in a transaction of its own.
    static func migrate(_ db: Database, by migrations: [Migration]) throws {
        for (index, migration) in migrations.enumerated() {
            try db.inTransaction(.immediate) {
                // Another process may have taken the step while this one waited for the lock.
                guard try version(of: db) == index else { return .rollback }
                try db.execute(sql: migration.sql)
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    /// The number of steps the store has taken.
    static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }
}
