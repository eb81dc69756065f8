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
        let relatives = try RelativeRows(of: people)
        return ids.compactMap { id in
            guard let account = people.accounts[id] else { return nil }
            let held = account.memberships.compactMap { classes[$0.classID] }
            var summary = AccountSummary(
                account: account,
                lineManager: account.lineManager.flatMap { managers[$0.value] },
                classes: Dictionary(held.map { ($0.id, $0) }) { first, _ in first },
                links: PeopleReader.sorted(links[id, default: []]).map(\.link)
            )
            summary.contacts = relatives.contacts[id, default: []]
            summary.students = relatives.students[id, default: []]
            return summary
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
    /// The columns that `init(_:of:)` reads, of `history` as h.
    static let columns = """
        h.at, h.run, h.cause, h.field, h.old, h.new, h.reason, h.old_account, h.new_account, h.given
        """

    /// How many there are.
    static let columnCount = 10

    /// The whole history of an account, oldest first.
    static func all(of account: AccountID, in db: Database) throws -> [DatedHistoryEntry] {
        var entries: [DatedHistoryEntry] = []
        try db.forEach(
            "SELECT \(columns) FROM history AS h WHERE h.account = ? ORDER BY h.id",
            [account.value]
        ) { entries.append(try DatedHistoryEntry($0, of: account)) }
        return entries
    }

    /// Reads a row of `columns`.
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
                reason: try row.text(6),
                exact: try Self.exact(row, field)
            ),
            at: try row.timestamp(0),
            run: try row.optionalNumber(1).map(RunID.init),
            cause: try row.word(2, of: subject)
        )
    }

    private static func exact(_ row: Row, _ field: Field?) throws -> ExactChange? {
        switch field {
        case .lineManager:
            let (old, new) = (try row.optionalNumber(7), try row.optionalNumber(8))
            guard old != nil || new != nil else { return nil }
            return .lineManager(from: old.map(AccountID.init), to: new.map(AccountID.init))
        case .classes, .contacts, .roles, .status:
            let bytes = try row.bytes(9)
            return bytes.isEmpty ? nil : StoredGrant.read(bytes)
        default: return nil
        }
    }
}

extension FeedEntry {
    /// The columns that `init(_:)` reads, of `history` as h.
    static let columns = "\(DatedHistoryEntry.columns), h.id, h.account"

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let start = DatedHistoryEntry.columnCount
        let account = AccountID(try row.number(start + 1))
        self.init(
            position: try row.number(start),
            change: try DatedHistoryEntry(row, of: account)
        )
    }
}
