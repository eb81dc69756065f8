public import Accounts
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore {
    public func add(_ request: ResetRequest) async throws(StoreError) {
        try await write(.survivesCrash) { db in
            try db.run(
                "INSERT INTO reset_request (tenant, email, at) VALUES (?, ?, ?)",
                [
                    StoredText.key(request.tenant.name), StoredText.key(request.email),
                    request.at.milliseconds,
                ]
            )
        }
    }

    public func requests(limit: Int) async throws(StoreError) -> [ResetRequest] {
        try await read { db in
            var requests: [ResetRequest] = []
            try db.forEach(
                """
                SELECT q.id, q.tenant, q.email, q.at FROM reset_request AS q
                WHERE q.id > 0 ORDER BY q.id LIMIT ?
                """,
                [max(0, limit)]
            ) { row in
                var request = ResetRequest(
                    tenant: TenantID(try row.text(1)),
                    email: try row.text(2),
                    at: try row.timestamp(3)
                )
                request.id = try row.number(0)
                requests.append(request)
            }
            return requests
        }
    }

    public func forget(request: Int64) async throws(StoreError) {
        try await write(.survivesCrash) { db in
            try db.run("DELETE FROM reset_request WHERE id = ?", [request])
        }
    }

    public func add(_ mail: OutboxMail) async throws(StoreError) {
        try await write(.survivesCrash) { db in try mail.insert(into: db) }
    }

    public func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail] {
        // Mostly there is nothing, and a look need not wait for whoever writes.
        let isDue = try await read { db in
            try !OutboxMail.due(at: at, limit: min(1, limit), in: db).isEmpty
        }
        guard isDue else { return [] }
        return try await write(.survivesCrash) { db in
            let due = try OutboxMail.due(at: at, limit: limit, in: db)
            try db.run(
                """
                UPDATE mail SET attempts = attempts + 1, taken_at = ?2, leased_until = ?3
                WHERE id IN (SELECT value FROM json_each(?1))
                """,
                [
                    JSONList.of(due.map { StoredText.key($0.id) }), at.milliseconds,
                    until.milliseconds,
                ]
            )
            return due.map { mail in
                var mail = mail
                mail.attempts += 1
                return mail
            }
        }
    }

    public func settle(_ mail: OutboxMail) async throws(StoreError) {
        try await write(.survivesCrash) { db in
            try mail.settle(in: db)
        }
    }

    public func isWaiting(mail id: String) async throws(StoreError) -> Bool {
        try await read { db in
            try db.first(
                "SELECT m.state = 'waiting' FROM mail AS m WHERE m.id = ?",
                [StoredText.key(id)]
            ) { try $0.flag(0) } ?? false
        }
    }

    public func mailCounts(of tenant: TenantID) async throws(StoreError) -> MailCounts {
        try await read { db in try MailCounts.read(of: tenant, in: db) }
    }

    public func setPaused(_ isPaused: Bool, of tenant: TenantID) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in
            try db.run(
                isPaused
                    ? "INSERT OR IGNORE INTO paused_tenant (tenant) VALUES (?)"
                    : "DELETE FROM paused_tenant WHERE tenant = ?",
                [StoredText.key(tenant.name)]
            )
        }
    }

    public func forgetMails(before: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await write(.survivesCrash) { db in
            try db.run(
                """
                DELETE FROM mail WHERE id IN (
                    SELECT m.id FROM mail AS m WHERE m.settled_at < ?
                    ORDER BY m.settled_at, m.id LIMIT ?)
                """,
                [before.milliseconds, max(0, limit)]
            )
            let mails = db.changesCount
            try db.run(
                """
                DELETE FROM password_token WHERE digest IN (
                    SELECT t.digest FROM password_token AS t
                    WHERE ifnull(t.used_at, t.voided_at) < ?
                    ORDER BY ifnull(t.used_at, t.voided_at), t.digest LIMIT ?)
                """,
                [before.milliseconds, max(0, limit - mails)]
            )
            return mails + db.changesCount
        }
    }
}
