import Accounts
import GRDB
import MusterTesting
import Roster
import Testing

@testable import SQLiteStore

@Suite struct `Losses of logins` {
    @Test func `rows that no tally can count go when a good run ends, and no others`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try folder.store()
        try await store.fill(3)
        let day = Timestamp.example.milliseconds
        let hours = [0, 24, 25, 60]
        for (number, hour) in hours.enumerated() {
            var changes = ChangeSet(
                tenant: .standard,
                run: nil,
                cause: .login,
                at: Timestamp(milliseconds: day + Int64(hour) * 3_600_000)
            )
            changes.losses = [
                CountedLoss(
                    loss: [.access, .privilege, .membership, .loginEmail][number],
                    account: AccountID(1),
                    school: .example,
                    kind: .staff
                )
            ]
            try await store.apply(changes)
        }
        let position = try await store.tally(.example).position
        for (state, isComplete, expected) in [
            (.failed, true, 4), (.held, true, 4), (.completed, false, 4), (.completed, true, 3),
        ] as [(RunState, Bool, Int)] {
            var run = Run(
                id: RunID(store.stamp ?? 0),
                connection: .example,
                startedAt: Timestamp(milliseconds: day + 48 * 3_600_000)
            )
            _ = try await store.begin(run, aliveSince: .example)
            run.state = state
            run.isComplete = isComplete
            try await store.update(run)
            let rows = try await store.read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM loss")
            }
            #expect(rows == expected, "after a run that is \(state), \(isComplete)")
        }
        #expect(try await store.tally(.example).position == position)
    }

    @Test func `a tally of many is no longer than one of few`() async throws {
        let folder = try TemporaryFolder()
        let statements = StatementLog()
        let store = try folder.store {
            $0.readers = 1
            $0.statementTrace = statements.note
        }
        try await store.fill(300)
        _ = try await store.tally(.example)
        _ = statements.taken()
        let tally = try await store.tally(.example)
        #expect(tally.peopleAtSchool == 300)
        #expect(tally.peopleOfTenant == 300)
        let queries = statements.taken().queries
        #expect(queries.count == 5)
        #expect(!queries.contains { $0.contains("link") && !$0.contains("people_at_school") })
    }
}
