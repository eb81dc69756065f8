import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// What a person says is to be ignored.
@Suite struct DismissalTests {
    @Test func `an ignored record is not counted until its day, or another reason`() async throws {
        let premises = try await Premises.withNewcomer()
        let school = try await premises.school()
        let review = premises.review
        let today = Day.example
        let record = try await review.record("N", in: school)
        let later = try #require(Day(year: today.year, month: 9, day: 10))
        let past = await refused { () throws(ReviewError) in
            try await review.dismiss(record, because: "x", until: today, in: school)
        }
        #expect(past == .pastDay(today))
        _ = try await review.dismiss(record, because: " a  b ", until: later, in: school)
        let counted = try await premises.syncAll()
        #expect(counted.disputed == 0 && counted.ignored[.emailOfLinkedAccount] == 1)
        var list = try await review.list(of: school)
        #expect(list.waiting.isEmpty && list.records.first?.record.dismissal?.because == "a b")
        // She is let in no more than before.
        #expect(try await premises.login(.sourceID("N")).decision == .deny)
        premises.clock.advance(by: .seconds(3 * 86_400))
        #expect(try await premises.syncAll().disputed == 1)
        _ = try await review.dismiss(record, because: "y", in: school)
        #expect(try await premises.syncAll().disputed == 0)
        premises.source.put(.staff("M", email: "n@school.example"))
        premises.source.change(.staff("N")) { $0.email = .value("m@school.example") }
        premises.source.put(.staff("O", email: "m@school.example"))
        #expect(try await premises.syncAll().disputed == 2)
        list = try await review.list(of: school)
        #expect(list.records.allSatisfy { $0.record.dismissal == nil })
    }

    @Test func `what is ignored is lifted, once`() async throws {
        let premises = try await Premises.withNewcomer()
        let school = try await premises.school()
        let review = premises.review
        _ = try await review.dismiss(
            try await review.record("N", in: school),
            because: "x",
            in: school
        )
        try await review.lift(try await review.record("N", in: school), in: school)
        #expect(try await review.list(of: school).waiting.count == 1)
        let record = try await review.record("N", in: school)
        let again = await refused { () throws(ReviewError) in
            try await review.lift(record, in: school)
        }
        #expect(again == .notDismissed("N"))
    }
}
