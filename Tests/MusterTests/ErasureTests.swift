import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// People of whom nothing may be held any more, and history that is too old.
@Suite(.timeLimit(.minutes(3))) struct ErasureTests {
    private func premises() async throws -> Premises {
        let premises = try await Premises()
        for number in 1...4 {
            premises.source.put(
                .staff("\(number)", surname: "S\(number)", email: "\(number)@school.example")
            )
        }
        try await premises.syncAll()
        let account = try #require(try await premises.account("1"))
        _ = try await premises.store.erase(account.id, of: .standard, at: premises.clock.now())
        return premises
    }

    @Test func `no sync and no login makes her again until that is lifted`() async throws {
        let premises = try await premises()
        let result = try await premises.syncAll()
        #expect(result.created == 0 && result.ignored == [.erased: 1] && result.unchanged == 3)
        for key in [LoginKey.sourceID("1"), .email("1@school.example")] {
            let login = try await premises.login(key)
            #expect(login.decision == .deny && login.account == nil)
        }
        #expect(try await premises.store.unlinkedRecords(in: .example).isEmpty)
        let lifted = try await premises.store.liftErasure(of: [.staff("1")], of: .standard)
        #expect(lifted == 1)
        #expect(try await premises.syncAll().created == 1)
    }

    @Test func `a second record of hers that waited for a person goes with her`() async throws {
        let premises = try await Premises()
        premises.source.put(.staff("1", email: "1@school.example"))
        try await premises.syncAll()
        premises.source.put(.staff("9", email: "1@school.example"))
        #expect(try await premises.syncAll().disputed == 1)
        let account = try #require(try await premises.account("1"))
        let records = try await Administration(premises.workshop).erase(account)
        #expect(records == [.staff("1"), .staff("9")])
        let result = try await premises.syncAll()
        #expect(result.created == 0 && result.disputed == 0 && result.ignored == [.erased: 2])
        #expect(try await premises.store.unlinkedRecords(in: .example).isEmpty)
    }

    @Test func `a sync that goes on meanwhile comes to its end`() async throws {
        let premises = try await Premises(pageSize: 2)
        for number in 1...4 { premises.source.put(.staff("\(number)")) }
        try await premises.syncAll()
        let account = try #require(try await premises.account("1"))
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        let gate = Gate()
        premises.source.script { $0.pageFaults[2] = [.held(gate)] }
        let (batch, connection) = (BatchSync(premises.workshop), premises.connection)
        let sync = Task { await batch.run(connection) }
        try await gate.arrival()
        // Her page was staged before the next one was waited for.
        _ = try await Administration(premises.workshop).erase(account)
        gate.open()
        let result = await sync.value
        #expect(result.state == .completed && result.trouble == nil)
        #expect(try await premises.account("1") == nil)
        #expect(try await premises.syncAll().ignored == [.erased: 1])
    }

    @Test func `nothing of her is kept in a preview`() async throws {
        let premises = try await premises()
        let shown = await BatchSync(premises.workshop)
            .run(try await premises.school().connection, isPreview: true)
        #expect(shown.plan == nil && shown.ignored == [.erased: 1])
    }

    @Test func `a complete sync forgets what is older than it is kept`() async throws {
        let premises = try await premises()
        let account = try #require(try await premises.account("2"))
        let first = try await premises.syncAll().run
        premises.clock.advance(by: .seconds(400 * 86_400))
        premises.source.change(.staff("2")) { $0.surname = .value("Brown") }
        let second = try await premises.syncAll().run
        #expect(try await premises.store.history(of: account.id).count == 2)
        premises.clock.advance(by: .seconds(400 * 86_400))
        try await premises.syncAll()
        let rows = try await premises.store.history(of: account.id)
        #expect(rows.map(\.entry.to) == ["Brown"])
        #expect(try await premises.store.run(first) == nil)
        #expect(try await premises.store.run(second) != nil)
    }

    @Test func `history that is kept for ever is never forgotten`() async throws {
        let premises = try await premises()
        let account = try #require(try await premises.account("2"))
        premises.clock.advance(by: .seconds(4000 * 86_400))
        var settings = SyncSettings()
        settings.historyKept = nil
        _ = await BatchSync(premises.workshop, settings: settings)
            .run(try await premises.school().connection)
        #expect(try await premises.store.history(of: account.id).count == 1)
    }
}
