import Accounts
import GRDB

/// A relation of a pupil's account, with numbers in place of the records it names.
struct GuardianshipRow: Hashable {
    var account: Int64
    var contact: Int64
    /// The number of the record that gave it; 0 where a person did.
    var giver: Int64
    /// As it is stored.
    var relationship: String?
    var responsibility: Int64?
    var isConfirmed: Bool

    /// The relations of each of `accounts`, a list of numbers.
    static func all(of accounts: String, in db: Database) throws -> [GuardianshipRow] {
        var rows: [GuardianshipRow] = []
        try db.forEach(
            """
            SELECT \(columns)
            FROM json_each(?) AS j CROSS JOIN guardianship AS g ON g.account = j.value
            """,
            [accounts]
        ) { rows.append(try GuardianshipRow($0)) }
        return rows
    }

    /// The relations to each of `contacts`, a list of numbers of records.
    static func all(to contacts: String, in db: Database) throws -> [GuardianshipRow] {
        var rows: [GuardianshipRow] = []
        try db.forEach(
            """
            SELECT \(columns)
            FROM json_each(?) AS j CROSS JOIN guardianship AS g ON g.contact = j.value
            """,
            [contacts]
        ) { rows.append(try GuardianshipRow($0)) }
        return rows
    }

    private static let columns =
        "g.account, g.contact, g.given_by, g.relationship, g.responsibility, g.is_confirmed"

    private init(_ row: Row) throws {
        account = try row.number(0)
        contact = try row.number(1)
        giver = try row.number(2)
        relationship = try row.decode(String?.self, atIndex: 3)
        responsibility = try row.optionalNumber(4)
        isConfirmed = try row.flag(5)
    }

    /// The row of `relation`, whose records go by the numbers that `records` kept.
    init(_ relation: Guardianship, of account: AccountID, numbered records: RecordTable) throws {
        self.account = account.value
        contact = try records.keptID(of: relation.contact)
        giver = try relation.givenBy.map(records.keptID) ?? 0
        relationship = relation.relationship.map(StoredText.encode)
        responsibility = relation.parentalResponsibility.map { $0 ? 1 : 0 }
        isConfirmed = relation.isConfirmed
    }

    /// The numbers of the records that it names.
    var records: [Int64] { giver == 0 ? [contact] : [contact, giver] }

    /// The relation, whose records `table` has named.
    func relation(named table: RecordTable) throws -> Guardianship {
        Guardianship(
            contact: try table.key(of: contact),
            relationship: relationship.map(StoredText.decode),
            parentalResponsibility: responsibility.map { $0 != 0 },
            isConfirmed: isConfirmed,
            givenBy: giver == 0 ? nil : try table.key(of: giver)
        )
    }

    /// Makes the relations of an account those of `new`, as far as `old` differ.
    static func replace(
        _ old: Set<GuardianshipRow>,
        with new: Set<GuardianshipRow>,
        in db: Database
    ) throws {
        for row in old.subtracting(new) {
            try db.run(
                "DELETE FROM guardianship WHERE account = ? AND contact = ? AND given_by = ?",
                [row.account, row.contact, row.giver]
            )
        }
        for row in new.subtracting(old) {
            try db.run(
                """
                INSERT INTO guardianship (account, contact, given_by, relationship, responsibility,
                    is_confirmed)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    row.account, row.contact, row.giver, row.relationship, row.responsibility,
                    row.isConfirmed,
                ]
            )
        }
    }
}
