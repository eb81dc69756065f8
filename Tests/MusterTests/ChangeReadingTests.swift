import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// Syncs that read only who changed.
@Suite(.timeLimit(.minutes(1))) struct ChangeReadingTests {
    /// A school of which everybody was read; then two hours pass, more than the overlap of reads.
    private func school(_ count: Int = 30) async throws -> Premises {
        let premises = try await Premises()
        for number in 1...count {
            premises.source.put(Observation.staff("\(number)").with { $0.phone = .value("1") })
        }
        premises.clock.advance(by: .seconds(7200))
        #expect(try await premises.syncAll().created == count)
        premises.clock.advance(by: .seconds(7200))
        return premises
    }

    private func syncChanges(_ premises: Premises) async throws -> SyncResult {
        var settings = SyncSettings()
        settings.attempts = 1
        return await BatchSync(premises.workshop, settings: settings)
            .run(try await premises.school().connection, onlyChanges: true)
    }

    private func marks(_ premises: Premises) async throws -> [ReadMark] {
        try await premises.store.readMarks(of: premises.connection.id)
    }

    @Test func `only who changed is read, from an hour before the last read on`() async throws {
        let premises = try await school()
        let full = try #require(try await marks(premises).first)
        premises.source.change(.staff("1")) { $0.surname = .value("Brown") }
        premises.source.put(.staff("31"))
        let asked = premises.source.requests
        let result = try await syncChanges(premises)
        #expect(result.state == .completed && result.kind == .delta && result.why == nil)
        #expect(
            result.seen == 2 && result.changed == 1 && result.created == 1,
            "\(result.counts)"
        )
        #expect(result.requests == premises.source.requests - asked && result.requests == 3)
        let page = premises.source.asked.compactMap { question -> Timestamp? in
            guard case .page(_, _, _, let since, _) = question else { return nil }
            return since
        }
        #expect(page == [full.readAt.advanced(by: .seconds(-3600))])
        #expect(try await premises.account("1")?.surname == "Brown")
        let run = try #require(try await premises.store.run(result.run))
        #expect(run.kind == .delta && !run.isComplete && !run.endsPlan(of: run))
        let moved = try #require(try await marks(premises).first)
        #expect(moved.readAt == premises.clock.now() && moved.fullAt == full.fullAt)
    }

    @Test func `the mark is the source's own time, whatever ours says`() async throws {
        let premises = try await Premises()
        premises.source.put(.staff("1"))
        premises.source.script { $0.clockAhead = .seconds(-500) }
        try await premises.syncAll()
        let mark = try #require(try await marks(premises).first)
        #expect(mark.readAt == premises.clock.now().advanced(by: .seconds(-500)))
        #expect(mark.fullAt == premises.clock.now())
    }

    @Test func `nobody is absent from a list of changes, and nothing is learnt from it`()
        async throws
    {
        let premises = try await school()
        let before = try await premises.school().connection.capabilities
        premises.source.change(.staff("1")) { $0.phone = .empty }
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 600))
            let result = try await syncChanges(premises)
            #expect(result.state == .completed && result.kind == .delta && result.suspended == 0)
        }
        #expect(try await premises.school().connection.capabilities == before)
        var request = ViewRequest(tenant: .standard)
        request.keys = [Observation.staff("2").key]
        let link = try #require(try await premises.store.view(request).links.values.first)
        #expect(link.missingSince == nil && link.state == .active)
    }

    @Test func `who is listed as removed is looked up, and the row alone changes nothing`()
        async throws
    {
        let premises = try await school()
        premises.source.remove(.staff("1"))
        premises.source.remove(.staff("2"))
        // Back again, as a leaver, and the list of changes says nothing of her.
        let back = Observation.staff("2").with { $0.standing = .left(.notCurrent) }
        premises.source.script {
            $0.people[back.key] = back
            $0.changedAt[back.key] = .example
        }
        let result = try await syncChanges(premises)
        #expect(result.kind == .delta && result.suspended == 1)
        #expect(result.remarks.map(\.record) == ["1"])
        #expect(try await premises.account("1")?.status == .active)
        #expect(try await premises.account("2")?.status != .active)
    }

    @Test(arguments: [
        FullReason.noMark, .notOffered, .due, .clockSetBack, .termsChanged, .oddAnswer,
        .manyChanged,
    ])
    func `everybody is read where changes will not do, and the run says why`(
        why: FullReason
    ) async throws {
        let premises = try await why == .noMark ? Premises() : school()
        switch why {
        case .noMark: premises.source.put(.staff("1"))
        case .notOffered: premises.source.script { $0.readsChanges = false }
        case .due: premises.clock.advance(by: .seconds(86_400 - 7200 + 1))
        case .clockSetBack: setBack(premises)
        case .termsChanged:
            premises.source.script { $0.capabilities[.staff].grants[.phone] = .denied }
        case .oddAnswer: premises.source.script { $0.clockAhead = .seconds(-20_000) }
        case .manyChanged:
            for number in 1...21 {
                premises.source.change(.staff("\(number)")) { $0.surname = .value("Brown") }
            }
        case .idsChanged: Issue.record("such a run is held: see RekeyingTests")
        }
        let result = try await syncChanges(premises)
        #expect(result.state == .completed && result.kind == .full && result.why == why)
        let run = try #require(try await premises.store.run(result.run))
        #expect(run.kind == .full && run.why == why && run.isComplete)
        #expect(result.seen == (why == .noMark ? 1 : 30))
        #expect(try await marks(premises).first?.fullAt == run.startedAt)
    }

    private func setBack(_ premises: Premises) {
        premises.clock.setWall(premises.clock.now().advanced(by: .seconds(-86_400)))
    }

    @Test func `a clock that was set back has everybody read, once`() async throws {
        let premises = try await school()
        setBack(premises)
        let result = try await syncChanges(premises)
        #expect(result.why == .clockSetBack)
        // The newest is that which was begun last, though the one before is dated later.
        let runs = try await premises.store.runs(of: premises.connection.id, limit: 2)
        #expect(runs.first?.id == result.run && runs[0].startedAt < runs[1].startedAt)
        #expect(try await syncChanges(premises).why == nil)
    }

    @Test func `a source that does not say what time it is has no marks`() async throws {
        let premises = try await Premises()
        premises.source.put(.staff("1"))
        premises.source.script { $0.clockAhead = nil }
        try await premises.syncAll()
        #expect(try await marks(premises).isEmpty)
        #expect(try await syncChanges(premises).why == .noMark)
    }

    @Test func `marks stay where a run was not applied to its end`() async throws {
        let premises = try await school()
        let before = try await marks(premises)
        premises.source.script { $0.pageFaults[1] = [.error(.unavailable(reason: "Away."))] }
        #expect(try await syncChanges(premises).state == .failed)
        #expect(try await premises.syncAll().state == .failed)
        premises.source.script { $0.pageFaults = [:] }
        _ = await BatchSync(premises.workshop).run(premises.connection, isPreview: true)
        #expect(try await marks(premises) == before)
    }

    @Test func `many leavers are held, however many syncs of changes they come in`() async throws {
        let premises = try await school(60)
        var held = 0
        for number in 1...8 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
            let result = try await syncChanges(premises)
            #expect(result.kind == .delta)
            held += result.held
            if result.held > 0 {
                #expect(result.state == .held && result.plan != nil && result.suspended == 0)
                #expect(result.trouble?.contains("access") == true)
            }
            premises.clock.advance(by: .seconds(900))
        }
        // Six of sixty are a tenth; the mark stays, so that the held are read again.
        #expect(held >= 2)
        for number in 1...8 {
            let isActive = try await premises.account("\(number)")?.status == .active
            #expect(isActive == (number > 6), "\(number)")
        }
    }

    @Test func `a plan of a sync of everybody outlives a sync of changes`() async throws {
        let premises = try await school(8)
        for number in 1...6 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
        }
        let held = try await premises.syncAll()
        let plan = try #require(held.plan)
        premises.clock.advance(by: .seconds(7200))
        premises.source.change(.staff("8")) { $0.surname = .value("Brown") }
        #expect(try await syncChanges(premises).kind == .delta)
        #expect(try await premises.store.run(held.run)?.plan == plan)
    }
}
