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
    static let migrations = [
        Migration(name: "first schema", sql: firstSchema),
        Migration(name: "keys of applications", sql: accessKeys),
        Migration(name: "losses of logins", sql: losses),
        Migration(name: "history as a feed", sql: feed),
        Migration(name: "subjects of hosts", sql: subjects),
        Migration(name: "what runs came to", sql: runCounts),
        Migration(name: "plans", sql: plans),
        Migration(name: "accounts that plans give", sql: plannedAccounts),
        Migration(name: "staged people in turns", sql: turns),
        Migration(name: "pins and exact history", sql: pins),
        Migration(name: "erased records", sql: erasure),
        Migration(name: "kinds of runs", sql: runKinds),
        Migration(name: "schedules", sql: schedules),
        Migration(name: "decisions about records", sql: review),
        Migration(name: "losses by lists", sql: lossesByLists),
        Migration(name: "milestones of runs", sql: milestones),
        Migration(name: "what erasures look for", sql: erasureSearch),
        Migration(name: "runs that are asked to end", sql: endings),
        Migration(name: "passwords and mails", sql: credentials),
        Migration(name: "numbers of people", sql: numbers),
        Migration(name: "contacts of pupils", sql: guardianships),
        Migration(name: "ids that changed", sql: changedIDs),
        Migration(name: "plans that were carried out", sql: carriedOut),
        Migration(name: "records with candidates", sql: candidates),
        Migration(name: "lists that were counted", sql: countedLists),
        Migration(name: "what runs were asked for", sql: orders),
        Migration(name: "runs in the order of their beginning", sql: runNumbers),
    ]

    /// Makes the store one of the newest of `migrations`, with a write-ahead log; only reads where
    /// it is that already, so that a store to which another process writes can be opened.
    static func prepare(_ db: Database, by migrations: [Migration]) throws {
        if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            guard mode == "wal" else {
                throw DatabaseError(
                    resultCode: .SQLITE_ERROR,
                    message: "there is no write-ahead log on its disk"
                )
            }
        }
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = \(Checkpointer.longestLog)")
        guard try version(of: db) < migrations.count else { return }
        try Durability.survivesPowerCut.hold(in: db) { try migrate(db, by: migrations) }
    }

    /// Brings a store to the newest of `migrations`, each step in a transaction of its own.
    private static func migrate(_ db: Database, by migrations: [Migration]) throws {
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
