import Accounts
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

/// Rows that say what they cannot say: named in one sentence, never a crash, never a guess.
@Suite struct `Damaged rows` {
    static let damages: [(sql: String, subject: String)] = [
        ("UPDATE link SET last = x''", "the link of staff S1 of school A1000000001"),
        ("UPDATE link SET last = x'FF00'", "the link of staff S1 of school A1000000001"),
        ("UPDATE link SET last = zeroblob(9)", "the link of staff S1 of school A1000000001"),
        ("UPDATE link SET planned_on = '2026-02-30'", "the link of staff S1 of school A1000000001"),
        (
            "UPDATE link SET state = 'left', evidence = 'gossip'",
            "the link of staff S1 of school A1000000001"
        ),
        ("UPDATE account SET local_edits = 'shoeSize'", "account 1"),
    ]

    @Test(arguments: damages)
    func `a damaged row is named`(_ sql: String, _ subject: String) async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(1)
        try await store.writer.write { try $0.execute(sql: sql) }
        let expected = StoreError.unavailable(
            reason: "The store \(folder.file()) is damaged at \(subject); restore it from a backup."
        )
        await #expect(throws: expected) { try await store.summary(of: AccountID(1)) }
    }

    @Test func `a damaged unlinked record, policy and capability are named`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(0)
        var changes = ChangeSet.example(.batch)
        changes.unlinked = [
            UnlinkedRecord(observation: .staff("U1"), email: nil, reason: .noWorkEmail)
        ]
        try await store.apply(changes)
        try await store.writer.write { db in
            try db.execute(
                sql: """
                    UPDATE unlinked SET reason = 'whim';
                    INSERT INTO policy (tenant, key, value) VALUES ('default', 'owner.email', 'me');
                    UPDATE capability SET value = 'perhaps' WHERE key = 'of.staff..grant.email';
                    """
            )
        }
        await expect("the unlinked record of staff U1 of school A1000000001", folder) {
            () throws(StoreError) in
            _ = try await store.unlinkedRecords(in: .example)
        }
        await expect("the policy owner.email of tenant default", folder) { () throws(StoreError) in
            _ = try await store.policy(of: .standard)
        }
        await expect("the capability of.staff..grant.email of connection 1", folder) {
            () throws(StoreError) in
            _ = try await store.connections()
        }
    }

    private func expect(
        _ subject: String,
        _ folder: TemporaryFolder,
        _ body: () async throws(StoreError) -> Void
    ) async {
        let expected = StoreError.unavailable(
            reason: "The store \(folder.file()) is damaged at \(subject); restore it from a backup."
        )
        do throws(StoreError) {
            try await body()
            Issue.record("Nothing was thrown.")
        } catch {
            #expect(error == expected)
        }
    }
}
