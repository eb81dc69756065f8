import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// A leaver's record that came back as somebody else's.
@Suite struct ReusedRecordTests {
    /// A school at which the record of a leaver came back as somebody else's.
    private func reused() async throws -> (Premises, leaver: Account) {
        let premises = try await Premises.withNewcomer("m@school.example")
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        let leaver = try #require(try await premises.account("1"))
        premises.source.put(
            .staff("1", forename: "Mallory", surname: "Stranger", email: "s@school.example")
        )
        #expect(try await premises.syncAll().disputed == 1)
        return (premises, leaver)
    }

    @Test(arguments: [nil, "2@school.example", "1@school.example"])
    func `whose a reused record is, a person says`(email: String?) async throws {
        let (premises, leaver) = try await reused()
        let school = try await premises.school()
        #expect(try await premises.login(.email("s@school.example")).decision == .deny)
        let record = try await premises.review.record("1", in: school)
        #expect(record.reason == .reusedRecord && record.candidates == [leaver.id])
        let result: ReviewResult
        if let email {
            result = try await premises.review.link(
                record,
                to: email,
                in: school,
                isSamePerson: email == "2@school.example"
            )
        } else {
            result = try await premises.review.create(record, in: school)
        }
        let summary = result.summary
        #expect(summary.account.surname == "Stranger" && summary.account.status == .active)
        #expect(summary.links.filter(\.state.isPresent).map(\.key.id) == ["1"])
        for _ in 1...2 {
            let synced = try await premises.syncAll()
            #expect(synced.disputed == 0 && synced.created == 0 && synced.restored == 0)
            premises.letFreshnessPass()
            let login = try await premises.login(.email("s@school.example"))
            #expect(login.decision == .allow)
            #expect(login.account?.account.id == summary.account.id)
        }
        #expect(try await premises.review.list(of: school).waiting.isEmpty)
        guard email != "1@school.example" else { return #expect(summary.account.id == leaver.id) }
        let left = try #require(try await premises.store.summary(of: leaver.id))
        #expect(left.account.status == .suspended(by: .sync) && left.links.isEmpty)
        #expect(left.account.surname == leaver.surname && left.account.home == nil)
        let undone = try await Undo(premises.workshop).run(result.run)
        #expect(undone.restored == 1)
        #expect(try await premises.store.summary(of: leaver.id)?.account == left.account)
    }

    @Test func `a reused record is ignored, waits again, and goes where the leaver returns`()
        async throws
    {
        let (premises, leaver) = try await reused()
        let school = try await premises.school()
        let review = premises.review
        let record = try await review.record("1", in: school)
        _ = try await review.dismiss(record, because: "a test record", in: school)
        let synced = try await premises.syncAll()
        #expect(synced.disputed == 0 && synced.ignored == [.reusedRecord: 1])
        #expect(try await review.list(of: school).waiting.isEmpty)
        try await review.lift(try await review.record("1", in: school), in: school)
        #expect(try await premises.syncAll().disputed == 1)
        premises.source.put(
            .staff("1", forename: "F1", surname: "S1", email: "1@school.example")
        )
        #expect(try await premises.syncAll().restored == 1)
        #expect(try await review.list(of: school).records.isEmpty)
        #expect(try await premises.account("1")?.id == leaver.id)
    }
}
