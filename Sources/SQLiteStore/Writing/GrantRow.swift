import Accounts
import GRDB

/// A right, or a place in a class, as an account's set of rows: to be compared as a whole.
struct GrantRow: Hashable {
    /// The name of the right, or the role in the class, as it is stored.
    var what: String
    /// The class; 0 for a right.
    var classID: Int64 = 0
    /// The number of the record that gave it; 0 where a person did.
    var giver: Int64

    /// The rights of each of `accounts`, a list of numbers.
    static func privileges(of accounts: String, in db: Database) throws -> [Int64: Set<GrantRow>] {
        var rows: [Int64: Set<GrantRow>] = [:]
        try db.forEach(
            """
            SELECT p.account, p.name, p.given_by
            FROM json_each(?) AS j CROSS JOIN privilege AS p ON p.account = j.value
            """,
            [accounts]
        ) { row in
            let name = try row.decode(String.self, atIndex: 1)
            rows[try row.number(0), default: []].insert(
                GrantRow(what: name, giver: try row.number(2))
            )
        }
        return rows
    }

    /// The places of each of `accounts`, a list of numbers.
    static func memberships(of accounts: String, in db: Database) throws -> [Int64: Set<GrantRow>] {
        var rows: [Int64: Set<GrantRow>] = [:]
        try db.forEach(
            """
            SELECT m.account, m.role, m.class, m.given_by
            FROM json_each(?) AS j CROSS JOIN membership AS m ON m.account = j.value
            """,
            [accounts]
        ) { row in
            let role = try row.decode(String.self, atIndex: 1)
            rows[try row.number(0), default: []].insert(
                GrantRow(what: role, classID: try row.number(2), giver: try row.number(3))
            )
        }
        return rows
    }

    /// Makes the rights of `account`, as far as `old` and `new` differ, those of `new`.
    static func replacePrivileges(
        of account: Int64,
        _ old: Set<GrantRow>,
        with new: Set<GrantRow>,
        in db: Database
    ) throws {
        for row in old.subtracting(new) {
            try db.run(
                "DELETE FROM privilege WHERE account = ? AND name = ? AND given_by = ?",
                [account, row.what, row.giver]
            )
        }
        for row in new.subtracting(old) {
            try db.run(
                "INSERT INTO privilege (account, name, given_by) VALUES (?, ?, ?)",
                [account, row.what, row.giver]
            )
        }
    }

    /// Takes places from `account`.
    static func delete(
        memberships: Set<GrantRow>,
        of account: Int64,
        in db: Database
    ) throws {
        for row in memberships {
            try db.run(
                """
                DELETE FROM membership
                WHERE account = ? AND class = ? AND role = ? AND given_by = ?
                """,
                [account, row.classID, row.what, row.giver]
            )
        }
    }

    /// Gives places to accounts that do not have them, in one statement: there are several for
    /// nearly everybody.
    static func insert(
        memberships: [(account: Int64, place: GrantRow)],
        in db: Database
    ) throws {
        guard !memberships.isEmpty else { return }
        let list = memberships.map { account, row in
            "[\(account),\(row.classID),\"\(row.what)\",\(row.giver)]"
        }
        try db.run(
            """
            INSERT INTO membership (account, class, role, given_by)
            SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)
            """,
            ["[\(list.joined(separator: ","))]"]
        )
    }
}
