public import Accounts
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore: AccountStore {
    public func nextSequence() async throws(StoreError) -> Int64 {
        try await numbers.next { used throws(StoreError) in
            // What was given out may stand in links that outlive a power cut.
            try await write(.survivesPowerCut) { db in
                try db.nextNumber(of: "request", by: RequestNumbers.block, after: used)
            }
        }
    }

    public func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        try await read { db in
            var reader = ViewReader(request, in: db)
            return try reader.read()
        }
    }

    public func apply(_ changes: ChangeSet) async throws(StoreError) {
        guard !changes.isEmpty else { return }
        try await write(changes.cause.durability) { db in
            var writer = ChangeSetWriter(changes, in: db)
            try writer.write()
        }
    }

    public func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        try await read { db in try LossTally(question, in: db) }
    }

    public func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError) {
        guard !records.isEmpty || account != nil else { return }
        try await write(.survivesCrash) { db in
            if let account, try !db.isPresent(account) { throw StoreError.stale }
            var table = RecordTable(db)
            try table.keep(records.map(\.key))
            try CheckedRecord.put(records, at: at, numbered: table, in: db)
        }
    }

    public func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        try await read { db in
            let finder = PersonFinder(db: db, school: school)
            guard let id = try finder.account(key, of: tenant, formerSince: formerSince) else {
                return nil
            }
            var people = PeopleReader(db)
            try people.read([id])
            guard people.accounts[id]?.tenant == tenant,
                let summary = try AccountSummary.summaries([id], of: people).first
            else { return nil }
            let links = people.sortedLinks(of: id)
            let here = links.filter { $0.link.key.school == school }
            return try KnownPerson(
                summary: summary,
                school: school,
                checkedAt: (here.isEmpty ? links : here).compactMap(\.checkedAt).max(),
                lastRun: { try db.lastCompleteRun(of: $0) }
            )
        }
    }

    public func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError) -> UnlinkedRecord? {
        try await read { db in
            try PersonFinder(db: db, school: school).unlinkedRecord(key)
        }
    }

    public func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord] {
        try await read { db in
            try PersonFinder(db: db, school: school).unlinkedRecords()
        }
    }

    public func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError) -> [AccountSummary] {
        try await read { db in
            var ids: [Int64] = []
            try db.forEach(
                """
                SELECT a.id FROM account AS a
                WHERE a.tenant = ?3 AND (
                    EXISTS (
                        SELECT 1 FROM link AS l CROSS JOIN record AS r ON r.id = l.record
                        WHERE l.account = a.id AND r.connection = ?1 AND r.school = ?2)
                    OR NOT EXISTS (SELECT 1 FROM link AS l WHERE l.account = a.id))
                ORDER BY a.email IS NULL, a.email, a.id
                """,
                [
                    school.connection.value, StoredText.key(school.school),
                    StoredText.key(tenant.name),
                ]
            ) { ids.append(try $0.number(0)) }
            return try AccountSummary.read(ids, in: db)
        }
    }

    public func summary(of account: AccountID) async throws(StoreError) -> AccountSummary? {
        try await read { db in
            try AccountSummary.read([account.value], in: db).first
        }
    }

    public func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await read { db in try DatedHistoryEntry.all(of: account, in: db) }
    }

    public func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await read { db in
            var entries: [FeedEntry] = []
            try db.forEach(
                """
                SELECT \(FeedEntry.columns)
                FROM history AS h
                WHERE h.tenant = ?1 AND h.id > ?2 AND (?3 IS NULL OR EXISTS (
                    SELECT 1 FROM link AS l CROSS JOIN record AS r ON r.id = l.record
                    WHERE l.account = h.account AND r.connection = ?3 AND r.school = ?4))
                ORDER BY h.id LIMIT ?5
                """,
                [
                    StoredText.key(tenant.name), position, school?.connection.value,
                    school.map { StoredText.key($0.school) }, max(0, limit),
                ]
            ) { entries.append(try FeedEntry($0)) }
            return entries
        }
    }

    public func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await read { db in
            var entries: [FeedEntry] = []
            try db.forEach(
                """
                SELECT \(FeedEntry.columns) FROM history AS h
                WHERE h.run = ? AND h.id > ? ORDER BY h.id LIMIT ?
                """,
                [run.value, position, max(0, limit)]
            ) { entries.append(try FeedEntry($0)) }
            return entries
        }
    }

    public func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        // Every login says it again, and only the first has to write.
        let isBound = try await read { db in
            try db.isBound(subject, to: account, of: tenant)
        }
        guard !isBound else { return }
        try await write(.survivesPowerCut) { db in
            guard try !db.isBound(subject, to: account, of: tenant) else { return }
            try db.run(
                """
                INSERT INTO subject (tenant, issuer, subject, account)
                SELECT a.tenant, ?3, ?4, a.id FROM account AS a WHERE a.id = ?1 AND a.tenant = ?2
                """,
                [
                    account.value, StoredText.key(tenant.name), StoredText.key(subject.issuer),
                    StoredText.key(subject.subject),
                ]
            )
            guard db.changesCount == 1 else { throw StoreError.stale }
        }
    }
}

extension Cause {
    /// What a person did outlives a power cut; what the next look-up brings again need not.
    var durability: Durability {
        switch self {
        case .login, .batch: .survivesCrash
        case .administrator, .import, .undo, .person: .survivesPowerCut
        }
    }
}

extension Database {
    /// Whether the account is there in this version.
    fileprivate func isPresent(_ account: Account) throws -> Bool {
        let version = try first(
            "SELECT a.version FROM account AS a WHERE a.id = ? AND a.tenant = ?",
            [account.id.value, StoredText.key(account.tenant.name)]
        ) { try $0.number(0) }
        return version == account.version
    }

    /// Whether a subject stands for the account; refuses one that stands for another.
    fileprivate func isBound(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) throws -> Bool {
        guard let holder = try self.account(of: subject, tenant) else { return false }
        guard holder == account.value else { throw StoreError.boundSubject }
        return true
    }

    /// The account that a subject was bound to.
    func account(of subject: HostSubject, _ tenant: TenantID) throws -> Int64? {
        try first(
            "SELECT account FROM subject WHERE tenant = ? AND issuer = ? AND subject = ?",
            [
                StoredText.key(tenant.name), StoredText.key(subject.issuer),
                StoredText.key(subject.subject),
            ]
        ) { try $0.number(0) }
    }

    /// When the last complete run of a connection began that was not broken off and listed as many
    /// people as the source counts: whom another did not list may be there no more.
    fileprivate func lastCompleteRun(of connection: ConnectionID) throws -> Timestamp? {
        try first(
            """
            SELECT g.started_at FROM run AS g
            WHERE g.connection = ? AND g.is_complete = 1 AND g.is_counted = 1
                AND g.state IN ('completed', 'held')
            ORDER BY g.started_at DESC LIMIT 1
            """,
            [connection.value]
        ) { try $0.timestamp(0) }
    }

    /// Counts on by `step`, and returns the new number.
    func nextNumber(
        of counter: String,
        by step: Int64 = 1,
        after floor: Int64 = 0
    ) throws -> Int64 {
        let number = try first(
            "UPDATE counter SET value = max(value, ?) + ? WHERE name = ? RETURNING value",
            [floor, step, counter]
        ) { try $0.number(0) }
        guard let number else { throw DamagedRow(subject: "the counter of \(counter)s") }
        return number
    }
}
