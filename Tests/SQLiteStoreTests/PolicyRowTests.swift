import Accounts
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `Settings as rows` {
    @Test func `a policy is readable with the sqlite3 shell`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var policy = Policy()
        policy.ownership = [.phone: .local, .email: .untilEdited]
        policy.privileges = ["Head of Year": ["exams", "approver"], "Deputy.Head": []]
        policy.freezes = [Term(start: .example), Term()]
        policy.loginBudget = .milliseconds(800)
        try await store.setPolicy(policy, of: .standard)
        let rows = try await store.readers.read { db in
            try Row.fetchAll(db, sql: "SELECT key, value FROM policy ORDER BY key")
                .map { "\($0["key"] as String)=\($0["value"] as String)" }
        }
        #expect(
            rows == [
                "batchFreshness=0", "departedManager=remove", "freeze.0=2026-09-07/", "freeze.1=/",
                "heldLogins=keep", "loginBudget=0+800000000000000000", "newcomers=create",
                "owner.email=untilEdited",
                "owner.phone=local", "privileges.Deputy.Head=",
                "privileges.Head of Year=approver\nexams\n", "staleLogins=mark", "trustsEmail=yes",
            ]
        )
        #expect(try await store.policy(of: .standard) == policy)
    }

    @Test func `freezes keep their order beyond ten`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var policy = Policy()
        policy.freezes = (1...12).map { Term(start: Day(year: 2026, month: $0, day: 1)) }
        try await store.setPolicy(policy, of: .standard)
        #expect(try await store.policy(of: .standard).freezes == policy.freezes)
    }

    @Test func `job titles of any form come back`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        var policy = Policy()
        for title in `Stored texts`.texts where title != "e\u{301}" {
            policy.privileges[title] = Set(`Stored texts`.texts)
        }
        try await store.setPolicy(policy, of: .standard)
        #expect(try await store.policy(of: .standard) == policy)
    }

    @Test func `a name that another connection has is refused before its secret is sealed`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(0)
        await #expect(
            throws: StoreError.conflict(
                reason: "A connection called alder exists already; choose another name with "
                    + "--name or remove it first."
            )
        ) {
            try await store.addConnection(.example()) { _ in
                Issue.record("A secret was sealed.")
                return []
            }
        }
    }

    @Test func `a secret that cannot be sealed leaves no connection`() async throws {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        await #expect(throws: StoreError.unavailable(reason: "No key.")) {
            try await store.addConnection(.example()) { _ throws(StoreError) in
                throw .unavailable(reason: "No key.")
            }
        }
        #expect(try await store.connections() == [])
    }
}
