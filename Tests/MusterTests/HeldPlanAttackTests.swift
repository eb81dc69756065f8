import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Ways round what a held plan holds, and ways in which it holds too much.
@Suite(.timeLimit(.minutes(1))) struct HeldPlanAttackTests {
    /// A school of twelve of which a sync holds nine who are said to have left.
    private func held() async throws -> (Premises, PlanID) {
        let premises = try await Premises()
        for id in 1...12 {
            premises.source.put(.staff("\(id)", forename: "Name\(id)", surname: "Family\(id)"))
        }
        try await premises.syncAll()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        let result = try await premises.syncAll()
        #expect(result.state == .held)
        premises.letFreshnessPass()
        return (premises, try #require(result.plan))
    }

    @Test func `what holds a leaver's login can be approved, or is told by the review`()
        async throws
    {
        let (premises, plan) = try await held()
        premises.clock.advance(by: .seconds(30 * 86_400))
        let school = try await premises.school()
        let list = try await Review(premises.workshop).list(of: school)
        let login = try await premises.login(.sourceID("1"))
        #expect(
            login.outcome == .left || list.held.contains { $0.plan == plan },
            "\(login.outcome) \(login.decision), and the review lists \(list.held.count) plans"
        )
        let approved = await BatchSync(premises.workshop).approve(plan, at: school.connection)
        #expect(approved.state == .completed, "\(approved.trouble ?? "")")
    }
}
