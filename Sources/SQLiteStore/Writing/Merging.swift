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

extension Dismissal {
    /// All of it in one column.
    var stored: String {
        StoredList.encode([because, until?.description ?? "", String(at.milliseconds)])
    }

    /// Reads `stored` back; nil where it is none.
    init?(stored: String) {
        let texts = StoredList.decode(stored)
        guard texts.count == 3, let at = Int64(texts[2]) else { return nil }
        let until = texts[1].isEmpty ? nil : Day(texts[1])
        guard (until == nil) == texts[1].isEmpty else { return nil }
        self.init(because: texts[0], until: until, at: Timestamp(milliseconds: at))
    }
}
