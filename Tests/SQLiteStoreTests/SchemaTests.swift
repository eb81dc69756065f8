import Accounts
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

/// The rules that hold whatever program writes to the file.
@Suite struct `Rules of the schema` {
    static let account =
        "INSERT INTO account (id, tenant, version, status, credential, local_edits, email)"
    static let link =
        "INSERT INTO link (record, account, linked_at, sequence, planned_on, state, last)"
    static let loss = "INSERT INTO loss (tenant, connection, school, kind, loss, account, at)"
    static let accessKey =
        "INSERT INTO access_key (name, tenant, scopes, created_at, digest, sealed)"

    static let password = "INSERT INTO password (account, hash, set_at)"
    static let token =
        "INSERT INTO password_token (digest, account, purpose, issued_at, expires_at, used_at, "
        + "voided_at)"
    static let mail =
        "INSERT INTO mail (id, tenant, account, kind, address, sealed, written_at, due_at, state, "
        + "attempts, settled_at)"

    static let refused = [
        "\(account) VALUES (9, 'default', 0, 'active', 'none', '', NULL)",
        "\(account) VALUES (9, 'default', 1, 'asleep', 'none', '', NULL)",
        "\(account) VALUES (9, 'default', 1, 'suspended', 'none', '', NULL)",
        "\(account) VALUES (9, 'default', 1, 'active', 'guess', '', NULL)",
        "\(account) VALUES (9, 'default', 1, 'active', 'none', '', 'Big@school.example')",
        "\(account) VALUES (9, 'default', 1, 'active', 'none', '', '')",
        "\(account) VALUES (9, 'default', 1, 'active', 'none', '', '1@school.example')",
        "\(account) VALUES (9, NULL, 1, 'active', 'none', '', NULL)",
        "\(account) VALUES (9, 'default', 'one', 'active', 'none', '', NULL)",
        "UPDATE account SET line_manager = 99",
        "UPDATE account SET home = 99",
        "UPDATE account SET teaching_staff = 2",
        "UPDATE account SET status = 'active', suspended_by = 'sync'",
        "INSERT INTO record (connection, school, kind, source_id) VALUES (1, 'A', 'cat', '1')",
        "INSERT INTO record (connection, school, kind, source_id) VALUES (9, 'A', 'staff', '1')",
        "INSERT INTO record (connection, school, kind, source_id) "
            + "SELECT connection, school, kind, source_id FROM record",
        "\(link) SELECT 99, 1, 0, 1, '2026-09-07', 'active', x'01'",
        "\(link) SELECT record, 1, 0, 1, '2026-09-07', 'active', x'01' FROM link",
        "UPDATE link SET account = 99",
        "UPDATE link SET state = 'left'",
        "UPDATE link SET evidence = 'notCurrent'",
        "UPDATE link SET planned_on = 'today'",
        "UPDATE link SET manager = 99",
        "UPDATE membership SET role = 'headmaster'",
        "UPDATE membership SET class = 99",
        "UPDATE membership SET account = 99",
        "INSERT INTO class (id, connection, school, source_id, name, sequence) "
            + "SELECT 9, connection, school, source_id, name, sequence FROM class",
        "INSERT INTO connection (id, tenant, name, kind, people) "
            + "VALUES (2, 'default', 'alder', 'wonde', 'staff')",
        "INSERT INTO run (id, connection, started_at, state, alive_at, is_complete) "
            + "VALUES (2, 1, 0, 'running', 0, 0)",
        "UPDATE run SET state = 'walking'",
        "INSERT INTO staged (run, record, linked, source_id, observation) "
            + "VALUES (99, 1, 0, '', x'01')",
        "UPDATE counter SET value = -1",
        "INSERT INTO history (tenant, account, at, cause, reason) "
            + "VALUES ('default', 99, 0, 'batch', '')",
        "INSERT INTO history (account, at, cause, reason) VALUES (1, 0, 'batch', '')",
        "INSERT INTO subject (tenant, issuer, subject, account) VALUES ('default', '', '7', 99)",
        "INSERT INTO subject (tenant, issuer, subject, account) "
            + "VALUES ('default', '', '7', 1), ('default', '', '7', 1)",
        "\(loss) VALUES ('default', 1, 'A', 'cat', 'access', 1, 0)",
        "\(loss) VALUES ('default', 9, 'A', 'staff', 'access', 1, 0)",
        "\(loss) VALUES ('default', 1, 'A', 'staff', 'access', 99, 0)",
        "\(loss) VALUES ('default', 1, 'A', 'staff', '', 1, 0)",
        "UPDATE people_at_school SET links = -1",
        "\(accessKey) VALUES ('web', 'default', '', 0, NULL, NULL)",
        "\(accessKey) VALUES ('web', 'default', '', 0, x'01', x'01')",
        "\(accessKey) VALUES ('web', 'default', '', 0, x'01', NULL), "
            + "('app', 'default', '', 0, x'01', NULL)",
        "\(password) VALUES (99, '$a$', 0)",
        "\(password) VALUES (1, '', 0)",
        "\(password) VALUES (1, '$a$', 0); UPDATE password SET must_reset = 2",
        "\(token) VALUES (x'', 1, 'reset', 0, 0, NULL, NULL)",
        "\(token) VALUES (x'01', 99, 'reset', 0, 0, NULL, NULL)",
        "\(token) VALUES (x'01', 1, 'guess', 0, 0, NULL, NULL)",
        "\(token) VALUES (x'01', 1, 'reset', 0, 0, 1, 1)",
        "\(token) VALUES (x'01', 1, 'reset', 0, 0, NULL, NULL), "
            + "(x'02', 1, 'reset', 0, 0, NULL, NULL)",
        "\(token) VALUES (x'01', 1, 'reset', 0, 0, 1, NULL), (x'01', 1, 'reset', 0, 0, 2, NULL)",
        "\(mail) VALUES ('', 'default', 1, 'reset', '', NULL, 0, 0, 'waiting', 0, NULL)",
        "\(mail) VALUES ('m', 'default', 99, 'reset', '', NULL, 0, 0, 'waiting', 0, NULL)",
        "\(mail) VALUES ('m', 'default', 1, 'reset', '', NULL, 0, 0, 'lost', 0, 1)",
        "\(mail) VALUES ('m', 'default', 1, 'reset', '', x'01', 0, 0, 'sent', 0, 1)",
        "\(mail) VALUES ('m', 'default', 1, 'reset', '', NULL, 0, 0, 'sent', 0, NULL)",
    ]

    @Test(arguments: refused)
    func `the schema refuses`(_ sql: String) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(1)
        let run = Run(id: RunID(1), connection: .example, startedAt: .example)
        _ = try await store.begin(run, aliveSince: .example)
        await #expect(throws: DatabaseError.self) {
            try await store.writer.write { db in
                do {
                    try db.execute(sql: sql)
                } catch let error as DatabaseError {
                    #expect(error.resultCode == .SQLITE_CONSTRAINT, "\(error)")
                    throw error
                }
            }
        }
    }

    @Test func `removing a connection leaves nothing that refers to it`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(3)
        let run = Run(id: RunID(1), connection: .example, startedAt: .example)
        _ = try await store.begin(run, aliveSince: .example)
        let staged = StagedObservation(
            observation: .staff("S1"),
            email: nil,
            isLinked: true
        )
        try await store.stage([staged], in: run.id)
        try await store.markChecked(
            [CheckedRecord(key: .staff("S1"), sequence: 3)],
            beside: nil,
            at: .example
        )
        var losing = ChangeSet.example(.login)
        losing.losses = [
            CountedLoss(loss: .access, account: AccountID(1), school: .example, kind: .staff)
        ]
        try await store.apply(losing)
        try await store.remove(.example)
        let left = try await store.readers.read { db in
            let tables = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            )
            return try tables.filter { table in
                try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") == true
            }
        }
        // Accounts and what only counts.
        let counting = [
            "counter", "erasure_salt", "loss_position", "people_of_tenant", "sqlite_sequence",
        ]
        #expect(left == ["account"] + counting)
        let summary = try #require(try await store.summary(of: AccountID(1)))
        #expect(summary.account.home == nil)
        #expect(summary.account.version == 2)
    }

    @Test func `what is said of a connection that was removed meanwhile is stale`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(1)
        try await store.remove(.example)
        var changes = ChangeSet.example(.batch)
        changes.links = [
            LinkWrite(after: .of(.staff("S9", sequence: 2), to: AccountID(1)), baseSequence: nil)
        ]
        let late = changes
        await #expect(throws: StoreError.stale) { try await store.apply(late) }
        let run = Run(id: RunID(1), connection: .example, startedAt: .example)
        await #expect(throws: StoreError.stale) { try await store.begin(run, aliveSince: .example) }
    }

    @Test func `every look-up has an index`() async throws {
        let folder = try TemporaryFolder()
        let statements = StatementLog()
        let store = try folder.store {
            $0.readers = 1
            $0.statementTrace = statements.note
        }
        try await store.fill(5)
        var changes = ChangeSet.example(.batch)
        changes.formerEmails = [FormerEmail(account: AccountID(1), email: "old@school.example")]
        try await store.apply(changes)
        let run = Run(id: RunID(1), connection: .example, startedAt: .example)
        _ = try await store.begin(run, aliveSince: .example)
        _ = try await store.run(RunID(0))
        _ = statements.taken()
        var request = ViewRequest(tenant: .standard)
        request.keys = [.staff("S1")]
        request.managersAround = [.staff("S1")]
        request.emails = ["1@school.example"]
        request.awaitedEmails = true
        request.classes = [TeachingClass.example("10B").key]
        _ = try await store.view(request)
        let emails = ["1@school.example", "old@school.example"]
        for key in emails.map(LoginKey.email) + [.sourceID("S1")] {
            let person = try await store.person(
                key,
                in: .example,
                of: .standard,
                formerSince: .example
            )
            #expect(person != nil)
            _ = try await store.unlinkedRecord(key, in: .example)
        }
        _ = try await store.marks(of: [.staff("S1")])
        _ = try await store.staged(in: RunID(1), limit: 10)
        _ = try await store.presentLinks(of: .staff, in: .example, after: nil, limit: 10)
        _ = try await store.presenceMarks(of: .staff, in: .example, after: nil, limit: 10)
        _ = try await store.unlinkedKeys(of: .staff, in: .example, after: nil, limit: 10)
        _ = try await store.history(of: AccountID(1))
        _ = try await store.key(digest: [1])
        _ = try await store.tally(.example)
        for school in [nil, SchoolKey.example] {
            _ = try await store.changes(after: 0, of: .standard, in: school, limit: 10)
        }
        _ = try await store.changes(by: RunID(1), after: 0, limit: 10)
        _ = try await store.erased(among: [.staff("S1")], of: .standard)
        _ = try await store.forgetHistory(of: .standard, before: .example, limit: 10)
        _ = try await store.runs(of: .example, limit: 10)
        for milestone in RunMilestone.allCases {
            _ = try await store.newestRun(of: .example, milestone)
        }
        let subject = HostSubject(issuer: "", subject: "7")
        try await store.bind(subject, to: AccountID(1), of: .standard)
        _ = try await store.person(
            .subject(subject),
            in: .example,
            of: .standard,
            formerSince: .example
        )
        let queries = Set(statements.taken().queries)
        #expect(queries.count > 15)
        try await requireIndexes(of: queries, in: store)
    }
}

/// Fails where one of `queries` looks through a whole table.
func requireIndexes(of queries: Set<String>, in store: SQLiteStore) async throws {
    try await store.readers.read { db in
        for query in queries {
            let explanation = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(query)")
            explanation.setUncheckedArguments([])
            let plan = try Row.fetchAll(explanation).map { $0["detail"] as String }
            for step in plan where step.hasPrefix("SCAN") {
                let isSmall =
                    ["SCAN j", "SCAN up", "SCAN json_each", "SCAN CONSTANT"]
                    .contains { step.hasPrefix($0) } || step.contains("USING INDEX")
                #expect(isSmall, "\(step) in \(query)")
            }
            #expect(!plan.contains { $0.contains("AUTOMATIC") }, "\(plan) in \(query)")
        }
    }
}
