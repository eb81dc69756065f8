import Accounts
import Foundation
import GRDB
import Roster

/// Uses up a link and sets a password, within one transaction.
struct Redemption {
    let digest: [UInt8]
    /// What the password can be checked with; nil where the host keeps it.
    let hash: String?
    let mail: (@Sendable (Account) -> OutboxMail)?
    let at: Timestamp
    let db: Database

    /// Whose password it is; nil where the link counts no more.
    func run() throws -> AccountID? {
        guard let token = try PasswordToken.read(digest, at: at, in: db) else { return nil }
        let id = token.account
        let before = try account(id).credential
        guard try use() else { return nil }
        try PasswordToken.void(ofAccounts: JSONList.of([id.value]), at: at, in: db)
        try keepPassword(of: id)
        try db.run(
            """
            UPDATE account SET credential = ?2, version = version + 1
            WHERE id = ?1 AND credential <> ?2
            """,
            [id.value, (hash == nil ? Credential.host : .none).stored]
        )
        let after = try account(id)
        var changes = ChangeSet(tenant: after.tenant, run: nil, cause: .person, at: at)
        changes.history = [.setPassword(of: id, from: before, to: after.credential)]
        var writer = ChangeSetWriter(changes, in: db)
        try writer.write()
        try mail?(after).addressed(to: after)?.insert(into: db)
        return id
    }

    /// The one place where it shows who was first.
    private func use() throws -> Bool {
        try db.run(
            """
            UPDATE password_token AS t SET used_at = ?1
            WHERE t.digest = ?2 AND \(PasswordToken.isAlive) AND \(PasswordToken.counts)
            """,
            [at.milliseconds, Data(digest)]
        )
        return db.changesCount == 1
    }

    private func keepPassword(of account: AccountID) throws {
        if let hash {
            try StoredPassword(account: account, hash: hash, setAt: at).put(in: db)
        } else {
            try db.run("DELETE FROM password WHERE account = ?", [account.value])
        }
    }

    private func account(_ id: AccountID) throws -> Account {
        var people = PeopleReader(db)
        try people.readWithoutLinks([id.value])
        guard let account = people.accounts[id.value] else {
            throw DamagedRow(subject: "the links of account \(id.value)")
        }
        return account
    }
}

extension OutboxMail {
    /// The same mail, to the person of `account`; nil where she has no address.
    fileprivate func addressed(to account: Account) -> OutboxMail? {
        guard let address = account.email else { return nil }
        var mail = OutboxMail(
            id: id,
            tenant: account.tenant,
            account: account.id,
            kind: kind,
            address: address,
            writtenAt: writtenAt
        )
        mail.dueAt = dueAt
        return mail
    }
}
