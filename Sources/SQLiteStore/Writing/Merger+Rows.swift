import Accounts
import GRDB
import Roster

extension Merger {
    /// Makes what hosts call the one account, and its former addresses, those of the other.
    func passOnNames(in db: Database) throws {
        let arguments: StatementArguments = [from.value, into.value]
        try db.run("UPDATE subject SET account = ?2 WHERE account = ?1", arguments)
        try db.run(
            """
            INSERT INTO former_email (email, account, at)
            SELECT f.email, ?2, f.at FROM former_email AS f WHERE f.account = ?1
            ON CONFLICT (email, account) DO UPDATE SET at = max(at, excluded.at)
            """,
            arguments
        )
        try db.run("DELETE FROM former_email WHERE account = ?", [from.value])
    }

    /// Forgets the password and the links of the account that is given up.
    func giveUpCredentials(at: Timestamp, in db: Database) throws {
        try PasswordToken.void(ofAccounts: JSONList.of([from.value]), at: at, in: db)
        try db.run("DELETE FROM password_token WHERE account = ?", [from.value])
        try db.run("DELETE FROM password WHERE account = ?", [from.value])
    }
}

extension Link {
    /// Takes the link of `record` from the account that it was of.
    ///
    /// It ends there and begins here, so that people are counted right; the caller writes how it
    /// stands.
    func take(from former: AccountID, _ record: Int64, in db: Database) throws {
        try db.run(
            """
            UPDATE link SET state = 'absent', evidence = NULL WHERE record = ? AND account = ?
            """,
            [record, former.value]
        )
        guard db.changesCount == 1 else { throw StoreError.stale }
        try db.run("UPDATE link SET account = ? WHERE record = ?", [account.value, record])
    }
}
