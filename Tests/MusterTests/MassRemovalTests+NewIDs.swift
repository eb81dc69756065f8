import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

// A change of MIS: everybody has a new id.
extension MassRemovalTests {
    /// The same people as `school`, under new ids.
    func migrate(_ premises: Premises, besides lost: Set<Int> = []) {
        premises.source.script { script in
            script.people = [:]
            for id in Self.people where !lost.contains(id) {
                let new = Observation.staff(
                    "new\(id)",
                    forename: "Name\(id)",
                    surname: "Family\(id)",
                    email: "\(id)@school.example"
                )
                script.people[new.key] = new
            }
        }
    }

    @Test func `3: after a change of MIS the people keep their accounts, once a person approves`()
        async throws
    {
        let premises = try await school()
        let accounts = try await Self.ids(premises)
        migrate(premises)
        premises.source.put(.staff("new99", forename: "Name3", surname: "Family3"))
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.created == 0 && held.suspended == 0)
        #expect(held.held == 12 && held.trouble?.contains("change of MIS") == true)
        #expect(held.remarks.contains { $0.record == "new99" }, "a name only suggests")
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop).approve(
            try #require(held.plan),
            at: connection
        )
        #expect(done.state == .completed && done.changed == 12 && done.skipped == 0)
        let after = try await premises.syncAll()
        #expect(after.state == .completed && after.created == 1, "the newcomer")
        for id in Self.people {
            #expect(try await premises.account("new\(id)")?.id == accounts["\(id)"], "\(id)")
            #expect(try await premises.account("new\(id)")?.status == .active)
        }
        #expect(try await premises.syncAll().unchanged == 13)
    }

    @Test(arguments: [false, true])
    func `3: after a change of MIS nobody is given another's account by an address both state`(
        byPreview: Bool
    ) async throws {
        let premises = try await school()
        let accounts = try await Self.ids(premises)
        migrate(premises)
        // She comes last, in another step than the one whose name and address she has.
        premises.source.put(.staff("z", surname: "Family1", email: "1@school.example"))
        var settings = SyncSettings()
        settings.chunk = 3
        let batch = BatchSync(premises.workshop, settings: settings)
        let connection = try await premises.school().connection
        let held = await batch.run(connection, isPreview: byPreview)
        let done = await batch.approve(try #require(held.plan), at: connection)
        #expect(done.changed == 11 && done.created == 0 && done.disputed == 0)
        #expect(try await premises.account("z") == nil)
        #expect(try await premises.account("1")?.id == accounts["1"])
        #expect(try await premises.account("new2")?.id == accounts["2"])
    }

    @Test func `3: a preview of a school under new ids and addresses makes nobody again`()
        async throws
    {
        let premises = try await school()
        premises.source.script { script in
            script.people = [:]
            for id in Self.people {
                let new = Observation.staff("new\(id)", email: "\(id)@other.example")
                script.people[new.key] = new
            }
        }
        let connection = try await premises.school().connection
        let batch = BatchSync(premises.workshop)
        let shown = await batch.run(connection, isPreview: true)
        #expect(shown.plan == nil && shown.created == 0)
        let held = await batch.run(connection)
        #expect(held.state == .held && held.plan == nil)
        #expect(held.trouble?.contains("approve the plan") == false)
    }

    @Test func `3: after a change of MIS a login by the old record or the address is let in`()
        async throws
    {
        let premises = try await school()
        migrate(premises)
        for id in Self.people {
            let result = try await premises.login(.email("\(id)@school.example"))
            #expect(result.decision == .allow && result.outcome == .notReturned)
        }
        #expect(try await Self.ids(premises).count == 12)
    }

    static func ids(_ premises: Premises) async throws -> [String: AccountID] {
        var ids: [String: AccountID] = [:]
        for id in people { ids["\(id)"] = try await premises.account("\(id)")?.id }
        return ids
    }

    /// What is new gives nobody an account, her own or another's, before a person approved.
    @Test func `3: after a change of MIS a login by a new id or address makes nobody again`()
        async throws
    {
        let premises = try await school()
        let accounts = try await Self.ids(premises)
        migrate(premises)
        // Half of them have new addresses too.
        for id in 1...6 {
            premises.source.change(.staff("new\(id)")) { $0.email = .value("\(id)@trust.example") }
        }
        for id in Self.people {
            let key = try await premises.login(.sourceID("new\(id)"))
            #expect(key.decision == .deny, "\(id): \(key.outcome)")
            #expect(key.account == nil, "\(id)")
        }
        for id in 1...6 {
            let new = try await premises.login(.email("\(id)@trust.example"))
            #expect(new.decision == .deny && new.account == nil, "\(id): \(new.outcome)")
        }
        for id in Self.people {
            let old = try await premises.login(.email("\(id)@school.example"))
            #expect(old.decision == .allow && old.account?.account.id == accounts["\(id)"], "\(id)")
        }
        #expect(try await Self.ids(premises) == accounts)
        #expect(try await holdings(premises).count == 12)
    }

    @Test func `3: once a person approved, a login by the new id leads to the same account`()
        async throws
    {
        let premises = try await school()
        let accounts = try await Self.ids(premises)
        migrate(premises)
        let held = try await premises.syncAll()
        let connection = try await premises.school().connection
        let plan = try #require(held.plan)
        #expect(await BatchSync(premises.workshop).approve(plan, at: connection).changed == 12)
        for id in Self.people {
            premises.source.change(.staff("new\(id)")) { $0.email = .value("\(id)@trust.example") }
        }
        premises.letFreshnessPass()
        for id in 1...4 {
            let new = try await premises.login(.sourceID("new\(id)"))
            #expect(new.decision == .allow && new.account?.account.id == accounts["\(id)"], "\(id)")
            let byNew = try await premises.login(.email("\(id)@trust.example"))
            #expect(byNew.account?.account.id == accounts["\(id)"], "\(id)")
        }
        #expect(try await holdings(premises).count == 12)
    }

    @Test(arguments: Path.allCases)
    func `6: who cannot be matched after a change of MIS is not taken for gone`(
        path: Path
    ) async throws {
        let premises = try await school()
        let before = try await holdings(premises)
        migrate(premises, besides: [1, 2])
        try await look(path, premises)
        #expect(try await holdings(premises) == before)
    }

    @Test func `6: five whose ids changed are not taken for five who left`() async throws {
        let premises = try await school(of: 1...6)
        let before = try await holdings(premises)
        // Five are missing, which no guard holds; one kept her id, and one is new.
        premises.source.script { script in
            let kept = script.people[.staff("6")]
            script.people = [:]
            script.people[.staff("6")] = kept
            for id in 1...5 {
                let new = Observation.staff("new\(id)", surname: "New\(id)")
                script.people[new.key] = new
            }
            let newcomer = Observation.staff("7", surname: "Newcomer")
            script.people[newcomer.key] = newcomer
        }
        try await look(.batch, premises)
        #expect(try await holdings(premises) == before)
    }

    @Test func `6: after the change was approved, who still waits for a person is not hidden`()
        async throws
    {
        let premises = try await school()
        migrate(premises, besides: [1, 2])
        for id in 1...2 {
            premises.source.put(
                .staff("new\(id)", forename: "Name\(id)", surname: "Family\(id)")
            )
        }
        let held = try await premises.syncAll()
        let connection = try await premises.school().connection
        let plan = try #require(held.plan)
        #expect(await BatchSync(premises.workshop).approve(plan, at: connection).changed == 10)
        for _ in 1...2 {
            premises.clock.advance(by: .seconds(13 * 3600))
            #expect(try await premises.syncAll().suspended == 0)
        }
        for id in 1...2 {
            #expect(try await premises.account("\(id)")?.status == .active, "\(id)")
            #expect(try await premises.account("new\(id)") == nil, "a name only suggests")
        }
    }
}
