import Accounts
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

/// Erasures of somebody whom many records claim, or whose id has no steady text.
@Suite struct WideErasureTests {
    @Test(arguments: [900, 1_100, 40_000])
    func `whoever has an address that many records state can be erased`(count: Int) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(3)
        let email = try #require(try await store.view(.everybody(3)).accounts[AccountID(1)]?.email)
        for start in stride(from: 0, to: count, by: 1000) {
            var changes = ChangeSet.example(.batch)
            changes.unlinked = (start..<min(start + 1000, count)).map { number in
                UnlinkedRecord(
                    observation: .contact("P\(number)", email: email),
                    email: email,
                    reason: .sharedEmail
                )
            }
            try await store.apply(changes)
        }
        let records = try await store.erase(AccountID(1), of: .standard, at: .example)
        #expect(records.count == count + 1)
    }

    @Test(arguments: ["é", "K", "\u{212A}", "K;`", "7", "0", "a\"b\\c", "\r\n"])
    func `a contact of any id is taken from her pupils`(id: String) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(3)
        let pupil = Observation.student("K1", contacts: [.example(id)])
        var changes = ChangeSet.example(.batch)
        changes.links = [(Observation.contact(id), 1), (pupil, 2)].map {
            LinkWrite(after: Link.of($0, to: AccountID(Int64($1))), baseSequence: nil)
        }
        try await store.apply(changes)
        _ = try await store.erase(AccountID(1), of: .standard, at: .example)
        var request = ViewRequest(tenant: .standard)
        request.keys = [pupil.key]
        #expect(try await store.view(request).links[pupil.key]?.last.contacts == .empty)
    }

    @Test
    func `of records without an account only those with an address or candidates are looked at`()
        async throws
    {
        let folder = try TemporaryFolder()
        let statements = StatementLog()
        let store = try folder.store {
            $0.readers = 1
            $0.statementTrace = statements.note
        }
        try await store.fill(3)
        _ = statements.taken()
        _ = try await store.erase(AccountID(1), of: .standard, at: .example)
        let queries = statements.taken().queries.filter { $0.contains("unlinked AS u") }
        #expect(queries.count == 2)
        for query in queries {
            let plan = try await store.readers.read { db in
                let explanation = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(query)")
                explanation.setUncheckedArguments([])
                return try Row.fetchAll(explanation).map { $0["detail"] as String }
            }
            let looks = plan.filter { $0.split(separator: " ").contains("u") }
            #expect(!looks.isEmpty && looks.allSatisfy { $0.contains("INDEX") }, "\(plan)")
        }
    }
}
