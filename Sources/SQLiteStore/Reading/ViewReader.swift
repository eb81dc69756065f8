import Accounts
import GRDB
import Roster

/// Gathers one view: first the numbers of the accounts it takes, then these with all their links.
struct ViewReader {
    private let db: Database
    private let request: ViewRequest
    private var people: PeopleReader
    private var view = LocalView()
    private var accounts: Set<Int64>

    /// A reader of what `request` asks for.
    init(_ request: ViewRequest, in db: Database) {
        self.db = db
        self.request = request
        people = PeopleReader(db)
        accounts = Set(request.accounts.map(\.value))
    }

    /// Reads everything.
    mutating func read() throws -> LocalView {
        try people.records.find(
            request.keys.union(request.managersAround).union(request.managersAbove)
        )
        try readKeys()
        try readManagers()
        var emails = request.emails
        if request.awaitedEmails { emails.formUnion(try awaitedEmails()) }
        try readEmails(emails)
        try readNumbers()
        try readClasses()
        try people.read(accounts.subtracting(request.seen.lazy.map(\.value)))
        for stored in people.links { view.links[stored.link.key] = stored.link }
        for account in people.accounts.values { view.accounts[account.id] = account }
        return view
    }

    private func numbers(of keys: Set<SourceKey>) -> [Int64] {
        keys.compactMap(people.records.id)
    }

    /// The accounts and the unlinked rows of the asked keys.
    private mutating func readKeys() throws {
        let ids = numbers(of: request.keys)
        guard !ids.isEmpty else { return }
        let list = JSONList.of(ids)
        try db.forEach(
            """
            SELECT l.account FROM json_each(?) AS j CROSS JOIN link AS l ON l.record = j.value
            """,
            [list]
        ) { accounts.insert(try $0.number(0)) }
        try db.forEach(
            """
            SELECT \(UnlinkedRecord.columns)
            FROM json_each(?) AS j
            CROSS JOIN unlinked AS u ON u.record = j.value
            JOIN record AS r ON r.id = u.record
            """,
            [list]
        ) { row in
            view.unlinked[try row.sourceKey(from: 0)] = try UnlinkedRecord(row)
        }
    }

    /// The accounts of the asked records, of whoever names one of those asked around as manager,
    /// and of everybody above all these, by their own links and by the home links of their accounts.
    private mutating func readManagers() throws {
        let ids = numbers(of: request.managersAround.union(request.managersAbove))
        guard !ids.isEmpty else { return }
        try db.forEach(
            """
            WITH RECURSIVE up (record) AS (
                SELECT value FROM json_each(?1)
                UNION
                SELECT l.record
                FROM json_each(?2) AS j CROSS JOIN link AS l ON l.manager = j.value
                UNION
                SELECT l.manager FROM up CROSS JOIN link AS l ON l.record = up.record
                WHERE l.manager IS NOT NULL
                UNION
                SELECT a.home
                FROM up
                CROSS JOIN link AS l ON l.record = up.record
                CROSS JOIN account AS a ON a.id = l.account
                WHERE a.home IS NOT NULL
            )
            SELECT l.account FROM up CROSS JOIN link AS l ON l.record = up.record
            """,
            [JSONList.of(ids), JSONList.of(numbers(of: request.managersAround))]
        ) { accounts.insert(try $0.number(0)) }
    }

    /// The addresses that links of the tenant await; their accounts are taken too.
    private mutating func awaitedEmails() throws -> Set<String> {
        var emails: Set<String> = []
        try db.forEach(
            """
            SELECT l.awaited_email, l.account
            FROM link AS l JOIN account AS a ON a.id = l.account AND a.tenant = ?
            WHERE l.awaited_email IS NOT NULL
            """,
            [StoredText.key(request.tenant.name)]
        ) { row in
            emails.insert(try row.text(0))
            accounts.insert(try row.number(1))
        }
        return emails
    }

    private mutating func readEmails(_ emails: Set<String>) throws {
        guard !emails.isEmpty else { return }
        let list = JSONList.of(emails.map(StoredText.key))
        let tenant = StoredText.key(request.tenant.name)
        try db.forEach(
            """
            SELECT a.email, a.id
            FROM json_each(?) AS j CROSS JOIN account AS a ON a.tenant = ? AND a.email = j.value
            """,
            [list, tenant]
        ) { row in
            let id = try row.number(1)
            view.holders[try row.text(0)] = AccountID(id)
            accounts.insert(id)
        }
        try db.forEach(Self.claims, [list, tenant, request.run?.value]) { row in
            view.claims[try row.text(4), default: []].insert(try row.sourceKey(from: 0))
            if let account = try row.optionalNumber(5) { accounts.insert(account) }
        }
    }

    /// Who claims the addresses ?1 in the tenant ?2: a staged answer of the run ?3 speaks for its
    /// record instead of what was kept before.
    private static let claims = """
        SELECT \(SourceKey.columns), l.claimed_email, l.account
        FROM json_each(?1) AS j
        CROSS JOIN link AS l ON l.claimed_email = j.value
        JOIN account AS a ON a.id = l.account
        JOIN record AS r ON r.id = l.record
        WHERE \(LinkState.presence) AND a.tenant = ?2
            AND NOT EXISTS (SELECT 1 FROM staged AS s WHERE s.run = ?3 AND s.record = l.record)
        UNION ALL
        SELECT \(SourceKey.columns), u.email, l.account
        FROM json_each(?1) AS j
        CROSS JOIN unlinked AS u ON u.email = j.value
        JOIN record AS r ON r.id = u.record
        JOIN connection AS c ON c.id = r.connection
        LEFT JOIN link AS l ON l.record = u.record
        WHERE c.tenant = ?2
            AND NOT EXISTS (SELECT 1 FROM staged AS s WHERE s.run = ?3 AND s.record = u.record)
        UNION ALL
        SELECT \(SourceKey.columns), s.email, l.account
        FROM json_each(?1) AS j
        CROSS JOIN staged AS s ON s.run = ?3 AND s.email = j.value
        JOIN record AS r ON r.id = s.record
        LEFT JOIN link AS l ON l.record = s.record
        """

    /// Who states the asked numbers, and their accounts.
    private mutating func readNumbers() throws {
        guard !request.neutralKeys.isEmpty else { return }
        let numbers = Dictionary(
            request.neutralKeys.map { ($0.stored, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let tenant = StoredText.key(request.tenant.name)
        try db.forEach(
            Self.keyClaims,
            [JSONList.of(numbers.keys), tenant, request.run?.value]
        ) { row in
            guard let number = numbers[try row.text(4)] else { return }
            view.keyClaims[number, default: []].insert(try row.sourceKey(from: 0))
            if let account = try row.optionalNumber(5) { accounts.insert(account) }
        }
    }

    /// Who states the numbers ?1 in the tenant ?2: a staged answer of the run ?3 speaks for a record
    /// without an account in place of what was kept before.
    private static let keyClaims = """
        SELECT \(SourceKey.columns), n.number, l.account
        FROM json_each(?1) AS j
        CROSS JOIN link_number AS n ON n.number = j.value
        JOIN link AS l ON l.record = n.record
        JOIN account AS a ON a.id = l.account
        JOIN record AS r ON r.id = n.record
        WHERE a.tenant = ?2
        UNION ALL
        SELECT \(SourceKey.columns), n.number, l.account
        FROM json_each(?1) AS j
        CROSS JOIN unlinked_number AS n ON n.number = j.value
        JOIN record AS r ON r.id = n.record
        JOIN connection AS c ON c.id = r.connection
        LEFT JOIN link AS l ON l.record = n.record
        WHERE c.tenant = ?2
            AND NOT EXISTS (SELECT 1 FROM staged AS s WHERE s.run = ?3 AND s.record = n.record)
        UNION ALL
        SELECT \(SourceKey.columns), n.number, l.account
        FROM json_each(?1) AS j
        CROSS JOIN staged_number AS n ON n.run = ?3 AND n.number = j.value
        JOIN record AS r ON r.id = n.record
        LEFT JOIN link AS l ON l.record = n.record
        """

    private mutating func readClasses() throws {
        let schools = Dictionary(grouping: request.classes, by: \.school)
        for (school, keys) in schools {
            try db.forEach(
                """
                SELECT \(ClassRecord.columns)
                FROM json_each(?3) AS j
                CROSS JOIN class AS k ON k.connection = ?1 AND k.school = ?2
                    AND k.source_id = j.value
                """,
                [
                    school.connection.value, StoredText.key(school.school),
                    JSONList.of(Set(keys.map { StoredText.key($0.id) })),
                ]
            ) { row in
                let record = try ClassRecord(row)
                // Other years' classes may have the same id.
                guard request.classes.contains(record.teachingClass.key) else { return }
                view.classes[record.teachingClass.key] = record
            }
        }
    }
}
