public import Accounts
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore {
    public func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        try await read { db in try Dossier.read(account, in: db) }
    }

    public func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        let records = try await write(.survivesPowerCut) { db in
            try Erasure(account: account, tenant: tenant, at: at, db: db).run()
        }
        // Best effort: where somebody reads for long, the log goes when the next one is begun.
        try? await writer(holds: Self.emptyLog)
        return records
    }

    /// How long an erasure waits for those who read, before it leaves the log as it is.
    private static let patienceMilliseconds = 500

    /// Moves the write-ahead log into the store and cuts it to nothing, so that neither keeps what
    /// was deleted.
    private static func emptyLog(_ db: Database) throws {
        let before = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 0
        try db.execute(sql: "PRAGMA busy_timeout = \(patienceMilliseconds)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(before)") }
        try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }

    public func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        guard !keys.isEmpty else { return [] }
        return try await read { db in
            // Most stores never erased anybody, and a batch asks about all newcomers.
            guard try ErasedRecords.areKept(in: db) else { return [] }
            let digests = try ErasedRecords(db)
            let known = try digests.known(keys.map { digests.digest(of: $0, tenant) })
            return keys.filter { known.contains(digests.digest(of: $0, tenant)) }
        }
    }

    public func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try await write(.survivesPowerCut) { db in
            let digests = try ErasedRecords(db)
            try db.run(
                "DELETE FROM erased WHERE digest IN (SELECT value FROM json_each(?))",
                [JSONList.of(keys.map { digests.digest(of: $0, tenant) })]
            )
            return db.changesCount
        }
    }

    public func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await write(.survivesCrash) { db in
            var oldest: [(id: Int64, at: Int64)] = []
            try db.forEach(
                "SELECT h.id, h.at FROM history AS h WHERE h.tenant = ? ORDER BY h.id LIMIT ?",
                [StoredText.key(tenant.name), max(0, limit)]
            ) { oldest.append((try $0.number(0), try $0.number(1))) }
            let forgotten = oldest.prefix { $0.at < before.milliseconds }
            guard !forgotten.isEmpty else { return 0 }
            try db.run(
                "DELETE FROM history WHERE id IN (SELECT value FROM json_each(?))",
                [JSONList.of(forgotten.map(\.id))]
            )
            return forgotten.count
        }
    }

    public func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        let milestones = RunMilestone.allCases.map(\.condition)
        let kept = (milestones + ["\(RunMilestone.complete.condition) AND state = 'completed'"]).map
        { condition in
            """
            AND r.id NOT IN (
                SELECT * FROM (
                    SELECT id FROM run WHERE connection = ?1 AND \(condition)
                    ORDER BY number DESC LIMIT 1))
            """
        }
        return try await write(.survivesCrash) { db in
            try db.run(
                """
                DELETE FROM run WHERE id IN (
                    SELECT r.id FROM run AS r
                    WHERE r.connection = ?1 AND r.started_at < ?2 AND r.state <> 'running'
                    \(kept.joined(separator: "\n"))
                    ORDER BY r.started_at, r.id LIMIT ?3)
                """,
                [connection.value, before.milliseconds, max(0, limit)]
            )
            return db.changesCount
        }
    }
}
