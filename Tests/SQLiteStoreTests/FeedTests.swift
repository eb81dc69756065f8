import Accounts
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `The feed of changes` {
    @Test func `a position is never given again, whatever was deleted`() async throws {
        let folder = try TemporaryFolder()
        var last: Int64 = 0
        for _ in 0..<3 {
            let store = try folder.store()
            if last == 0 { try await store.fill(1) }
            var changes = ChangeSet.example(.batch)
            changes.history = [.example, .example]
            try await store.apply(changes)
            let positions = try await store.positions(after: 0)
            #expect(positions.count == 2)
            #expect(positions.allSatisfy { $0 > last })
            last = positions.max() ?? 0
            try await store.write(.survivesCrash) { try $0.execute(sql: "DELETE FROM history") }
        }
    }

    @Test func `two processes write one feed`() async throws {
        let folder = try TemporaryFolder()
        let stores = [try folder.store(), try folder.store()]
        try await stores[0].fill(1)
        var seen: [Int64] = []
        for number in 0..<10 {
            var changes = ChangeSet.example(.batch)
            changes.history = [.example]
            try await stores[number % 2].apply(changes)
            seen += try await stores[(number + 1) % 2].positions(after: seen.last ?? 0)
        }
        #expect(seen.count == 10)
        #expect(seen == seen.sorted())
    }

    @Test func `a store from before the feed keeps its history and its numbers`() async throws {
        let folder = try TemporaryFolder()
        let old = Array(Schema.migrations.prefix { $0.name != "history as a feed" })
        do {
            let queue = try DatabaseQueue(path: folder.file())
            try await queue.writeWithoutTransaction { db in
                try Schema.prepare(db, by: old)
                try db.execute(
                    sql: """
                        INSERT INTO account (id, tenant, version, status, credential, local_edits)
                        VALUES (1, 'default', 1, 'active', 'none', ''),
                            (2, 'other', 1, 'active', 'none', '');
                        INSERT INTO history (id, account, at, cause, field, new, reason)
                        VALUES (4, 1, 7, 'batch', NULL, 'x', ''),
                            (9, 2, 8, 'login', 'phone', '0', 'sourceOwns');
                        """
                )
            }
        }
        let store = try folder.store()
        #expect(try await store.positions(after: 0) == [4])
        #expect(try await store.positions(after: 0, of: TenantID("other")) == [9])
        #expect(try await store.history(of: AccountID(2)).map(\.entry.to) == ["0"])
        var changes = ChangeSet.example(.batch)
        changes.history = [.example]
        try await store.apply(changes)
        #expect(try await store.positions(after: 4) == [10])
    }

    @Test func `counts of a newer version are passed over`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(0)
        var run = Run(id: RunID(1), connection: .example, startedAt: .example)
        run.counts.seen = 3
        _ = try await store.begin(run, aliveSince: .example)
        try await store.write(.survivesCrash) { db in
            try db.execute(
                sql: """
                    UPDATE run SET counts = counts
                        || ' flown=2 ignored.onTheMoon=9 seen held= =4 ignored.left=1'
                    """
            )
        }
        let found = try #require(try await store.runs(of: .example, limit: 1).first)
        var expected = run.counts
        expected.ignored = [.left: 1]
        #expect(found.counts == expected)
    }

    @Test func `a person's schools are found by her links, not by going through a school`()
        async throws
    {
        let folder = try TemporaryFolder()
        let statements = StatementLog()
        let store = try folder.store { $0.statementTrace = statements.note }
        try await store.fill(1)
        _ = statements.taken()
        _ = try await store.changes(after: 0, of: .standard, in: .example, limit: 10)
        _ = try await store.accounts(in: .example, of: .standard)
        let queries = statements.taken().filter { $0.contains("SELECT 1 FROM link") }
        #expect(queries.count == 2)
        try await store.readers.read { db in
            for query in queries {
                let explanation = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(query)")
                explanation.setUncheckedArguments([])
                let plan = try Row.fetchAll(explanation).map { $0["detail"] as String }
                #expect(plan.contains("SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"), "\(plan)")
            }
        }
    }

    @Test func `a subject that is bound already is told without a write`() async throws {
        let folder = try TemporaryFolder()
        let statements = StatementLog()
        let store = try folder.store { $0.statementTrace = statements.note }
        try await store.fill(1)
        let subject = HostSubject(issuer: "", subject: "7")
        try await store.bind(subject, to: AccountID(1), of: .standard)
        let stamp = store.stamp
        #expect(statements.taken().contains("PRAGMA synchronous = FULL"))
        try await store.bind(subject, to: AccountID(1), of: .standard)
        #expect(!statements.taken().contains { $0.hasPrefix("BEGIN IMMEDIATE") })
        #expect(store.stamp == stamp)
    }
}

extension HistoryEntry {
    fileprivate static let example = HistoryEntry(
        account: AccountID(1),
        field: .phone,
        from: nil,
        to: "0",
        reason: "sourceOwns"
    )
}

extension SQLiteStore {
    fileprivate func positions(
        after position: Int64,
        of tenant: TenantID = .standard
    ) async throws -> [Int64] {
        try await changes(after: position, of: tenant, in: nil, limit: 100).map(\.position)
    }
}
