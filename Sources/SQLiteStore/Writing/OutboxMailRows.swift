import Accounts
import Foundation
import GRDB
import Roster

extension OutboxMail {
    /// The columns that `init(_:)` reads, of `mail` as m.
    static let columns = """
        m.id, m.tenant, m.account, m.kind, m.address, m.token, m.sealed, m.written_at, m.due_at,
        m.state, m.attempts, m.trouble
        """

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        self.init(
            id: try row.text(0),
            tenant: TenantID(try row.text(1)),
            account: AccountID(try row.number(2)),
            kind: try row.word(3, of: "a mail"),
            address: try row.text(4),
            writtenAt: try row.timestamp(7)
        )
        token = try row.decode(Data?.self, atIndex: 5).map { [UInt8]($0) }
        sealed = try row.decode(Data?.self, atIndex: 6).map { [UInt8]($0) }
        dueAt = try row.timestamp(8)
        state = try row.word(9, of: "a mail")
        attempts = Int(try row.number(10))
        trouble = try row.optionalText(11)
    }

    /// Waiting mails that nobody has in hand at `at`, the longest due first.
    static func due(at: Timestamp, limit: Int, in db: Database) throws -> [OutboxMail] {
        var mails: [OutboxMail] = []
        try db.forEach(
            """
            SELECT \(columns) FROM mail AS m
            WHERE m.state = 'waiting' AND m.due_at <= ?1
                AND (m.leased_until IS NULL OR m.leased_until <= ?1)
                AND NOT (m.kind = 'invitation' AND EXISTS (
                    SELECT 1 FROM paused_tenant AS z WHERE z.tenant = m.tenant))
            ORDER BY m.due_at, m.id LIMIT ?2
            """,
            [at.milliseconds, max(0, limit)]
        ) { mails.append(try OutboxMail($0)) }
        return mails
    }

    /// Keeps the mail as a new one, or does nothing where one of that name is kept and `orIgnore`.
    func insert(into db: Database, orIgnore: Bool = true) throws {
        try db.run(
            """
            INSERT INTO mail (id, tenant, account, kind, address, token, sealed, written_at,
                due_at, state, attempts, trouble)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            \(orIgnore ? "ON CONFLICT (id) DO NOTHING" : "")
            """,
            [
                StoredText.key(id), StoredText.key(tenant.name), account.value, kind.rawValue,
                StoredText.encode(address), token.map { Data($0) }, sealed.map { Data($0) },
                writtenAt.milliseconds, dueAt.milliseconds, state.rawValue, attempts,
                trouble.map(StoredText.encode),
            ]
        )
    }

    /// Drops the waiting mails of `accounts`, a list of numbers, whose links count no more.
    static func drop(ofAccounts accounts: String, at: Timestamp, in db: Database) throws {
        var dropped: [Int64] = []
        try db.forEach(
            """
            SELECT m.rowid FROM json_each(?1) AS j
            CROSS JOIN mail AS m ON m.account = j.value AND m.state = 'waiting'
            WHERE m.token IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM password_token AS t
                WHERE t.digest = m.token AND \(PasswordToken.isAlive))
            """,
            [accounts]
        ) { dropped.append(try $0.number(0)) }
        guard !dropped.isEmpty else { return }
        try db.run(
            """
            UPDATE mail SET state = 'dropped', sealed = NULL, settled_at = ?2
            WHERE rowid IN (SELECT value FROM json_each(?1))
            """,
            [JSONList.of(dropped), at.milliseconds]
        )
    }

    /// Keeps what became of it.
    ///
    /// What whoever took a mail before somebody else took it again says of it counts only if it was
    /// sent.
    func settle(in db: Database) throws {
        try db.run(
            """
            UPDATE mail SET state = ?2, trouble = ?3, leased_until = NULL,
                due_at = iif(?2 = 'waiting', ?4, due_at),
                sealed = iif(?2 = 'waiting', sealed, NULL),
                settled_at = iif(
                    ?2 = 'waiting', NULL, coalesce(settled_at, taken_at, due_at))
            WHERE id = ?1 AND state <> 'sent'
                AND (?2 = 'sent' OR (state = 'waiting' AND attempts = ?5))
            """,
            [
                StoredText.key(id), state.rawValue, trouble.map(StoredText.encode),
                dueAt.milliseconds, attempts,
            ]
        )
    }
}

extension MailCounts {
    /// How many mails of `tenant` have come how far.
    static func read(of tenant: TenantID, in db: Database) throws -> MailCounts {
        let name = StoredText.key(tenant.name)
        var counts = MailCounts()
        try db.forEach(
            """
            SELECT m.state, count(*), min(m.due_at) FROM mail AS m WHERE m.tenant = ?
            GROUP BY m.state
            """,
            [name]
        ) { row in
            let state: MailState = try row.word(0, of: "a mail")
            counts.states[state] = Int(try row.number(1))
            if state == .waiting { counts.oldestDue = try row.timestamp(2) }
        }
        counts.trouble = try db.first(
            """
            SELECT m.trouble FROM mail AS m
            WHERE m.tenant = ? AND m.trouble IS NOT NULL AND m.taken_at IS NOT NULL
            ORDER BY m.taken_at DESC, m.id DESC LIMIT 1
            """,
            [name]
        ) { try $0.text(0) }
        counts.isPaused =
            try db.first("SELECT 1 FROM paused_tenant WHERE tenant = ?", [name]) { _ in true }
            ?? false
        return counts
    }
}
