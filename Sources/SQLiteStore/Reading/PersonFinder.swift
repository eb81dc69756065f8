import Accounts
import GRDB
import Roster

/// Finds people by what a host names them, at one school.
struct PersonFinder {
    let db: Database
    let school: SchoolKey

    private var connection: Int64 { school.connection.value }
    private var schoolText: String { StoredText.key(school.school) }

    /// The number of the account that `key` names.
    func account(_ key: LoginKey, of tenant: TenantID, formerSince: Timestamp) throws -> Int64? {
        switch key {
        case .email(let text), .username(let text):
            guard let email = EmailAddress.compared(text).map(StoredText.key) else { return nil }
            let tenant = StoredText.key(tenant.name)
            return try holder(of: email, tenant)
                ?? formerHolder(of: email, tenant, since: formerSince)
        case .sourceID(let text, let kind):
            // A pupil and a teacher may share an id: then nobody is meant by it.
            var ids: Set<Int64> = []
            try db.forEach(
                """
                SELECT l.account FROM record AS r JOIN link AS l ON l.record = r.id
                WHERE r.connection = ? AND r.school = ? AND r.source_id = ?
                    AND r.kind IN (\(Self.kinds(kind)))
                """,
                [connection, schoolText, StoredText.key(text)]
            ) { ids.insert(try $0.number(0)) }
            return ids.count == 1 ? ids.first : nil
        case .subject(let subject): return try db.account(of: subject, tenant)
        }
    }

    /// The kinds of which a record may be, in SQL.
    private static func kinds(_ kind: PersonKind?) -> String {
        (kind.map { [$0] } ?? PersonKind.allCases).map { "'\($0.rawValue)'" }
            .joined(separator: ", ")
    }

    private func holder(of email: String, _ tenant: String) throws -> Int64? {
        try db.first("SELECT id FROM account WHERE tenant = ? AND email = ?", [tenant, email]) {
            try $0.number(0)
        }
    }

    /// Who had an address that nobody holds now; nobody where several had it, or where somebody
    /// else claims it.
    private func formerHolder(
        of email: String,
        _ tenant: String,
        since: Timestamp
    ) throws -> Int64? {
        var ids: [Int64] = []
        try db.forEach(
            """
            SELECT f.account FROM former_email AS f
            JOIN account AS a ON a.id = f.account AND a.tenant = ?
            WHERE f.email = ? AND f.at >= ? LIMIT 2
            """,
            [tenant, email, since.milliseconds]
        ) { ids.append(try $0.number(0)) }
        guard ids.count == 1, let former = ids.first else { return nil }
        let claimed = try db.first(Self.claim, [email, tenant, former]) { _ in true }
        return claimed == nil ? former : nil
    }

    /// A claim to the address ?1 in the tenant ?2 by any record that is not one of the account ?3:
    /// what runs staged counts beside what was known before.
    private static let claim = """
        SELECT 1
        FROM link AS l JOIN account AS a ON a.id = l.account
        WHERE l.claimed_email = ?1 AND \(LinkState.presence) AND a.tenant = ?2 AND a.id <> ?3
        UNION ALL
        SELECT 1
        FROM unlinked AS u
        JOIN record AS r ON r.id = u.record
        JOIN connection AS c ON c.id = r.connection
        LEFT JOIN link AS l ON l.record = u.record
        WHERE u.email = ?1 AND c.tenant = ?2 AND l.account IS NOT ?3
        UNION ALL
        SELECT 1
        FROM connection AS c
        CROSS JOIN run AS g ON g.connection = c.id AND g.state = 'running'
        CROSS JOIN staged AS s ON s.run = g.id AND s.email = ?1
        LEFT JOIN link AS l ON l.record = s.record
        WHERE c.tenant = ?2 AND l.account IS NOT ?3
        LIMIT 1
        """

    /// The record without an account that `key` names.
    func unlinkedRecord(_ key: LoginKey) throws -> UnlinkedRecord? {
        switch key {
        case .email(let text), .username(let text):
            guard let email = EmailAddress.compared(text).map(StoredText.key) else { return nil }
            return try db.first(
                """
                SELECT \(UnlinkedRecord.columns)
                FROM unlinked AS u JOIN record AS r ON r.id = u.record
                WHERE u.email = ?3 AND r.connection = ?1 AND r.school = ?2
                ORDER BY r.kind, r.source_id
                """,
                [connection, schoolText, email],
                UnlinkedRecord.init
            )
        case .sourceID(let text, let kind):
            var records: [UnlinkedRecord] = []
            try db.forEach(
                """
                SELECT \(UnlinkedRecord.columns)
                FROM record AS r JOIN unlinked AS u ON u.record = r.id
                WHERE r.connection = ?1 AND r.school = ?2 AND r.source_id = ?3
                    AND r.kind IN (\(Self.kinds(kind)))
                """,
                [connection, schoolText, StoredText.key(text)]
            ) { records.append(try UnlinkedRecord($0)) }
            return records.count == 1 ? records.first : nil
        case .subject: return nil
        }
    }

    /// Every record of the school without an account, by its id.
    func unlinkedRecords() throws -> [UnlinkedRecord] {
        var records: [UnlinkedRecord] = []
        try db.forEach(
            """
            SELECT \(UnlinkedRecord.columns)
            FROM unlinked AS u JOIN record AS r ON r.id = u.record
            WHERE r.connection = ? AND r.school = ?
            ORDER BY r.source_id, r.kind
            """,
            [connection, schoolText]
        ) { records.append(try UnlinkedRecord($0)) }
        return records
    }
}
