import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// What else a login does of somebody from whom a plan would take something, and what the approval
/// then does of her.
@Suite(.timeLimit(.minutes(1))) struct HeldRestTests {
    private func held(
        _ change: @Sendable (inout Observation) -> Void
    ) async throws -> (Premises, PlanID) {
        let premises = try await Premises()
        for id in 1...12 {
            premises.source.put(
                .staff("\(id)", surname: "Family\(id)").with { $0.phone = .value("0\(id)") }
            )
        }
        try await premises.syncAll()
        for id in 1...9 { premises.source.change(.staff("\(id)"), change) }
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 9)
        premises.letFreshnessPass()
        return (premises, try #require(result.plan))
    }

    @Test func `a new surname waits with her leaving, and is applied beside another loss`()
        async throws
    {
        for (loss, expected) in [(true, "Family1"), (false, "Newname")] {
            let (premises, _) = try await held {
                if loss { $0.standing = .left(.notCurrent) } else { $0.phone = .empty }
            }
            premises.source.change(.staff("1")) { $0.surname = .value("Newname") }
            #expect(try await premises.login(.sourceID("1")).outcome == .held)
            #expect(try await premises.account("1")?.surname == expected)
            #expect(try await premises.account("1")?.phone == "01")
        }
    }

    @Test func `an approval takes also from whoever logged in meanwhile`() async throws {
        let (premises, plan) = try await held { $0.phone = .empty }
        #expect(try await premises.login(.sourceID("1")).outcome == .held)
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(done.skipped == 0, "\(done.counts)")
        #expect(try await premises.account("1")?.phone == nil)
    }
}
