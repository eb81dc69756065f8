import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Syncs of changes beside the held plan of a sync of everybody.
@Suite(.timeLimit(.minutes(1))) struct HeldPlanDeltaTests {
    /// A school of forty, all read; then nine are missing from the list for long, and held.
    private func held() async throws -> (Premises, PlanID) {
        let premises = try await Premises()
        for id in 101...140 { premises.source.put(person(id)) }
        try await premises.syncAll()
        for id in 101...109 { premises.source.remove(.staff("\(id)")) }
        #expect(try await premises.syncAll().state == .completed)
        premises.clock.advance(by: .seconds(13 * 3600))
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 9, "\(result)")
        premises.letFreshnessPass()
        return (premises, try #require(result.plan))
    }

    private func person(_ id: Int) -> Observation {
        .staff("\(id)", forename: "Name\(id)", surname: "Family\(id)")
    }

    /// The record that no list has says that she left.
    private func leave(_ id: Int, _ title: String = "Dr", premises: Premises) {
        premises.source.put(
            person(id).with {
                $0.standing = .left(.notCurrent)
                $0.title = .value(title)
            }
        )
    }

    private func delta(_ premises: Premises) async throws -> SyncResult {
        let connection = try await premises.school().connection
        return await BatchSync(premises.workshop).run(connection, onlyChanges: true)
    }

    @Test func `what a plan has waits in a sync of changes without a plan of its own`()
        async throws
    {
        let (premises, plan) = try await held()
        leave(101, premises: premises)
        let changes = try await delta(premises)
        #expect(changes.kind == .delta && changes.state == .held, "\(changes)")
        #expect(changes.held == 1, "\(changes)")
        #expect(changes.plan == nil)
        premises.letFreshnessPass()
        var outcomes: [LoginOutcome] = []
        for id in 102...105 {
            leave(id, premises: premises)
            outcomes.append(try await premises.login(.sourceID("\(id)")).outcome)
        }
        #expect(outcomes == Array(repeating: .held, count: 4))
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(done.state == .completed && done.suspended == 9, "\(done)")
    }

    @Test func `who is as before in a sync of changes is not in the approval of an older plan`()
        async throws
    {
        let premises = try await Premises()
        for id in 101...140 { premises.source.put(person(id)) }
        try await premises.syncAll()
        for id in 101...120 { leave(id, premises: premises) }
        let plan = try #require(try await premises.syncAll().plan)
        for id in 101...119 { premises.source.put(person(id)) }
        let changes = try await delta(premises)
        #expect(changes.kind == .delta && changes.unchanged >= 19, "\(changes)")
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(done.suspended == 1 && done.skipped == 19, "\(done)")
        #expect(
            try await premises.store.accounts(in: .example, of: .standard).count {
                $0.account.status == .active
            } == 39
        )
    }

    @Test func `to approve what a sync of changes holds leaves the plan of everybody as it was`()
        async throws
    {
        let (premises, plan) = try await held()
        for id in 110...119 { leave(id, premises: premises) }
        let changes = try await delta(premises)
        let small = try #require(changes.plan, "\(changes)")
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop).approve(small, at: connection)
        #expect(done.state == .completed && done.suspended == changes.held, "\(done)")
        leave(101, premises: premises)
        let login = try await premises.login(.sourceID("101"))
        #expect(login.outcome == .held, "\(login.outcome)")
        let rest = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(rest.state == .completed && rest.suspended == 9, "\(rest)")
    }

    @Test func `the review lists a held plan, however many syncs of changes came after`()
        async throws
    {
        let (premises, plan) = try await held()
        for number in 1...20 {
            premises.clock.advance(by: .seconds(900))
            leave(101, "Dr\(number)", premises: premises)
            let changes = try await delta(premises)
            #expect(changes.kind == .delta && changes.state == .held, "\(changes)")
        }
        let school = try await premises.school()
        let list = try await Review(premises.workshop).list(of: school)
        #expect(list.held.contains { $0.plan == plan }, "\(list.held.map(\.counts.held))")
    }
}
