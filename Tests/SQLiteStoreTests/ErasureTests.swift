import Accounts
import Foundation
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

/// What an erasure leaves on the disk, and what it reads.
@Suite struct `Erasures of one person` {
    /// A name that is nowhere else in the file.
    private static let name = "Quetzalcoatlus"

    private func filled(_ store: SQLiteStore) async throws {
        try await store.fill(3)
        let view = try await store.view(.everybody(3))
        let before = try #require(view.accounts[AccountID(1)])
        var link = try #require(view.links[.staff("S1")])
        var account = before
        account.surname = Self.name
        link.last.surname = .value(Self.name)
        var changes = ChangeSet.example(.batch)
        changes.accounts = [AccountWrite(after: account, before: before)]
        changes.links = [LinkWrite(after: link, baseSequence: link.sequence)]
        changes.history = [
            HistoryEntry(
                account: account.id,
                field: .surname,
                from: before.surname,
                to: Self.name,
                reason: "r"
            )
        ]
        try await store.apply(changes)
    }

    @Test func `neither the file nor its log keeps her, beside a process that has it open`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await filled(store)
        let daemon = try folder.store()
        #expect(try await daemon.history(of: AccountID(1)).count == 1)
        #expect(try traces(in: folder) > 0)
        let records = try await store.erase(AccountID(1), of: .standard, at: .example)
        #expect(records == [.staff("S1")])
        #expect(try traces(in: folder) == 0)
        #expect(try Data(contentsOf: url(folder, "muster.sqlite-wal")).isEmpty)
        #expect(try await daemon.history(of: AccountID(1)).isEmpty)
        #expect(try await daemon.writeNumber() > 0)
    }

    @Test func `somebody who reads for long delays the log and not the erasure`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await filled(store)
        let other = try folder.store()
        let reader = try other.readers.makeSnapshot()
        #expect(try await Self.links(in: reader) == 3)
        _ = try await store.erase(AccountID(1), of: .standard, at: .example)
        #expect(try await store.summary(of: AccountID(1)) == nil)
        let patience = try await store.write(.survivesCrash) { db in
            try Int.fetchOne(db, sql: "PRAGMA busy_timeout")
        }
        #expect(patience == 5000)
        #expect(try await Self.links(in: reader) == 3)
    }

    /// Says of pupils, wherever such is kept, that the record with the name is a contact of theirs.
    private func nameContact(in store: SQLiteStore) async throws {
        try await store.fill(3)
        let contacts = [ContactEntry.example(Self.name), .example("C2")]
        let said = ["K1", "K2", "K3", "K4"].map { Observation.student($0, contacts: contacts) }
        let contact = Observation.contact(Self.name, email: "c@home.example")
        var changes = ChangeSet.example(.batch)
        changes.links = [(contact, 1), (said[0], 2)].map { record, account in
            LinkWrite(after: Link.of(record, to: AccountID(account)), baseSequence: nil)
        }
        changes.unlinked = [
            UnlinkedRecord(observation: said[1], email: nil, reason: .noWorkEmail)
        ]
        try await store.apply(changes)
        let run = Run(id: RunID(70), connection: .example, startedAt: .example)
        _ = try await store.begin(run, aliveSince: .example)
        try await store.stage(
            [StagedObservation(observation: said[2], email: nil, isLinked: false)],
            in: run.id
        )
        try await store.keep([PlannedRecord(observation: said[3])], for: run.id)
    }

    @Test func `neither the file nor its log keeps what was said of a contact's pupils`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await nameContact(in: store)
        #expect(try traces(in: folder) >= 5)
        _ = try await store.erase(AccountID(1), of: .standard, at: .example)
        #expect(try traces(in: folder) == 0)
        let view = try await store.view(.everybody(3))
        #expect(view.accounts[AccountID(2)] != nil)
    }

    @Test func `only what names a contact is unpacked, however her id is composed`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(3)
        let said = [("K1", "e\u{301}\u{212A}77"), ("K2", "C2"), ("K3", "C3")].map { id, contact in
            Observation.student(id, contacts: [.example(contact)])
        }
        var changes = ChangeSet.example(.batch)
        changes.links = [(Observation.contact("\u{E9}K77"), 1), (said[0], 2), (said[1], 3)].map {
            LinkWrite(after: Link.of($0, to: AccountID(Int64($1))), baseSequence: nil)
        }
        changes.unlinked = [
            UnlinkedRecord(observation: said[2], email: nil, reason: .noWorkEmail)
        ]
        try await store.apply(changes)
        // Whoever read rows that do not name her would fail.
        try await store.write(.survivesCrash) { db in
            for (table, column, id) in [
                ("link", "last", "K2"), ("unlinked", "observation", "K3"),
            ] {
                try db.execute(
                    sql: """
                        UPDATE \(table) SET \(column) = x'0299'
                        WHERE record = (SELECT id FROM record WHERE source_id = ?)
                        """,
                    arguments: [id]
                )
            }
        }
        _ = try await store.erase(AccountID(1), of: .standard, at: .example)
        var request = ViewRequest(tenant: .standard)
        request.keys = [said[0].key]
        let view = try await store.view(request)
        #expect(view.links[said[0].key]?.last.contacts == .empty)
    }

    private static func links(in reader: DatabaseSnapshot) async throws -> Int? {
        try await reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM link") }
    }

    @Test func `what runs staged and planned is found by index`() async throws {
        let folder = try TemporaryFolder()
        let statements = StatementLog()
        let store = try folder.store { $0.statementTrace = statements.note }
        try await store.fill(2)
        _ = statements.taken()
        _ = try await store.erase(AccountID(1), of: .standard, at: .example)
        let own = statements.taken().filter { text in
            ["staged", "planned"].contains { text.contains($0) } && !text.hasPrefix("--")
        }
        #expect(own.count >= 3, "\(own)")
        try await store.readers.read { db in
            for text in own {
                let explanation = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(text)")
                explanation.setUncheckedArguments([])
                let plan = try Row.fetchAll(explanation).map { $0["detail"] as String }
                for step in plan {
                    let isScan = ["SCAN s", "SCAN p"].contains { step.hasPrefix($0) }
                    #expect(!isScan || step.contains("claiming"), "\(step) in \(text)")
                }
            }
        }
    }

    private func url(_ folder: TemporaryFolder, _ name: String) -> URL {
        URL(fileURLWithPath: folder.file(name))
    }

    /// How often the name stands in the file or in its log.
    private func traces(in folder: TemporaryFolder) throws -> Int {
        let name = Data(Self.name.utf8)
        return try ["muster.sqlite", "muster.sqlite-wal"].reduce(0) { count, file in
            var data = try Data(contentsOf: url(folder, file))
            var found = 0
            while let range = data.range(of: name) {
                found += 1
                data = Data(data[range.upperBound...])
            }
            return count + found
        }
    }
}
