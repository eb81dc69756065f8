import GRDB

/// Takes away a connection and what was learnt through it; accounts and their history stay.
struct ConnectionRemoval {
    let connection: Int64
    let db: Database

    private static let records = "SELECT id FROM record WHERE connection = ?1"
    private static let classes = "SELECT id FROM class WHERE connection = ?1"

    func run() throws {
        // An account that loses something was written to: plans made before are stale.
        try db.run(
            """
            UPDATE account SET version = version + 1
            WHERE home IN (\(Self.records))
                OR id IN (
                    SELECT account FROM membership
                    WHERE given_by IN (\(Self.records)) OR class IN (\(Self.classes)))
                OR id IN (SELECT account FROM privilege WHERE given_by IN (\(Self.records)))
                OR id IN (
                    SELECT account FROM guardianship
                    WHERE given_by IN (\(Self.records)) OR contact IN (\(Self.records)))
            """,
            [connection]
        )
        try db.run("DELETE FROM membership WHERE given_by IN (\(Self.records))", [connection])
        try db.run("DELETE FROM privilege WHERE given_by IN (\(Self.records))", [connection])
        try db.run("DELETE FROM guardianship WHERE given_by IN (\(Self.records))", [connection])
        // Everything else goes, or is set to NULL, by the foreign keys.
        try db.run("DELETE FROM connection WHERE id = ?", [connection])
    }
}
