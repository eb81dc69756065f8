import Accounts
import GRDB
import Roster

/// The numbers that records state, as one of three tables finds them.
struct StatedNumbers {
    /// By the number of its record, what each states.
    private var numbers: [(record: Int64, stated: Set<NeutralKey>)] = []
    /// Records of which something may be kept already.
    private var known: [Int64] = []

    /// `isNew`: whether nothing is kept of the record yet.
    mutating func add(_ stated: Set<NeutralKey>, of record: Int64, isNew: Bool = false) {
        if !isNew { known.append(record) }
        if !stated.isEmpty { numbers.append((record, stated)) }
    }

    /// Keeps them for links in place of what was kept.
    func putForLinks(in db: Database) throws {
        if !known.isEmpty {
            try db.run(
                "DELETE FROM link_number WHERE record IN (SELECT value FROM json_each(?))",
                [JSONList.of(known)]
            )
        }
        try forEach { record, number in
            let sql = "INSERT OR IGNORE INTO link_number (record, number) VALUES (?, ?)"
            try db.run(sql, [record, number])
        }
    }

    /// Keeps them for records without an account in place of what was kept.
    func putForUnlinked(in db: Database) throws {
        if !known.isEmpty {
            try db.run(
                "DELETE FROM unlinked_number WHERE record IN (SELECT value FROM json_each(?))",
                [JSONList.of(known)]
            )
        }
        try forEach { record, number in
            let sql = "INSERT OR IGNORE INTO unlinked_number (record, number) VALUES (?, ?)"
            try db.run(sql, [record, number])
        }
    }

    /// Keeps them for what `run` staged in place of what was kept.
    func put(stagedIn run: RunID, in db: Database) throws {
        if !known.isEmpty {
            try db.run(
                """
                DELETE FROM staged_number
                WHERE run = ? AND record IN (SELECT value FROM json_each(?))
                """,
                [run.value, JSONList.of(known)]
            )
        }
        try forEach { record, number in
            try db.run(
                "INSERT OR IGNORE INTO staged_number (run, record, number) VALUES (?, ?, ?)",
                [run.value, record, number]
            )
        }
    }

    private func forEach(_ put: (Int64, String) throws -> Void) throws {
        for (record, stated) in numbers {
            for number in stated { try put(record, number.stored) }
        }
    }
}

extension NeutralKey {
    /// Its kind and itself in one column.
    var stored: String { "\(kind.rawValue):\(text)" }
}
