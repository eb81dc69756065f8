import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Logins after somebody put a leaving date on many records of an MIS.
@Suite(.timeLimit(.minutes(1))) struct ManyLeaversLoginTests {
    private static let people = 114

    /// A large school, synced; afterwards the first `leaving` of it have left, and as many are new
    /// where `isMoved`: of the same names, at other addresses.
    private func school(leaving: Int, isMoved: Bool) async throws -> Premises {
        let premises = try await Premises(pageSize: 200)
        func person(_ id: Int, _ record: String, _ domain: String) -> Observation {
            .staff(
                record,
                forename: "Name\(id)",
                surname: "Family\(id)",
                email: "\(id)@\(domain).example"
            )
        }
        for id in 1...Self.people { premises.source.put(person(id, "\(id)", "school")) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(7200))
        for id in 1...leaving {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
            if isMoved { premises.source.put(person(id, "new\(id)", "trust")) }
        }
        return premises
    }

    @Test(
        arguments: [(114, false), (114, true), (45, true), (45, false), (13, false)]
    )
    func `logins hold everybody where a sync would`(leaving: Int, isMoved: Bool) async throws {
        let premises = try await school(leaving: leaving, isMoved: isMoved)
        for id in 1...13 {
            let login = try await premises.login(.sourceID("\(id)"))
            #expect(login.decision == .allow && login.outcome == .held, "\(id): \(login)")
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.suspended == 0, "\(held)")
    }

    @Test(arguments: [1, 5, 10])
    func `logins suspend whom a sync would`(leaving: Int) async throws {
        let premises = try await school(leaving: leaving, isMoved: false)
        for id in 1...leaving {
            let login = try await premises.login(.sourceID("\(id)"))
            #expect(login.decision == .deny && login.outcome == .left, "\(id): \(login)")
        }
        #expect(try await premises.syncAll().state == .completed)
    }
}
