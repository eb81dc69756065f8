import Accounts
import GRDB
import Roster

extension SyncSchedule {
    /// The columns that `init(_:)` reads.
    static let columns = "interval, reads_changes, holidays"

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let holidays = StoredList.decode(try row.text(2)).map { Term(stored: $0) }
        guard !holidays.contains(nil) else {
            throw DamagedRow(subject: "the schedule of a connection")
        }
        self.init(
            interval: try row.optionalNumber(0).map { .seconds($0) },
            readsChanges: try row.flag(1),
            holidays: holidays.compactMap(\.self)
        )
    }

    /// Keeps it in place of the one before, where the connection is still there.
    func put(of connection: ConnectionID, in db: Database) throws {
        try db.run(
            """
            INSERT INTO schedule (connection, \(Self.columns))
            SELECT id, ?2, ?3, ?4 FROM connection WHERE id = ?1
            ON CONFLICT (connection) DO UPDATE SET interval = excluded.interval,
                reads_changes = excluded.reads_changes, holidays = excluded.holidays
            """,
            [
                connection.value, interval?.components.seconds, readsChanges ? 1 : 0,
                StoredList.encode(holidays.map(\.stored)),
            ]
        )
    }
}

extension ReadMark {
    /// The columns that `init(_:)` reads.
    static let columns = "connection, school, kind, read_at, full_at, terms"

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let connection = ConnectionID(try row.number(0))
        self.init(
            school: SchoolKey(connection: connection, school: try row.text(1)),
            kind: try row.word(2, of: "a mark of connection \(connection.value)"),
            readAt: try row.timestamp(3),
            fullAt: try row.timestamp(4),
            terms: UInt64(bitPattern: try row.number(5))
        )
    }

    /// Keeps it in place of the one before, where the connection is still there.
    func put(in db: Database) throws {
        try db.run(
            """
            INSERT INTO read_mark (\(Self.columns))
            SELECT id, ?2, ?3, ?4, ?5, ?6 FROM connection WHERE id = ?1
            ON CONFLICT (connection, school, kind) DO UPDATE SET read_at = excluded.read_at,
                full_at = excluded.full_at, terms = excluded.terms
            """,
            [
                school.connection.value, StoredText.key(school.school), kind.rawValue,
                readAt.milliseconds, fullAt.milliseconds, Int64(bitPattern: terms),
            ]
        )
    }
}
