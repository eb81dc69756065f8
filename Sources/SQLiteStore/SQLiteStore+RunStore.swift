public import Accounts
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore: RunStore {
    public func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try await write(.survivesCrash) { db in
            let going = try db.first(
                """
                SELECT \(Run.columns) FROM run WHERE connection = ? AND state = 'running'
                """,
                [run.connection.value],
                Run.init
            )
            if var going {
                if going.isAlive(since: aliveSince, now: run.startedAt) { return .joined(going) }
                going.cutOff()
                try going.update(in: db)
            }
            try db.run(
                """
                INSERT INTO run (\(Run.ownColumns), number)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    (SELECT ifnull(max(number), 0) + 1 FROM run WHERE connection = ?2))
                """,
                run.arguments
            )
            return .begun
        }
    }

    public func update(_ run: Run) async throws(StoreError) {
        try await write(.survivesCrash) { db in try run.update(in: db) }
    }

    public func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError) {
        try await write(.survivesCrash) { db in
            try db.run(
                "UPDATE run SET end_asked_at = ?2 WHERE id = ?1 AND state = 'running'",
                [run.value, at.milliseconds]
            )
        }
    }

    public func run(_ id: RunID) async throws(StoreError) -> Run? {
        try await read { db in
            try db.first("SELECT \(Run.columns) FROM run WHERE id = ?", [id.value], Run.init)
        }
    }

    public func run(with plan: PlanID) async throws(StoreError) -> Run? {
        try await read { db in
            try db.first(
                """
                SELECT \(Run.columns) FROM run WHERE plan = ?
                ORDER BY number DESC LIMIT 1
                """,
                [plan.text],
                Run.init
            )
        }
    }

    public func runs(
        of connection: ConnectionID,
        limit: Int
    ) async throws(StoreError) -> [Run] {
        try await read { db in
            var runs: [Run] = []
            try db.forEach(
                """
                SELECT \(Run.columns) FROM run WHERE connection = ?
                ORDER BY number DESC LIMIT ?
                """,
                [connection.value, max(0, limit)]
            ) { runs.append(try Run($0)) }
            return runs
        }
    }

    public func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await read { db in
            try db.first(
                """
                SELECT \(Run.columns) FROM run
                WHERE connection = ? AND \(milestone.condition)
                ORDER BY number DESC LIMIT 1
                """,
                [connection.value],
                Run.init
            )
        }
    }

    public func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark] {
        guard !keys.isEmpty else { return [:] }
        return try await read { db in
            var records = RecordTable(db)
            try records.find(keys)
            var marks: [SourceKey: LinkMark] = [:]
            try db.forEach(
                """
                SELECT l.record, l.fingerprint, l.replan_on,
                    max(l.sequence, ifnull(c.sequence, l.sequence)),
                    l.missing_since IS NOT NULL OR l.state = 'absent'
                FROM json_each(?) AS j
                CROSS JOIN link AS l ON l.record = j.value
                LEFT JOIN checked AS c ON c.record = l.record
                """,
                [JSONList.of(keys.compactMap(records.id))]
            ) { row in
                marks[try records.key(of: row.number(0))] = LinkMark(
                    fingerprint: try row.optionalNumber(1).map(UInt64.init(bitPattern:)),
                    replanOn: try row.optionalDay(2, of: "a link"),
                    sequence: try row.number(3),
                    isMissing: try row.flag(4)
                )
            }
            return marks
        }
    }

    public func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link] {
        try await read { db in
            var stored: [StoredLink] = []
            try db.forEach(
                """
                SELECT \(StoredLink.columns)
                FROM record AS r
                CROSS JOIN link AS l ON l.record = r.id
                LEFT JOIN checked AS c ON c.record = r.id
                WHERE r.connection = ?1 AND r.school = ?2 AND r.kind = ?3
                    AND r.source_id > ifnull(?4, '') AND \(LinkState.presence)
                ORDER BY r.source_id LIMIT ?5
                """,
                [
                    school.connection.value, StoredText.key(school.school), kind.rawValue,
                    after.map { StoredText.key($0.id) }, limit,
                ]
            ) { stored.append(try StoredLink($0)) }
            return try StoredLink.named(stored, in: db)
        }
    }

    public func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark] {
        try await read { db in
            var marks: [PresenceMark] = []
            try db.forEach(
                """
                SELECT ifnull(r.exact_id, r.source_id), l.state = 'outOfScope',
                    max(l.sequence, ifnull(c.sequence, l.sequence)), l.missing_since
                FROM record AS r
                CROSS JOIN link AS l ON l.record = r.id
                LEFT JOIN checked AS c ON c.record = r.id
                WHERE r.connection = ?1 AND r.school = ?2 AND r.kind = ?3
                    AND r.source_id > ifnull(?4, '') AND \(LinkState.presence)
                ORDER BY r.source_id LIMIT ?5
                """,
                [
                    school.connection.value, StoredText.key(school.school), kind.rawValue,
                    after.map { StoredText.key($0.id) }, limit,
                ]
            ) { row in
                marks.append(
                    PresenceMark(
                        key: SourceKey(school: school, kind: kind, id: try row.text(0)),
                        isOutOfScope: try row.flag(1),
                        sequence: try row.number(2),
                        missingSince: try row.optionalTimestamp(3)
                    )
                )
            }
            return marks
        }
    }

    public func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey] {
        try await read { db in
            var records = RecordTable(db)
            try records.find([after].compactMap(\.self))
            var keys: [SourceKey] = []
            try db.forEach(
                """
                SELECT ifnull(r.exact_id, r.source_id)
                FROM unlinked AS u CROSS JOIN record AS r ON r.id = u.record
                WHERE u.record > ?4 AND r.connection = ?1 AND r.school = ?2 AND r.kind = ?3
                ORDER BY u.record LIMIT ?5
                """,
                [
                    school.connection.value, StoredText.key(school.school), kind.rawValue,
                    after.flatMap(records.id) ?? 0, limit,
                ]
            ) { keys.append(SourceKey(school: school, kind: kind, id: try $0.text(0))) }
            return keys
        }
    }
}
