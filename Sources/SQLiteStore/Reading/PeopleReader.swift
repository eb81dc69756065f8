import Accounts
import GRDB
import Roster

/// Reads accounts with all their links, within one transaction.
struct PeopleReader {
    let db: Database
    var records: RecordTable
    private(set) var accounts: [Int64: Account] = [:]
    private(set) var links: [StoredLink] = []
    private var pupils: Set<Int64> = []

    /// A reader that has read nothing yet.
    init(_ db: Database) {
        self.db = db
        records = RecordTable(db)
    }

    /// Reads the accounts numbered `ids`, with their links; to be called once.
    mutating func read(_ ids: Set<Int64>) throws {
        guard !ids.isEmpty else { return }
        try readLinks(JSONList.of(ids))
        try readWithoutLinks(ids)
    }

    /// Reads the accounts numbered `ids` alone; to be called once.
    mutating func readWithoutLinks(_ ids: Set<Int64>) throws {
        guard !ids.isEmpty else { return }
        let list = JSONList.of(ids)
        let homes = try readAccounts(list)
        let grants = try readGrants(list)
        let managers = links.compactMap(\.manager)
        try records.name(managers + homes.values + grants.records)
        for index in links.indices {
            links[index].link.manager = try links[index].manager.map(records.key)
        }
        for (id, home) in homes { accounts[id]?.home = try records.key(of: home) }
        try insert(grants)
    }

    /// The links of one account, oldest first.
    func sortedLinks(of account: Int64) -> [StoredLink] {
        Self.sorted(links.filter { $0.link.account.value == account })
    }

    /// Links of one account, oldest first.
    static func sorted(_ links: [StoredLink]) -> [StoredLink] {
        links.sorted {
            let (one, other) = ($0.link, $1.link)
            return one.linkedAt == other.linkedAt
                ? one.key.order < other.key.order : one.linkedAt < other.linkedAt
        }
    }

    private mutating func readLinks(_ list: String) throws {
        try db.forEach(
            """
            SELECT \(StoredLink.columns)
            FROM json_each(?) AS j
            CROSS JOIN link AS l ON l.account = j.value
            JOIN record AS r ON r.id = l.record
            LEFT JOIN checked AS c ON c.record = l.record
            """,
            [list]
        ) { row in
            let stored = try StoredLink(row)
            records.note(stored.link.key, as: stored.record)
            links.append(stored)
        }
    }

    /// Reads the rows of accounts; the answer is the number of each one's home record.
    private mutating func readAccounts(_ list: String) throws -> [Int64: Int64] {
        var homes: [Int64: Int64] = [:]
        try db.forEach(
            """
            SELECT \(Account.columns)
            FROM json_each(?) AS j CROSS JOIN account AS a ON a.id = j.value
            """,
            [list]
        ) { row in
            let account = try Account(row)
            accounts[account.id.value] = account
            homes[account.id.value] = try row.optionalNumber(Account.homeColumn)
            if try row.flag(Account.guardianshipColumn) { pupils.insert(account.id.value) }
        }
        return homes
    }

    private struct Grants {
        var privileges: [(account: Int64, name: String, giver: Int64)] = []
        var memberships: [(account: Int64, classID: Int64, role: ClassRole, giver: Int64)] = []
        var guardianships: [GuardianshipRow] = []

        var records: [Int64] {
            (privileges.map(\.giver) + memberships.map(\.giver)).filter { $0 != 0 }
                + guardianships.flatMap(\.records)
        }
    }

    private func readGrants(_ list: String) throws -> Grants {
        var grants = Grants()
        try db.forEach(
            """
            SELECT p.account, p.name, p.given_by
            FROM json_each(?) AS j CROSS JOIN privilege AS p ON p.account = j.value
            """,
            [list]
        ) { row in
            grants.privileges.append((try row.number(0), try row.text(1), try row.number(2)))
        }
        try db.forEach(
            """
            SELECT m.account, m.class, m.role, m.given_by
            FROM json_each(?) AS j CROSS JOIN membership AS m ON m.account = j.value
            """,
            [list]
        ) { row in
            let role: ClassRole = try row.word(2, of: "a place in a class")
            grants.memberships.append(
                (try row.number(0), try row.number(1), role, try row.number(3))
            )
        }
        if !pupils.isEmpty {
            grants.guardianships = try GuardianshipRow.all(of: JSONList.of(pupils), in: db)
        }
        return grants
    }

    private mutating func insert(_ grants: Grants) throws {
        for row in grants.privileges {
            let giver = row.giver == 0 ? nil : try records.key(of: row.giver)
            accounts[row.account]?.privileges.insert(Privilege(name: row.name, givenBy: giver))
        }
        for row in grants.memberships {
            let giver = row.giver == 0 ? nil : try records.key(of: row.giver)
            let classID = ClassID(row.classID)
            accounts[row.account]?.memberships.insert(
                Membership(classID: classID, role: row.role, givenBy: giver)
            )
        }
        for row in grants.guardianships {
            accounts[row.account]?.guardianships.insert(try row.relation(named: records))
        }
    }
}

extension SourceKey {
    /// A fixed order of records: by connection, school, kind and id.
    var order: (Int64, String, String, String) {
        (school.connection.value, school.school, kind.rawValue, id)
    }
}
