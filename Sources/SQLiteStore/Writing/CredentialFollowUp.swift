import Accounts
import GRDB
import Roster

/// What follows from a change set for the passwords, links and mails of its accounts.
struct CredentialFollowUp {
    let changes: ChangeSet
    let db: Database

    func run() throws {
        let losing = Set(changes.accounts.filter(\.voidsTokens).map(\.after.id.value))
        if !losing.isEmpty {
            try PasswordToken.void(ofAccounts: JSONList.of(losing), at: changes.at, in: db)
        }
        for write in changes.accounts {
            guard let before = write.before else { continue }
            try tell(write)
            let status = write.after.status
            if (before.status == .active) != (status == .active) { try note(status, of: write) }
        }
    }

    private func tell(_ write: AccountWrite) throws {
        let mails = write.addressMails(at: changes.at)
        guard !mails.isEmpty else { return }
        let hasPassword = try db.first(
            "SELECT 1 FROM password WHERE account = ?",
            [write.after.id.value]
        ) { _ in true }
        guard hasPassword != nil else { return }
        for mail in mails where try !isAnothers(mail) { try mail.insert(into: db) }
    }

    /// Whether the address is somebody else's by now, whom it does not concern.
    private func isAnothers(_ mail: OutboxMail) throws -> Bool {
        let holder = try db.first(
            "SELECT 1 FROM account AS a WHERE a.tenant = ? AND a.email = ? AND a.id <> ?",
            [
                StoredText.key(mail.tenant.name), StoredText.key(mail.address), mail.account.value,
            ]
        ) { _ in true }
        return holder ?? false
    }

    /// Notes since when an account is suspended, or what follows from how long it was.
    private func note(_ status: AccountStatus, of write: AccountWrite) throws {
        let id = write.after.id.value
        guard status == .active else {
            return try db.run(
                "UPDATE password SET suspended_at = ?2 WHERE account = ?1 AND suspended_at IS NULL",
                [id, changes.at.milliseconds]
            )
        }
        let latest = changes.at.advanced(by: .zero - StoredPassword.returnersLimit)
        try db.run(
            """
            UPDATE password SET must_reset = max(must_reset, suspended_at < ?2),
                suspended_at = NULL
            WHERE account = ?1 AND suspended_at IS NOT NULL
            """,
            [id, latest.milliseconds]
        )
    }
}
