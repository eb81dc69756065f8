import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Undoing what gave people new records after their old ones were listed as left.
@Suite(.timeLimit(.minutes(1))) struct TakenBackRecordTests {
    private static func person(_ id: Int, record: String) -> Observation {
        .staff(
            record,
            forename: "Name\(id)",
            surname: "Family\(id)",
            email: "\(id)@school.example"
        )
    }

    /// A school of twelve; `moved` of them have left by their records and have new ones.
    private func school(moved: ClosedRange<Int>) async throws -> Premises {
        let premises = try await Premises()
        for id in 1...12 { premises.source.put(Self.person(id, record: "\(id)")) }
        #expect(try await premises.syncAll().created == 12)
        premises.clock.advance(by: .seconds(7200))
        for id in moved {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
            premises.source.put(Self.person(id, record: "new\(id)"))
        }
        return premises
    }

    /// Has the plan of a sync carried out; gives the run that did it.
    private func approve(_ premises: Premises) async throws -> RunID {
        let plan = try #require(try await premises.syncAll().plan)
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(done.skipped == 0, "\(done)")
        return done.run
    }

    private func active(_ premises: Premises) async throws -> Int {
        try await premises.accounts().count { $0.account.status == .active }
    }

    @Test(arguments: [true, false])
    func `one who loses her new record by an undo is judged by her old one once more`(
        seesOldRecord: Bool
    ) async throws {
        let premises = try await school(moved: 3...3)
        let run = try await approve(premises)
        premises.clock.advance(by: .seconds(7200))
        if seesOldRecord { #expect(try await premises.syncAll().state == .completed) }
        _ = try await Undo(premises.workshop).run(run)
        premises.clock.advance(by: .seconds(7200))
        let held = try await premises.syncAll()
        #expect(held.suspended == 0 && held.created == 0, "\(held)")
        #expect(try await active(premises) == 12)
        // The MIS gives up the new record: now nothing is hers but the one that says she left.
        premises.source.remove(.staff("new3"))
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            _ = try await premises.syncAll()
        }
        #expect(try await premises.account("3")?.status == .suspended(by: .sync))
        let login = try await premises.login(.sourceID("3"))
        #expect(login.decision == .deny, "\(login)")
        #expect(try await active(premises) == 11)
    }

    @Test(arguments: [true, false])
    func `a whole change of MIS that was undone waits for a person again`(
        seesOldRecords: Bool
    ) async throws {
        let premises = try await school(moved: 1...11)
        let run = try await approve(premises)
        premises.clock.advance(by: .seconds(7200))
        if seesOldRecords { _ = try await premises.syncAll() }
        _ = try await Undo(premises.workshop).run(run)
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            let held = try await premises.syncAll()
            #expect(held.state == .held && held.suspended == 0 && held.created == 0, "\(held)")
            #expect(try await active(premises) == 12)
        }
    }

    /// How somebody leaves after the undo: by the record that was taken back, or by none at all.
    enum Leaving: CaseIterable { case stated, gone }

    @Test(arguments: [true, false], Leaving.allCases)
    func `who leaves after a change of ids was undone is suspended, and nobody before`(
        ofAll: Bool,
        leaving: Leaving
    ) async throws {
        let premises = try await school(moved: 1...11)
        for id in 1...11 { premises.source.remove(.staff("\(id)")) }
        let run = try await approve(premises)
        let account = try #require(try await premises.account("new3"))
        _ = try await Undo(premises.workshop).run(run, of: ofAll ? nil : account.id)
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            _ = try await premises.syncAll()
            #expect(try await active(premises) == 12, "they wait for a person")
        }
        switch leaving {
        case .stated:
            premises.source.change(.staff("new3")) { $0.standing = .left(.notCurrent) }
        case .gone: premises.source.remove(.staff("new3"))
        }
        // The others get their records again, where they lost them.
        if ofAll { _ = try await approve(premises) }
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            _ = try await premises.syncAll()
        }
        #expect(try await premises.store.summary(of: account.id)?.account.status != .active)
        #expect(try await active(premises) == 11)
    }
}
