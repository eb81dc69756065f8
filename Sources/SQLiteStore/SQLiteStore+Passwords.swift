public import Accounts
import Foundation
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore: CredentialStore {
    public func password(of account: AccountID) async throws(StoreError) -> StoredPassword? {
        try await read { db in try StoredPassword.read(account, in: db) }
    }

    public func noteFailure(of account: AccountID, at: Timestamp) async throws(StoreError) {
        // Of somebody without a password, another row is written as it was: a page that is written
        // or not would tell by the time it takes who has one.
        try await write(.survivesCrash) { db in
            try db.run(
                """
                UPDATE password SET failures = failures + (account = ?1),
                    failed_at = iif(account = ?1, max(ifnull(failed_at, ?2), ?2), failed_at)
                WHERE account = ifnull(
                    (SELECT account FROM password WHERE account = ?1),
                    (SELECT min(account) FROM password)
                )
                """,
                [account.value, at.milliseconds]
            )
        }
    }

    public func noteSuccess(
        of account: AccountID,
        replacing old: String,
        by hash: String?
    ) async throws(StoreError) {
        let isNews = try await read { db in
            try StoredPassword.read(account, in: db)?.isNews(old, hash) ?? false
        }
        guard isNews else { return }
        try await write(.survivesCrash) { db in
            try db.run(
                """
                UPDATE password SET failures = 0, failed_at = NULL, hash = ?3
                WHERE account = ?1 AND hash = ?2
                """,
                [
                    account.value, StoredText.encode(old), StoredText.encode(hash ?? old),
                ]
            )
        }
    }

    public func issue(
        _ token: PasswordToken,
        in mail: OutboxMail
    ) async throws(StoreError) -> Bool {
        // Who reads the link must find it, whatever happened since.
        try await write(.survivesPowerCut) { db in
            guard try db.mayIssue(token, in: mail) else { return false }
            let accounts = JSONList.of([token.account.value])
            try PasswordToken.void(
                ofAccounts: accounts,
                purpose: token.purpose,
                at: token.issuedAt,
                in: db
            )
            try token.insert(into: db)
            var mail = mail
            mail.token = token.digest
            try mail.insert(into: db, orIgnore: false)
            return true
        }
    }

    public func token(
        digest: [UInt8],
        at: Timestamp
    ) async throws(StoreError) -> PasswordToken? {
        try await read { db in try PasswordToken.read(digest, at: at, in: db) }
    }

    public func issues(
        of purpose: TokenPurpose,
        for account: AccountID,
        since: Timestamp
    ) async throws(StoreError) -> [Timestamp] {
        try await read { db in
            var moments: [Timestamp] = []
            try db.forEach(
                """
                SELECT t.issued_at FROM password_token AS t
                WHERE t.account = ? AND t.purpose = ? AND t.issued_at >= ? ORDER BY t.issued_at
                """,
                [account.value, purpose.rawValue, since.milliseconds]
            ) { moments.append(try $0.timestamp(0)) }
            return moments
        }
    }

    public func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID? {
        // Whoever guesses must not make anybody wait who writes.
        let isThere = try await read { db in
            try PasswordToken.read(digest, at: at, in: db) != nil
        }
        guard isThere else { return nil }
        return try await write(.survivesPowerCut) { db in
            try Redemption(digest: digest, hash: hash, mail: mail, at: at, db: db).run()
        }
    }

    public func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) async throws(StoreError) -> [Account] {
        try await read { db in
            var ids: [Int64] = []
            try db.forEach(
                Self.uninvited,
                [
                    StoredText.key(tenant.name), after?.value ?? .min, school.connection.value,
                    StoredText.key(school.school), at.milliseconds, max(0, limit),
                ]
            ) { ids.append(try $0.number(0)) }
            var people = PeopleReader(db)
            try people.readWithoutLinks(Set(ids))
            return ids.compactMap { people.accounts[$0] }
        }
    }

    /// In the order of the numbers, without an index of a tenant's accounts: pages follow each other.
    private static let uninvited = """
        SELECT a.id FROM account AS a
        WHERE a.id > ?2 AND +a.tenant = ?1 AND a.status = 'active' AND a.credential = 'none'
            AND NOT \(Account.neverHasPassword)
            AND NOT EXISTS (SELECT 1 FROM password AS w WHERE w.account = a.id)
            AND NOT EXISTS (
                SELECT 1 FROM password_token AS t
                WHERE t.account = a.id AND \(PasswordToken.isAlive) AND t.expires_at > ?5)
            AND EXISTS (
                SELECT 1 FROM link AS l CROSS JOIN record AS r ON r.id = l.record
                WHERE l.account = a.id AND \(LinkState.presence)
                    AND r.connection = ?3 AND r.school = ?4)
        ORDER BY a.id LIMIT ?6
        """
}

extension Database {
    /// Whether somebody may get a link: an active account of that address where people have
    /// passwords here.
    fileprivate func mayIssue(_ token: PasswordToken, in mail: OutboxMail) throws -> Bool {
        guard mail.account == token.account else { return false }
        let found = try first(
            """
            SELECT 1 FROM account AS a
            WHERE a.id = ? AND a.tenant = ? AND a.status = 'active' AND a.email = ?
                AND NOT \(Account.neverHasPassword)
            """,
            [
                token.account.value, StoredText.key(mail.tenant.name), StoredText.key(mail.address),
            ]
        ) { _ in true }
        return found ?? false
    }
}
