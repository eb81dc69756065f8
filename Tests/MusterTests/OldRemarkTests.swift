import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// A store that an earlier version left in the middle of a change of MIS.
@Suite struct OldRemarkTests {
    @Test func `what an earlier version remarked of accounts without a record is no rubbish`()
        async throws
    {
        let premises = try await Premises()
        premises.source.put(.staff("7"))
        try await premises.syncAll()
        var run = Run(
            id: RunID(1),
            connection: .example,
            startedAt: premises.clock.now().advanced(by: .seconds(1))
        )
        _ = try await premises.store.begin(run, aliveSince: run.startedAt)
        run.state = .held
        run.endedAt = run.startedAt
        run.remarks = [RunRemark(record: "7", reason: "accountWithoutRecord.staff")]
        // As the migration says of it.
        run.changedIDs = [
            ChangedIDs(school: .example, kind: .staff, withoutRecord: 0, formerIDs: [])
        ]
        try await premises.store.update(run)
        let list = try await Review(premises.workshop).list(of: try await premises.school())
        #expect(list.remarks.map(\.reason) == [])
        #expect(list.accountsWithoutRecord.map(\.record.id) == ["7"])
    }
}
