import Accounts
import GRDB
import Roster

/// Takes away what is held of one person, within one transaction.
struct Erasure {
    let account: AccountID
    let tenant: TenantID
    let at: Timestamp
    let db: Database

    /// - Returns: The records that were hers.
    func run() throws -> [SourceKey] {
        var people = PeopleReader(db)
        try people.read([account.value])
        guard let person = people.accounts[account.value], person.tenant == tenant else {
            throw StoreError.stale
        }
        var records: [Int64: SourceKey] = [:]
        for stored in people.links { records[stored.record] = stored.link.key }
        try records.merge(claiming(person)) { mine, _ in mine }
        try ErasedRecords(db).keep(Array(records.values), of: tenant, at: at)
        let addresses = try addresses(of: person)
        try forgetRequests(addresses)
        try rename(person, called: addresses.union([person.label]), records: Set(records.values))
        try releaseTeam()
        try releasePupils(JSONList.of(records.keys.sorted()))
        try StatedContacts(db).forget(Set(records.values), of: tenant)
        try forgetCandidate()
        try deleteRows(JSONList.of(records.keys.sorted()))
        return records.values.sorted { $0.order < $1.order }
    }

    /// The records that no account has and that her address or something of hers alone claims, as
    /// `UnlinkedRecord.isTaken(forOneOf:)` has it.
    private func claiming(_ person: Account) throws -> [Int64: SourceKey] {
        var records: [Int64: SourceKey] = [:]
        try db.forEach(
            """
            SELECT \(SourceKey.columns), r.id
            FROM (
                SELECT u.record FROM unlinked AS u WHERE u.email = ?1
                    OR (u.candidates = ?2 AND u.candidates <> ''
                        AND u.reason IN (SELECT value FROM json_each(?5)))
                UNION SELECT s.record FROM run AS n
                    CROSS JOIN staged AS s ON s.run = n.id AND s.email = ?1
                    WHERE n.state = 'running'
                UNION SELECT p.record FROM planned AS p WHERE p.email = ?1 OR p.account = ?3
            ) AS claiming
            JOIN record AS r ON r.id = claiming.record
            JOIN connection AS c ON c.id = r.connection
            WHERE c.tenant = ?4 AND NOT EXISTS (SELECT 1 FROM link AS l WHERE l.record = r.id)
            """,
            [
                person.email.map(StoredText.key), "\(account.value)", account.value,
                StoredText.key(tenant.name),
                JSONList.of(UnlinkedReason.allCases.filter(\.tellsCandidates).map(\.rawValue)),
            ]
        ) { records[try $0.number(4)] = try $0.sourceKey(from: 0) }
        return records
    }

    /// The addresses that are hers or were.
    private func addresses(of person: Account) throws -> Set<String> {
        var addresses = Set([person.email].compactMap(\.self))
        try db.forEach(
            "SELECT f.email FROM former_email AS f WHERE f.account = ?",
            [account.value]
        ) { addresses.insert(try $0.text(0)) }
        return addresses
    }

    /// Forgets that somebody asked for a link to set her password.
    private func forgetRequests(_ addresses: Set<String>) throws {
        try db.run(
            """
            DELETE FROM reset_request
            WHERE tenant = ? AND email IN (SELECT value FROM json_each(?))
            """,
            [StoredText.key(tenant.name), JSONList.of(addresses.map(StoredText.key))]
        )
    }

    /// Rows of others that name her as their line manager or as a contact name nobody, and those
    /// about records that changed accounts none of hers.
    private func rename(
        _ person: Account,
        called names: Set<String>,
        records: Set<SourceKey>
    ) throws {
        let traces = PackedTraces(of: records)
        var renamed: [(id: Int64, entry: HistoryEntry)] = []
        try db.forEach(
            """
            SELECT \(DatedHistoryEntry.columns), h.id, h.account FROM history AS h
            WHERE h.tenant = ?1 AND h.account <> ?2 AND (h.field = 'lineManager'
                OR (h.field = 'status' AND \(traces.condition(on: "h.given", from: 3))))
            UNION ALL
            SELECT \(DatedHistoryEntry.columns), h.id, h.account FROM history AS h
            WHERE h.tenant = ?1 AND h.field = 'contacts' AND h.account <> ?2
                AND \(traces.condition(on: "h.given", from: 3))
            """,
            [StoredText.key(tenant.name), account.value] + traces.arguments
        ) { row in
            let columns = DatedHistoryEntry.columnCount
            let entry = try DatedHistoryEntry(row, of: AccountID(row.number(columns + 1))).entry
            var changed = entry
            changed.forget(account, called: names, records: records)
            if changed != entry { renamed.append((try row.number(columns), changed)) }
        }
        for (id, entry) in renamed {
            try db.run(
                """
                UPDATE history SET old = ?2, new = ?3, old_account = NULL, new_account = NULL,
                    given = NULL
                WHERE id = ?1
                """,
                [id, entry.from.map(StoredText.encode), entry.to.map(StoredText.encode)]
            )
        }
    }

    private func releaseTeam() throws {
        let name = StoredText.key(tenant.name)
        var team: [Int64] = []
        try db.forEach(
            """
            SELECT a.id FROM account AS a
            WHERE a.tenant = ?1 AND a.line_manager = ?2 AND a.id <> ?2 ORDER BY a.id
            """,
            [name, account.value]
        ) { team.append(try $0.number(0)) }
        try db.run(
            """
            UPDATE account SET line_manager = NULL, version = version + 1
            WHERE id IN (SELECT value FROM json_each(?))
            """,
            [JSONList.of(team)]
        )
        for member in team { try put(.lostErasedManager(AccountID(member))) }
    }

    /// The pupils who name one of her records lose her as a contact, and are planned anew.
    private func releasePupils(_ records: String) throws {
        let named = "SELECT value FROM json_each(?1)"
        var pupils: [Int64] = []
        try db.forEach(
            """
            SELECT DISTINCT g.account FROM guardianship AS g
            WHERE g.contact IN (\(named)) AND g.account <> ?2 ORDER BY g.account
            """,
            [records, account.value]
        ) { pupils.append(try $0.number(0)) }
        guard !pupils.isEmpty else { return }
        try db.run(
            "UPDATE account SET version = version + 1 WHERE id IN (\(named))",
            [JSONList.of(pupils)]
        )
        try db.run(
            """
            UPDATE link SET fingerprint = NULL WHERE record IN (
                SELECT g.given_by FROM guardianship AS g WHERE g.contact IN (\(named)))
            """,
            [records]
        )
        try db.run("DELETE FROM guardianship WHERE contact IN (\(named))", [records])
        for pupil in pupils { try put(.lostErasedContact(AccountID(pupil))) }
    }

    /// Writes a row of history of somebody else whom the erasure touches.
    private func put(_ entry: HistoryEntry) throws {
        try db.run(
            """
            INSERT INTO history (tenant, account, at, cause, field, old, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                StoredText.key(tenant.name), entry.account.value, at.milliseconds,
                Cause.administrator.rawValue,
                entry.field?.rawValue, entry.from, entry.reason,
            ]
        )
    }

    /// Records that could be hers have her no more among those whose they may be.
    private func forgetCandidate() throws {
        var rows: [(record: Int64, candidates: String)] = []
        try db.forEach(
            """
            SELECT u.record, u.candidates FROM unlinked AS u
            WHERE u.candidates <> '' AND ',' || u.candidates || ',' LIKE ?
            """,
            ["%,\(account.value),%"]
        ) { rows.append((try $0.number(0), try $0.text(1))) }
        for (record, candidates) in rows {
            let others = candidates.split(separator: ",").filter { $0 != "\(account.value)" }
            try db.run(
                "UPDATE unlinked SET candidates = ? WHERE record = ?",
                [others.joined(separator: ","), record]
            )
        }
    }

    private func deleteRows(_ records: String) throws {
        let own = "(SELECT value FROM json_each(?1))"
        // Whoever names her as a manager is planned anew; the record itself goes by foreign key.
        try db.run("UPDATE link SET fingerprint = NULL WHERE manager IN \(own)", [records])
        for table in ["staged", "planned"] {
            try db.run("DELETE FROM \(table) WHERE record IN \(own)", [records])
        }
        // The triggers that count people take a link that ends, not one that is gone.
        try db.run(
            """
            UPDATE link SET state = 'absent', evidence = NULL
            WHERE account = ? AND state IN ('active', 'outOfScope')
            """,
            [account.value]
        )
        try db.run("DELETE FROM account WHERE id = ?", [account.value])
        try db.run("DELETE FROM record WHERE id IN \(own)", [records])
    }
}
