public import Accounts
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore {
    public func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        guard !observations.isEmpty else { return }
        try await write(.survivesCrash) { db in
            try Run.requireGoingOn(run, in: db)
            var records = RecordTable(db)
            try records.keep(observations.map(\.observation.key))
            var numbers = StatedNumbers()
            for staged in observations {
                let record = try records.keptID(of: staged.observation.key)
                try staged.put(in: db, run: run, record: record)
                numbers.add(staged.observation.claimedNeutralKeys, of: record)
            }
            try numbers.put(stagedIn: run, in: db)
        }
    }

    public func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation] {
        try await read { db in
            try Run.requireGoingOn(run, in: db)
            var staged: [StagedObservation] = []
            try db.forEach(
                """
                SELECT \(SourceKey.columns), s.email, s.linked, s.observation, s.turn
                FROM staged AS s CROSS JOIN record AS r ON r.id = s.record
                WHERE s.run = ? ORDER BY s.linked DESC, s.turn, s.source_id, s.record LIMIT ?
                """,
                [run.value, limit]
            ) { staged.append(try StagedObservation($0)) }
            return staged
        }
    }

    public func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation] {
        try await read { db in
            try Run.requireGoingOn(run, in: db)
            var records = RecordTable(db)
            try records.find([after].compactMap(\.self))
            var staged: [StagedObservation] = []
            try db.forEach(
                """
                SELECT \(SourceKey.columns), s.email, s.linked, s.observation, s.turn
                FROM staged AS s CROSS JOIN record AS r ON r.id = s.record
                WHERE s.run = ?1 AND s.record > ?2 ORDER BY s.record LIMIT ?3
                """,
                [run.value, after.flatMap(records.id) ?? 0, max(0, limit)]
            ) { staged.append(try StagedObservation($0)) }
            return staged
        }
    }

    public func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError) {
        guard !keys.isEmpty else { return }
        try await write(.survivesCrash) { db in
            try Run.requireGoingOn(run, in: db)
            var records = RecordTable(db)
            try records.find(keys)
            let turn = StagedTurn.managers.rawValue
            try db.run(
                """
                UPDATE staged SET turn = ?2
                WHERE turn > ?2 AND id IN (
                    SELECT s.id FROM json_each(?3) AS j
                    CROSS JOIN staged AS s ON s.run = ?1 AND s.record = j.value)
                """,
                [run.value, turn, JSONList.of(keys.compactMap(records.id))]
            )
        }
    }

    public func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError) {
        guard !records.isEmpty else { return }
        try await write(.survivesCrash) { db in
            try Run.requireGoingOn(run, in: db)
            var table = RecordTable(db)
            try table.keep(records.map(\.observation.key))
            for planned in records {
                let record = try table.keptID(of: planned.observation.key)
                try planned.put(in: db, run: run, record: record)
            }
        }
    }

    public func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord] {
        try await read { db in
            var records = RecordTable(db)
            try records.find([after].compactMap(\.self))
            var planned: [PlannedRecord] = []
            try db.forEach(
                """
                SELECT \(SourceKey.columns), p.observation, p.is_absent, p.version, p.account
                FROM planned AS p CROSS JOIN record AS r ON r.id = p.record
                WHERE p.run = ?1 AND p.record > ?2 ORDER BY p.record LIMIT ?3
                """,
                [run.value, after.flatMap(records.id) ?? 0, max(0, limit)]
            ) { planned.append(try PlannedRecord($0)) }
            return planned
        }
    }

    public func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord? {
        try await read { db in
            var records = RecordTable(db)
            try records.find([key])
            guard let record = records.id(of: key) else { return nil }
            return try db.first(
                """
                SELECT \(SourceKey.columns), p.observation, p.is_absent, p.version, p.account
                FROM planned AS p CROSS JOIN record AS r ON r.id = p.record
                    CROSS JOIN run AS n ON n.id = p.run
                WHERE p.record = ? AND n.state = 'held' AND n.is_preview = 0
                    AND n.started_at >= ?
                ORDER BY n.number DESC LIMIT 1
                """,
                [record, since.milliseconds],
                PlannedRecord.init
            )
        }
    }
}
