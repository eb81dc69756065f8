import Accounts
import GRDB
import Roster

extension AccountSummary {
    /// The accounts numbered `ids`, in this order, with what their references point at.
    static func read(_ ids: [Int64], in db: Database) throws -> [AccountSummary] {
        var people = PeopleReader(db)
        try people.read(Set(ids))
        return try summaries(ids, of: people)
    }

    /// The accounts numbered `ids`, once `people` has read them.
    static func summaries(_ ids: [Int64], of people: PeopleReader) throws -> [AccountSummary] {
        let links = Dictionary(grouping: people.links, by: \.link.account.value)
        let managers = try managers(of: people)
        let classes = try classes(of: people.accounts.values, in: people.db)
        return ids.compactMap { id in
            guard let account = people.accounts[id] else { return nil }
            let held = account.memberships.compactMap { classes[$0.classID] }
            return AccountSummary(
                account: account,
                lineManager: account.lineManager.flatMap { managers[$0.value] },
                classes: Dictionary(held.map { ($0.id, $0) }) { first, _ in first },
                links: PeopleReader.sorted(links[id, default: []]).map(\.link)
            )
        }
    }

    private static func managers(of people: PeopleReader) throws -> [Int64: Account] {
        let wanted = Set(people.accounts.values.compactMap(\.lineManager?.value))
        var others = PeopleReader(people.db)
        try others.readWithoutLinks(wanted.subtracting(people.accounts.keys))
        return people.accounts.merging(others.accounts) { first, _ in first }
    }

    private static func classes(
        of accounts: some Sequence<Account>,
        in db: Database
    ) throws -> [ClassID: ClassRecord] {
        let ids = Set(accounts.lazy.flatMap(\.memberships).map(\.classID.value))
        guard !ids.isEmpty else { return [:] }
        var records: [ClassID: ClassRecord] = [:]
        try db.forEach(
            """
            SELECT \(ClassRecord.columns)
            FROM json_each(?) AS j CROSS JOIN class AS k ON k.id = j.value
            """,
            [JSONList.of(ids)]
        ) { row in
            let record = try ClassRecord(row)
            records[record.id] = record
        }
        return records
    }
}

extension DatedHistoryEntry {
    /// Reads a row of history: when, in which run, why, which field, before, after, by what rule.
    init(_ row: Row, of account: AccountID) throws {
        let subject = "the history of account \(account.value)"
        let word = try row.optionalText(3)
        let field = word.flatMap(Field.init(rawValue:))
        guard word == nil || field != nil else { throw DamagedRow(subject: subject) }
        self.init(
            entry: HistoryEntry(
                account: account,
                field: field,
                from: try row.optionalText(4),
                to: try row.optionalText(5),
                reason: try row.text(6)
            ),
            at: try row.timestamp(0),
            run: try row.optionalNumber(1).map(RunID.init),
            cause: try row.word(2, of: subject)
        )
    }
}
