import Accounts
import Foundation
import GRDB
import Roster

extension PasswordToken {
    /// The columns that `init(_:)` reads, of `password_token` as t.
    static let columns = "t.digest, t.account, t.purpose, t.issued_at, t.expires_at, t.run"

    /// What holds of a link that was neither used nor made void, in the words of the index.
    static let isAlive = "t.used_at IS NULL AND t.voided_at IS NULL"

    /// What holds of a link that counts at ?1, beside `isAlive`.
    static let counts = """
        t.expires_at > ?1 AND EXISTS (
            SELECT 1 FROM account AS a
            WHERE a.id = t.account AND a.status = 'active' AND NOT \(Account.neverHasPassword))
        """

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        self.init(
            digest: try row.bytes(0),
            account: AccountID(try row.number(1)),
            purpose: try row.word(2, of: "a link to set a password"),
            issuedAt: try row.timestamp(3),
            expiresAt: try row.timestamp(4)
        )
        run = try row.optionalNumber(5).map(RunID.init)
    }

    /// The link with this digest, if it counts.
    static func read(_ digest: [UInt8], at: Timestamp, in db: Database) throws -> PasswordToken? {
        try db.first(
            """
            SELECT \(columns) FROM password_token AS t
            WHERE t.digest = ?2 AND \(isAlive) AND \(counts)
            """,
            [at.milliseconds, Data(digest)],
            PasswordToken.init
        )
    }

    /// Keeps the link as a new one.
    func insert(into db: Database) throws {
        try db.run(
            """
            INSERT INTO password_token (digest, account, purpose, issued_at, expires_at, run)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                Data(digest), account.value, purpose.rawValue, issuedAt.milliseconds,
                expiresAt.milliseconds, run?.value,
            ]
        )
    }

    /// Makes every link of `accounts`, a list of numbers, void, and drops the mails that carry one.
    static func void(
        ofAccounts accounts: String,
        purpose: TokenPurpose? = nil,
        at: Timestamp,
        in db: Database
    ) throws {
        try db.run(
            """
            UPDATE password_token AS t SET voided_at = ?2
            WHERE t.account IN (SELECT value FROM json_each(?1))
                AND t.purpose IN (SELECT value FROM json_each(?3)) AND \(isAlive)
            """,
            [
                accounts, at.milliseconds,
                JSONList.of((purpose.map { [$0] } ?? TokenPurpose.allCases).map(\.rawValue)),
            ]
        )
        try OutboxMail.drop(ofAccounts: accounts, at: at, in: db)
    }
}
