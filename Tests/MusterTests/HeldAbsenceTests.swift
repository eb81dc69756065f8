import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// What logins take while a plan has somebody as absent.
@Suite(.timeLimit(.minutes(1))) struct HeldAbsenceTests {
    @Test func `whose absence at one of two schools waits keeps her places there`() async throws {
        let premises = try await Premises(schools: [.example, .second])
        for school in [SchoolKey.example, .second] {
            for id in 1...12 {
                let name = "\(school == .second ? "b" : "a")\(id)"
                premises.source.put(
                    Observation.staff(
                        name,
                        forename: "Name\(id)",
                        surname: "Family\(id)",
                        email: "\(id)@school.example",
                        classes: school == .second ? [] : [.taught("C\(name)")],
                        in: school
                    )
                )
            }
            try await premises.syncAll()
        }
        for id in 1...9 { premises.source.remove(.staff("a\(id)")) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(13 * 3600))
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 9, "\(held)")
        premises.source.put(
            Observation.staff(
                "a1",
                forename: "Name1",
                surname: "Family1",
                email: "1@school.example",
                classes: [.taught("Ca1")]
            ).with { $0.standing = .left(.notCurrent) }
        )
        premises.letFreshnessPass()
        let login = try await premises.login(.sourceID("a1"))
        let summary = try #require(login.account)
        #expect(summary.account.memberships.count == 1, "\(login.outcome)")
    }
}
