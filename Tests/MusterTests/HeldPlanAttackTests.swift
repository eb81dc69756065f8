import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// For how long a held plan holds.
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

    @Test(arguments: [(1, true), (3, false)])
    func `a plan holds for two days, and the review lists it as long`(
        days: Int64,
        holds: Bool
    ) async throws {
        let (premises, _) = try await held()
        premises.clock.advance(by: .seconds(days * 86_400 + 3600))
        let school = try await premises.school()
        let list = try await Review(premises.workshop).list(of: school)
        #expect(list.held.count == (holds ? 1 : 0))
        #expect(list.held.allSatisfy { $0.plan == nil }, "after a day it cannot be approved")
        // By the list she is the only one who leaves: only the plan can hold her.
        for id in 2...9 { premises.source.change(.staff("\(id)")) { $0.standing = .current } }
        let login = try await premises.login(.sourceID("1"))
        #expect(login.outcome == (holds ? .held : .left))
    }
}
