import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// What a sync holds waits for who decides on it; logins and syncs of changes do not take it one
/// by one meanwhile.
@Suite(.timeLimit(.minutes(1))) struct HeldPlanTests {
    private static let people = 1...12

    /// A school of which a sync holds nine people who are said to have left.
    private func held(preview: Bool = false) async throws -> (Premises, PlanID) {
        let premises = try await Premises()
        for id in Self.people {
            var person = Observation.staff("\(id)", forename: "Name\(id)", surname: "Family\(id)")
            person.phone = .value("0\(id)")
            premises.source.put(person)
        }
        try await premises.syncAll()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        let connection = try await premises.school().connection
        let result = await BatchSync(premises.workshop).run(connection, isPreview: preview)
        #expect(result.state == (preview ? .preview : .held))
        premises.letFreshnessPass()
        return (premises, try #require(result.plan))
    }

    /// The MIS says of `people` again that they are there.
    private func takeBack(_ people: ClosedRange<Int>, _ premises: Premises) {
        for id in people { premises.source.change(.staff("\(id)")) { $0.standing = .current } }
    }

    private func suspended(_ premises: Premises) async throws -> Int {
        try await premises.accounts().count { $0.account.status == .suspended(by: .sync) }
    }

    @Test func `a login leaves alone what a held plan would take, until it is approved`()
        async throws
    {
        let (premises, plan) = try await held()
        for id in 1...9 {
            let login = try await premises.login(.sourceID("\(id)"))
            #expect(login.outcome == .held && login.decision == .allow, "\(id)")
            // The second one meets a link that the first has touched.
            premises.letFreshnessPass()
            #expect(try await premises.login(.sourceID("\(id)")).outcome == .held, "\(id)")
        }
        #expect(try await suspended(premises) == 0)
        let connection = try await premises.school().connection
        let approved = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(approved.state == .completed, "\(approved)")
        #expect(try await suspended(premises) == 9)
    }

    @Test func `a login takes at once what a held plan says nothing of`() async throws {
        let (premises, _) = try await held()
        // Where the list said so of as many as before, a login would wait as a sync does.
        takeBack(1...9, premises)
        premises.source.change(.staff("12")) { $0.standing = .left(.notCurrent) }
        #expect(try await premises.login(.sourceID("12")).outcome == .left)
        #expect(try await premises.account("12")?.status == .suspended(by: .sync))
        premises.source.change(.staff("1")) { $0.surname = .value("Newname") }
        _ = try await premises.login(.sourceID("1"))
        #expect(try await premises.account("1")?.status == .active)
    }

    @Test func `who leaves is suspended at login although her telephone number waits`()
        async throws
    {
        let (premises, _) = try await held()
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) {
                $0.standing = .current
                $0.phone = .empty
            }
        }
        #expect(try await premises.syncAll().state == .held)
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        premises.letFreshnessPass()
        _ = try await premises.login(.sourceID("3"))
        #expect(try await premises.account("3")?.status == .suspended(by: .sync))
        #expect(try await premises.login(.sourceID("4")).outcome == .held)
        #expect(try await premises.account("4")?.phone == "04")
    }

    @Test func `what a preview shows is no reason to wait`() async throws {
        let (premises, _) = try await held(preview: true)
        takeBack(2...9, premises)
        #expect(try await premises.login(.sourceID("1")).outcome == .left)
        #expect(try await suspended(premises) == 1)
    }

    @Test func `once the MIS says again that they are there, nothing waits`() async throws {
        let (premises, _) = try await held()
        takeBack(1...9, premises)
        #expect(try await premises.syncAll().state == .completed)
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        premises.letFreshnessPass()
        _ = try await premises.login(.sourceID("1"))
        #expect(try await suspended(premises) == 1)
    }
}
