import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Logins by records of before, while a change of MIS waits for whoever approves it.
@Suite(.timeLimit(.minutes(1))) struct RenumberedLoginTests {
    private func person(_ id: Int, record: String) -> Observation {
        Observation.staff(
            record,
            forename: "Name\(id)",
            surname: "Family\(id)",
            email: "\(id)@school.example"
        ).with { $0.neutralKeys = .teacher(id) }
    }

    @Test func `a source that cannot list changes makes nobody twice after a change of MIS`()
        async throws
    {
        for pageSize in [7, 50] {
            let premises = try await Premises(pageSize: pageSize)
            premises.source.script { $0.readsChanges = false }
            for id in 1...12 { premises.source.put(person(id, record: "\(id)")) }
            try await premises.syncAll()
            // One who is new is let in.
            premises.source.put(person(13, record: "13"))
            #expect(try await premises.login(.sourceID("13")).decision == .allow)
            for id in 1...13 {
                premises.source.remove(.staff("\(id)"))
                premises.source.put(
                    person(id, record: "new\(id)").with {
                        $0.neutralKeys = []
                        $0.email = .value("\(id)@trust.example")
                    }
                )
            }
            premises.clock.advance(by: .seconds(60))
            let login = try await premises.login(.sourceID("new1"))
            #expect(login.decision == .deny, "\(login)")
            #expect(try await premises.accounts().count == 13)
        }
    }

    @Test func `a plan that gives somebody her new record holds what her old one takes`()
        async throws
    {
        let premises = try await Premises()
        for id in 1...12 { premises.source.put(person(id, record: "\(id)")) }
        try await premises.syncAll()
        for id in 1...12 {
            premises.source.remove(.staff("\(id)"))
            premises.source.put(person(id, record: "new\(id)"))
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 12, "\(held)")
        premises.letFreshnessPass()
        // Asked for by its id, the MIS says of the old record that it ended.
        for id in 1...3 {
            premises.source.put(
                person(id, record: "\(id)").with { $0.standing = .left(.notCurrent) }
            )
        }
        let login = try await premises.login(.sourceID("1"))
        #expect(login.decision == .allow && login.outcome == .held, "\(login.outcome)")
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop)
            .approve(try #require(held.plan), at: connection)
        #expect(done.changed + done.restored == 12 && done.skipped == 0, "\(done.counts)")
        let account = try #require(try await premises.account("new1"))
        #expect(account.status == .active)
    }
}
