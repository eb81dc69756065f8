import GRDB
import Roster

/// The numbers under which source keys are kept, as far as one transaction has met them.
struct RecordTable {
    private let db: Database
    private var keys: [Int64: SourceKey] = [:]
    private var ids: [SourceKey: Int64] = [:]

    /// A table that knows nothing yet.
    init(_ db: Database) { self.db = db }

    /// The number of a key that was looked for; nil where the store has none.
    func id(of key: SourceKey) -> Int64? { ids[key] }

    /// The number of a key that was kept.
    func keptID(of key: SourceKey) throws -> Int64 {
        guard let id = ids[key] else { throw DamagedRow(subject: key.subject) }
        return id
    }

    /// The key behind a number; nil where it was not looked for.
    func knownKey(of id: Int64) -> SourceKey? { keys[id] }

    /// The key behind a number that was looked for.
    func key(of id: Int64) throws -> SourceKey {
        guard let key = keys[id] else { throw DamagedRow(subject: "record number \(id)") }
        return key
    }

    /// Remembers that `key` is kept as `id`.
    mutating func note(_ key: SourceKey, as id: Int64) {
        keys[id] = key
        ids[key] = id
    }

    /// Looks for the numbers of `wanted`.
    mutating func find(_ wanted: some Sequence<SourceKey>) throws {
        let missing = wanted.filter { ids[$0] == nil }
        let groups = Dictionary(grouping: missing) { Group(school: $0.school, kind: $0.kind) }
        for (group, members) in groups {
            try db.forEach(
                """
                SELECT r.id, ifnull(r.exact_id, r.source_id)
                FROM json_each(?4) AS j
                CROSS JOIN record AS r ON r.connection = ?1 AND r.school = ?2 AND r.kind = ?3
                    AND r.source_id = j.value
                """,
                [
                    group.school.connection.value, StoredText.key(group.school.school),
                    group.kind.rawValue, JSONList.of(members.map { StoredText.key($0.id) }),
                ]
            ) { row in
                let key = SourceKey(school: group.school, kind: group.kind, id: try row.text(1))
                note(key, as: try row.number(0))
            }
        }
    }

    /// Looks for the numbers of `wanted`, and gives new ones to those that have none.
    mutating func keep(_ wanted: some Sequence<SourceKey>) throws {
        let wanted = Set(wanted)
        try find(wanted)
        let missing = wanted.filter { ids[$0] == nil }
        guard !missing.isEmpty else { return }
        let groups = Dictionary(grouping: missing) { Group(school: $0.school, kind: $0.kind) }
        for (group, members) in groups { try insert(members, of: group) }
        try find(missing)
    }

    private func insert(_ members: [SourceKey], of group: Group) throws {
        let school = StoredText.key(group.school.school)
        try db.run(
            """
            INSERT INTO record (connection, school, kind, source_id)
            SELECT ?1, ?2, ?3, j.value FROM json_each(?4) AS j
            """,
            [
                group.school.connection.value, school, group.kind.rawValue,
                JSONList.of(members.map { StoredText.key($0.id) }),
            ]
        )
        for key in members {
            guard let exact = StoredText.exact(key.id) else { continue }
            try db.run(
                """
                UPDATE record SET exact_id = ?5
                WHERE connection = ?1 AND school = ?2 AND kind = ?3 AND source_id = ?4
                """,
                [
                    group.school.connection.value, school, group.kind.rawValue,
                    StoredText.key(key.id), exact,
                ]
            )
        }
    }

    /// Looks for the keys behind `wanted`.
    mutating func name(_ wanted: some Sequence<Int64>) throws {
        let missing = Set(wanted.filter { keys[$0] == nil })
        guard !missing.isEmpty else { return }
        try db.forEach(
            """
            SELECT r.id, \(SourceKey.columns)
            FROM json_each(?) AS j CROSS JOIN record AS r ON r.id = j.value
            """,
            [JSONList.of(missing)]
        ) { row in
            note(try row.sourceKey(from: 1), as: try row.number(0))
        }
    }

    private struct Group: Hashable {
        let school: SchoolKey
        let kind: PersonKind
    }
}
