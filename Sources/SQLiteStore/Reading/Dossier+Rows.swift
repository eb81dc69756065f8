import Accounts
import GRDB
import Roster

extension Dossier {
    /// Reads everything of one account; nil where there is none.
    static func read(_ id: AccountID, in db: Database) throws -> Dossier? {
        guard let summary = try AccountSummary.read([id.value], in: db).first else { return nil }
        var dossier = Dossier(summary: summary)
        dossier.history = try DatedHistoryEntry.all(of: id, in: db)
        try db.forEach(
            "SELECT f.email, f.at FROM former_email AS f WHERE f.account = ?",
            [id.value]
        ) { dossier.formerEmails[try $0.text(0)] = try $0.timestamp(1) }
        try db.forEach(
            "SELECT s.issuer, s.subject FROM subject AS s WHERE s.account = ?",
            [id.value]
        ) { row in
            dossier.subjects.insert(
                HostSubject(issuer: try row.text(0), subject: try row.text(1))
            )
        }
        try db.forEach(
            """
            SELECT \(SourceKey.columns), c.at
            FROM link AS l JOIN record AS r ON r.id = l.record JOIN checked AS c ON c.record = r.id
            WHERE l.account = ?
            """,
            [id.value]
        ) { dossier.checked[try $0.sourceKey(from: 0)] = try $0.timestamp(4) }
        try dossier.readLosses(id, in: db)
        try dossier.readUnlinked(in: db)
        return dossier
    }

    private mutating func readLosses(_ id: AccountID, in db: Database) throws {
        try db.forEach(
            """
            SELECT o.loss, o.connection, o.school, o.kind, o.at FROM loss AS o WHERE o.account = ?
            """,
            [id.value]
        ) { row in
            // A loss of a newer version has a word that is not known here.
            guard let loss = Loss(word: try row.text(0)) else { return }
            let school = SchoolKey(
                connection: ConnectionID(try row.number(1)),
                school: try row.text(2)
            )
            let kind: PersonKind = try row.word(3, of: "a loss of account \(id.value)")
            let counted = CountedLoss(loss: loss, account: id, school: school, kind: kind)
            losses[counted] = try row.timestamp(4)
        }
    }

    private mutating func readUnlinked(in db: Database) throws {
        let account = summary.account
        try db.forEach(
            """
            SELECT \(UnlinkedRecord.columns)
            FROM unlinked AS u
            JOIN record AS r ON r.id = u.record
            JOIN connection AS c ON c.id = r.connection
            WHERE c.tenant = ?1 AND (u.email = ?2 OR ',' || u.candidates || ',' LIKE ?3)
            ORDER BY r.connection, r.school, r.kind, r.source_id
            """,
            [
                StoredText.key(account.tenant.name), account.email.map(StoredText.key),
                "%,\(account.id.value),%",
            ]
        ) { unlinked.append(try UnlinkedRecord($0)) }
    }
}
