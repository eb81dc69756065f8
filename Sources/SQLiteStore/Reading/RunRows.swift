import Accounts
import GRDB
import Roster

extension Run {
    /// The columns that `arguments` fills.
    static let ownColumns = """
        id, connection, started_at, ended_at, state, alive_at, is_complete, counts, trouble, plan,
        is_preview, kind, why, remarks, changed_ids, carries_out, is_counted, asked
        """
    /// The columns that `init(_:)` reads.
    static let columns = "\(ownColumns), end_asked_at"

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let id = RunID(try row.number(0))
        self.init(
            id: id,
            connection: ConnectionID(try row.number(1)),
            startedAt: try row.timestamp(2)
        )
        endedAt = try row.optionalTimestamp(3)
        state = try row.word(4, of: "run \(id.value)")
        aliveAt = try row.timestamp(5)
        isComplete = try row.flag(6)
        counts = RunCounts(stored: try row.text(7))
        trouble = try row.optionalText(8)
        plan = try row.optionalText(9).map(PlanID.init)
        if try row.flag(10) { state = .preview }
        kind = try row.word(11, of: "run \(id.value)")
        endAskedAt = try row.optionalTimestamp(18)
        // A reason of a newer version says nothing to this one.
        why = try row.optionalText(12).flatMap(FullReason.init)
        let texts = StoredList.decode(try row.decode(String.self, atIndex: 13))
        remarks = stride(from: 0, to: texts.count - 1, by: 2).map { start in
            RunRemark(storedRecord: texts[start], reason: texts[start + 1])
        }
        let connection = connection
        changedIDs = StoredList.decode(try row.decode(String.self, atIndex: 14)).compactMap {
            ChangedIDs(stored: $0, of: connection)
        }
        isCounted = try row.flag(16)
        order = SyncOrder(
            stored: try row.text(17),
            plan: try row.optionalText(15).map(PlanID.init)
        )
    }

    /// The values of `ownColumns`.
    var arguments: StatementArguments {
        [
            id.value, connection.value, startedAt.milliseconds, endedAt?.milliseconds,
            (state == .preview ? RunState.held : state).rawValue, aliveAt.milliseconds,
            isComplete ? 1 : 0, counts.stored, trouble.map(StoredText.encode), plan?.text,
            state == .preview ? 1 : 0, kind.rawValue, why?.rawValue,
            StoredList.encode(
                remarks.flatMap { [$0.storedRecord, $0.reason] }
            ),
            StoredList.encode(changedIDs.map(\.stored)), order.plan?.text, isCounted ? 1 : 0,
            order.stored,
        ]
    }

    /// Refuses a run that is over or never began.
    static func requireGoingOn(_ id: RunID, in db: Database) throws {
        let found = try db.first(
            "SELECT 1 FROM run WHERE id = ? AND state = 'running'",
            [id.value]
        ) { _ in true }
        guard found != nil else { throw StoreError.stale }
    }

    /// Keeps how the run stands if it goes on, and throws away what it staged if it is over.
    func update(in db: Database) throws {
        try db.run(
            """
            UPDATE run SET connection = ?2, started_at = ?3, ended_at = ?4, state = ?5,
                alive_at = ?6, is_complete = ?7, counts = ?8, trouble = ?9, plan = ?10,
                is_preview = ?11, kind = ?12, why = ?13, remarks = ?14,
                changed_ids = ?15, carries_out = ?16, is_counted = ?17,
                asked = ?18
            WHERE id = ?1 AND state = 'running'
            """,
            arguments
        )
        guard db.changesCount == 1 else { throw StoreError.stale }
        guard state != .running else { return }
        try db.run("DELETE FROM staged WHERE run = ?", [id.value])
        try forgetPlans(in: db)
        try CountedLoss.forget(before: self, in: db)
    }
}

extension RunMilestone {
    /// The condition on rows of `run`; each begins with that of the index `run_applied`.
    var condition: String {
        let applied = "state IN ('completed', 'held') AND is_preview = 0"
        return switch self {
        case .applied: applied
        case .full: "\(applied) AND kind = 'full'"
        case .loaded: "\(applied) AND (is_complete = 1 OR kind = 'approval')"
        case .complete: "\(applied) AND is_complete = 1"
        }
    }
}

extension Run {
    /// Whoever judged everybody knows better than the plans before; what was carried out is done.
    private func forgetPlans(in db: Database) throws {
        if plan == nil { try db.run("DELETE FROM planned WHERE run = ?", [id.value]) }
        var others: [Run] = []
        try db.forEach(
            "SELECT \(Self.columns) FROM run WHERE connection = ? AND id <> ? AND plan IS NOT NULL",
            [connection.value, id.value]
        ) { others.append(try Run($0)) }
        let made = others.first { $0.plan == order.plan }
        for other in others where endsPlan(of: other, carryingOut: made) {
            try db.run("DELETE FROM planned WHERE run = ?", [other.id.value])
            try db.run("UPDATE run SET plan = NULL WHERE id = ?", [other.id.value])
        }
    }
}

extension PlannedRecord {
    /// Reads a row: the four columns of the key, observation, whether absent, version,
    /// account.
    init(_ row: Row) throws {
        let key = try row.sourceKey(from: 0)
        guard let observation = try? PackedObservation.unpack(try row.bytes(4), beside: key) else {
            throw DamagedRow(subject: "the planned record of \(key.subject)")
        }
        self.init(
            observation: observation,
            isAbsent: try row.flag(5),
            version: try row.optionalNumber(6),
            account: try row.optionalNumber(7).map(AccountID.init)
        )
    }

    /// Keeps it for `run`, in place of what was planned for the record before.
    func put(in db: Database, run: RunID, record: Int64) throws {
        try db.run(
            """
            INSERT INTO planned (run, record, observation, is_absent, version, account, email)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, record) DO UPDATE SET observation = excluded.observation,
                is_absent = excluded.is_absent, version = excluded.version,
                account = excluded.account, email = excluded.email
            """,
            [
                run.value, record, PackedObservation.data(observation, beside: observation.key),
                isAbsent ? 1 : 0, version, account?.value,
                observation.claimedEmail.map(StoredText.key),
            ]
        )
    }
}

extension RunRemark {
    /// Kind and id of the record, as far as they are known: `staff=12`, `=12` or nothing.
    fileprivate var storedRecord: String {
        record.map { "\(kind?.rawValue ?? "")=\($0)" } ?? ""
    }

    /// Reads `storedRecord` back.
    fileprivate init(storedRecord text: String, reason: String) {
        guard let mark = text.firstIndex(of: "=") else {
            self.init(record: nil, reason: reason)
            return
        }
        self.init(
            record: String(text[text.index(after: mark)...]),
            kind: PersonKind(rawValue: String(text[..<mark])),
            reason: reason
        )
    }
}

extension ChangedIDs {
    /// School, kind, how many accounts have no record, and the ids of those they had.
    fileprivate var stored: String {
        StoredList.encode([school.school, kind.rawValue, String(withoutRecord)] + formerIDs)
    }

    /// Reads `stored` back; nil for a kind of a newer version.
    fileprivate init?(stored: String, of connection: ConnectionID) {
        let texts = StoredList.decode(stored)
        guard texts.count >= 3, let kind = PersonKind(rawValue: texts[1]),
            let withoutRecord = Int(texts[2])
        else { return nil }
        self.init(
            school: SchoolKey(connection: connection, school: texts[0]),
            kind: kind,
            withoutRecord: withoutRecord,
            formerIDs: Array(texts.dropFirst(3))
        )
    }
}

extension SyncOrder {
    private static let words: [(String, any WritableKeyPath<SyncOrder, Bool> & Sendable)] = [
        ("changes", \.onlyChanges), ("preview", \.isPreview), ("comparison", \.comparesAll),
    ]

    /// What it asks for besides reading and applying, in words; a plan has a column of its own.
    fileprivate var stored: String {
        Self.words.filter { self[keyPath: $0.1] }.map(\.0).joined(separator: " ")
    }

    /// Reads `stored` back; words of a newer version are passed over.
    fileprivate init(stored: String, plan: PlanID?) {
        self.init(plan: plan)
        let asked = stored.split(separator: " ")
        for (word, path) in Self.words { self[keyPath: path] = asked.contains { $0 == word } }
    }
}

extension RunCounts {
    private static let words: [(String, any WritableKeyPath<RunCounts, Int> & Sendable)] = [
        ("seen", \.seen), ("unchanged", \.unchanged), ("changed", \.changed),
        ("created", \.created), ("restored", \.restored), ("suspended", \.suspended),
        ("held", \.held), ("skipped", \.skipped), ("disputed", \.disputed), ("failed", \.failed),
        ("missing", \.missing), ("followed", \.followed), ("requests", \.requests),
    ]

    /// What is not zero, with its word: `seen=12 ignored.noWorkEmail=3`.
    var stored: String {
        let counts = Self.words.map { ($0, self[keyPath: $1]) }
        let reasons = ignored.map { ("ignored.\($0.rawValue)", $1) }.sorted { $0.0 < $1.0 }
        return (counts + reasons).filter { $0.1 != 0 }.map { "\($0)=\($1)" }
            .joined(separator: " ")
    }

    /// Keeps what a run that goes on has come to.
    func put(in db: Database, run: RunID) throws {
        try db.run(
            "UPDATE run SET counts = ?2 WHERE id = ?1 AND state = 'running'",
            [run.value, stored]
        )
        guard db.changesCount == 1 else { throw StoreError.stale }
    }

    /// Reads `stored` back; words of a newer version are passed over.
    init(stored: String) {
        self.init()
        for pair in stored.split(separator: " ") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let count = Int(parts[1]) else { continue }
            let (topic, name) = String(parts[0]).splitAtDot
            if topic == "ignored" {
                if let reason = UnlinkedReason(rawValue: name) { ignored[reason] = count }
            } else if let (_, path) = Self.words.first(where: { $0.0 == topic }) {
                self[keyPath: path] = count
            }
        }
    }
}

extension StagedObservation {
    /// Reads a row: the four columns of the key, address, whether linked, observation, turn.
    init(_ row: Row) throws {
        let key = try row.sourceKey(from: 0)
        guard let observation = try? PackedObservation.unpack(try row.bytes(6), beside: key) else {
            throw DamagedRow(subject: "the staged record of \(key.subject)")
        }
        self.init(
            observation: observation,
            email: try row.optionalText(4),
            isLinked: try row.flag(5),
            turn: StagedTurn(rawValue: Int(try row.number(7))) ?? .others
        )
    }

    /// Keeps it for `run`, in place of what was staged for the record before.
    func put(in db: Database, run: RunID, record: Int64) throws {
        let key = observation.key
        try db.run(
            """
            INSERT INTO staged (run, record, linked, source_id, email, observation, turn)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, record) DO UPDATE SET linked = excluded.linked,
                email = excluded.email, observation = excluded.observation, turn = excluded.turn
            """,
            [
                run.value, record, isLinked ? 1 : 0, StoredText.key(key.id),
                email.map(StoredText.key), PackedObservation.data(observation, beside: key),
                turn.rawValue,
            ]
        )
    }
}

extension StoredLink {
    /// The links of `stored` with their managers named.
    static func named(_ stored: [StoredLink], in db: Database) throws -> [Link] {
        var records = RecordTable(db)
        for row in stored { records.note(row.link.key, as: row.record) }
        try records.name(stored.compactMap(\.manager))
        return try stored.map { row in
            var link = row.link
            link.manager = try row.manager.map(records.key)
            return link
        }
    }
}
