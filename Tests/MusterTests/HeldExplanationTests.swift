import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// What `explain` says of people whose loss a guard holds.
@Suite(.timeLimit(.minutes(1))) struct HeldExplanationTests {
    /// A school of thirty, all of them synced.
    private func premises() async throws -> Premises {
        let premises = try await Premises()
        for id in 1...30 {
            let person = Observation.staff("\(id)", forename: "Name\(id)", surname: "Family\(id)")
            premises.source.put(person.with { $0.phone = .value("0\(id)") })
        }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    private func explain(_ id: String, _ premises: Premises) async throws -> Explanation {
        let email = try #require(try await premises.account(id)?.email)
        let school = try await premises.school()
        let explanation = try await Explainer(premises.workshop).explain(email, in: school)
        return try #require(explanation)
    }

    private func decision(_ field: Field, _ explanation: Explanation) -> FieldDecision? {
        explanation.fields.first { $0.field == field }
    }

    @Test func `a leaver whom a sync holds waits, by that sync and its plan`() async throws {
        let premises = try await premises()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        let result = try await premises.syncAll()
        let explanation = try await explain("1", premises)
        #expect(explanation.held?.losses == [.access])
        #expect(explanation.held?.run == result.run && explanation.held?.plan == result.plan)
        let status = decision(.status, explanation)
        #expect(status?.verdict == .wait && status?.reason == .statedLeaving)
        #expect(try await explain("10", premises).held == nil)
        premises.clock.advance(by: .seconds(30 * 3600))
        let late = try await explain("1", premises)
        #expect(late.held?.run == result.run && late.held?.plan == nil, "too old to be approved")
    }

    @Test func `a held leaver whose record cannot be looked up any more waits by the plan`()
        async throws
    {
        let premises = try await premises()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        let result = try await premises.syncAll()
        premises.source.remove(.staff("1"))
        let explanation = try await explain("1", premises)
        #expect(explanation.answer.hasPrefix("Not returned"))
        #expect(explanation.held?.losses == [.access] && explanation.held?.plan == result.plan)
        let status = decision(.status, explanation)
        #expect(status?.verdict == .wait && status?.reason == .statedLeaving)
    }

    @Test func `a leaver who has another record waits by the plan that gives it to her`()
        async throws
    {
        let premises = try await premises()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
            let (forename, surname) = ("Name\(id)", "Family\(id)")
            let email = try #require(try await premises.account("\(id)")?.email)
            premises.source.put(
                .staff("new\(id)", forename: forename, surname: surname, email: email)
            )
        }
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.plan != nil)
        let explanation = try await explain("1", premises)
        #expect(explanation.held?.losses == [.access] && explanation.held?.plan == result.plan)
        #expect(decision(.status, explanation)?.verdict == .wait)
    }

    @Test func `who is missing and held waits, until the MIS has her again`() async throws {
        let premises = try await premises()
        let before = premises.source.script.people[.staff("1")]
        for id in 1...9 { premises.source.remove(.staff("\(id)")) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(13 * 3600))
        let result = try await premises.syncAll()
        #expect(result.state == .held)
        let explanation = try await explain("1", premises)
        #expect(explanation.held?.losses == [.absence] && explanation.held?.plan == result.plan)
        let status = decision(.status, explanation)
        #expect(status?.verdict == .wait && status?.reason == .inferredLeaving)
        premises.source.put(try #require(before))
        #expect(try await explain("1", premises).held == nil)
    }

    @Test func `what only logins hold waits for a sync`() async throws {
        let premises = try await premises()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.phone = .empty }
            _ = try await premises.login(.sourceID("\(id)"))
        }
        let explanation = try await explain("9", premises)
        #expect(explanation.held == HeldLosses(losses: [.field(.phone)]))
        #expect(decision(.phone, explanation)?.verdict == .wait)
    }

    @Test func `what is taken is not held`() async throws {
        let premises = try await premises()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        let explanation = try await explain("1", premises)
        #expect(explanation.held == nil && decision(.status, explanation)?.verdict == .change)
    }
}
