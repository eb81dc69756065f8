import Accounts
import Foundation
import GRDB
import Roster

extension StoredPassword {
    /// Keeps the password in place of the one before.
    func put(in db: Database) throws {
        try db.run(
            """
            INSERT INTO password (account, hash, set_at) VALUES (?, ?, ?)
            ON CONFLICT (account) DO UPDATE SET hash = excluded.hash,
                set_at = excluded.set_at, must_reset = 0, failures = 0, failed_at = NULL,
                suspended_at = NULL
            """,
            [account.value, StoredText.encode(hash), setAt.milliseconds]
        )
    }

    /// The columns that `init(_:)` reads, of `password` as w.
    static let columns = """
        w.account, w.hash, w.set_at, w.must_reset, w.failures, w.failed_at, w.suspended_at
        """

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        self.init(
            account: AccountID(try row.number(0)),
            hash: try row.text(1),
            setAt: try row.timestamp(2)
        )
        mustReset = try row.flag(3)
        failures = Int(try row.number(4))
        failedAt = try row.optionalTimestamp(5)
        suspendedAt = try row.optionalTimestamp(6)
    }

    /// The password of an account.
    static func read(_ account: AccountID, in db: Database) throws -> StoredPassword? {
        try db.first(
            "SELECT \(columns) FROM password AS w WHERE w.account = ?",
            [account.value],
            StoredPassword.init
        )
    }

    /// Whether there are failures to forget, or another hash to keep in place of `old`.
    func isNews(_ old: String, _ hash: String?) -> Bool {
        self.hash == old && (failures > 0 || hash ?? old != old)
    }
}
