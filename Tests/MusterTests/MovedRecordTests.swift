import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// People whom a list states as left by one record and has by another, as after a change of MIS of
/// which somebody put a leaving date on all old records.
@Suite(.timeLimit(.minutes(2))) struct MovedRecordTests {
    /// What tells that both records are hers.
    enum Trace: CaseIterable { case number, address, name }

    /// How the list says that an old record is of somebody who left.
    enum Leaving: CaseIterable { case stated, listedApart }

    private static func person(
        _ id: Int,
        record: String,
        _ kind: PersonKind = .staff,
        _ trace: Trace = .address,
        isNew: Bool = false
    ) -> Observation {
        let domain = isNew && trace != .address ? "trust.example" : "school.example"
        return Observation.staff(
            record,
            forename: "Name\(id)",
            surname: "Family\(id)",
            email: "\(id)@\(domain)"
        ).with {
            $0.key = SourceKey(school: .example, kind: kind, id: record)
            if trace == .number {
                $0.neutralKeys = kind == .staff ? .teacher(id) : .pupil(id)
            }
        }
    }

    /// A school of twelve, all of them synced.
    private func school(
        _ kind: PersonKind = .staff,
        _ trace: Trace = .address
    ) async throws -> Premises {
        let premises = try await Premises(pageSize: 5, people: [kind])
        for id in 1...12 { premises.source.put(Self.person(id, record: "\(id)", kind, trace)) }
        #expect(try await premises.syncAll().created == 12)
        premises.clock.advance(by: .seconds(7200))
        return premises
    }

    /// The record of `id` is of somebody who left, and a new one is hers.
    private func move(
        _ id: Int,
        in premises: Premises,
        _ kind: PersonKind = .staff,
        _ trace: Trace = .address,
        _ leaving: Leaving = .stated
    ) {
        let old = Self.person(id, record: "\(id)", kind, trace)
        switch leaving {
        case .stated: premises.source.put(old.with { $0.standing = .left(.notCurrent) })
        case .listedApart: premises.source.leave(old)
        }
        premises.source.put(Self.person(id, record: "new\(id)", kind, trace, isNew: true))
    }

    private func sync(
        _ premises: Premises,
        isPreview: Bool = false,
        onlyChanges: Bool = false
    ) async throws -> SyncResult {
        await BatchSync(premises.workshop).run(
            try await premises.school().connection,
            onlyChanges: onlyChanges,
            isPreview: isPreview
        )
    }

    private func approve(_ plan: PlanID?, _ premises: Premises) async throws -> SyncResult {
        await BatchSync(premises.workshop)
            .approve(try #require(plan), at: try await premises.school().connection)
    }

    private func active(_ premises: Premises) async throws -> Int {
        try await premises.accounts().count { $0.account.status == .active }
    }

    @Test(arguments: [PersonKind.staff, .student], [Trace.number, .address])
    func `after a change of MIS that states the old records as left the plan gives the new ones`(
        kind: PersonKind,
        trace: Trace
    ) async throws {
        for leaving in Leaving.allCases {
            let premises = try await school(kind, trace)
            for id in 1...11 { move(id, in: premises, kind, trace, leaving) }
            let before = try await premises.account("3")?.id
            // The twelfth has left indeed.
            premises.source.put(
                Self.person(12, record: "12", kind, trace).with { $0.standing = .left(.notCurrent) }
            )
            let held = try await sync(premises)
            #expect(held.state == .held && held.held == 11 && held.suspended == 0, "\(held)")
            #expect(held.renumbered.map(\.given) == [11])
            #expect(held.trouble?.contains("have left") == false, "\(held.trouble ?? "")")
            #expect(try await active(premises) == 12)
            let done = try await approve(held.plan, premises)
            #expect(done.changed == 11 && done.skipped == 0 && done.suspended == 0)
            #expect(try await premises.account("new3")?.id == before)
            let next = try await sync(premises)
            #expect(next.state == .completed && next.suspended == 1 && next.created == 0, "\(next)")
            #expect(try await active(premises) == 11)
        }
    }

    @Test func `where only names tell, the whole school waits as after any change of MIS`()
        async throws
    {
        let premises = try await school(.staff, .name)
        for id in 1...12 { move(id, in: premises, .staff, .name) }
        let held = try await sync(premises)
        #expect(held.state == .held && held.plan == nil && held.disputed == 12, "\(held)")
        #expect(held.renumbered.map { $0[.name] } == [12])
        #expect(try await active(premises) == 12)
    }

    @Test func `who is listed as left stays while a record waits that her name suggests is hers`()
        async throws
    {
        let premises = try await school(.staff, .number)
        for id in 1...12 { move(id, in: premises, .staff, id > 3 ? .number : .name) }
        _ = try await approve(try await sync(premises).plan, premises)
        for _ in 1...2 {
            premises.clock.advance(by: .seconds(13 * 3600))
            let login = try await premises.login(.sourceID("1"))
            #expect(login.decision == .allow && login.outcome == .held, "\(login)")
            let next = try await sync(premises)
            #expect(next.state == .completed && next.suspended == 0, "\(next)")
            #expect(next.remarks.contains { $0.record == "1" })
        }
        let (review, school) = (Review(premises.workshop), try await premises.school())
        let record = try await review.record("new1", in: school)
        _ = try await review.create(record, in: school)
        #expect(try await sync(premises).suspended == 1)
        #expect(try await premises.account("1")?.status == .suspended(by: .sync))
        #expect(try await active(premises) == 12)
    }

    @Test(arguments: [Trace.number, .address])
    func `one who has another record now waits alone, and an approval gives it to her`(
        trace: Trace
    ) async throws {
        let premises = try await school(.staff, trace)
        move(3, in: premises, .staff, trace)
        premises.source.change(.staff("4")) { $0.standing = .left(.notCurrent) }
        premises.source.change(.staff("5")) { $0.phone = .value("5") }
        let account = try #require(try await premises.account("3"))
        for _ in 1...2 {
            let held = try await sync(premises)
            #expect(held.state == .held && held.held == 1, "\(held)")
            #expect(held.renumbered.isEmpty && held.created == 0)
            #expect(held.trouble?.contains("another record") == true, "\(held.trouble ?? "")")
            #expect(try await premises.account("3")?.status == .active)
            #expect(try await premises.account("4")?.status == .suspended(by: .sync))
            #expect(try await premises.account("5")?.phone == "5", "nobody else waits")
        }
        let plan = try await sync(premises).plan
        let done = try await approve(plan, premises)
        #expect(done.changed == 1 && done.skipped == 0 && done.suspended == 0, "\(done)")
        let given = try await premises.account("new3")
        #expect(given?.id == account.id && given?.status == .active)
        let next = try await sync(premises)
        #expect(next.state == .completed && next.suspended == 0 && next.disputed == 0, "\(next)")
        #expect(try await premises.account("new3")?.status == .active)
    }

    @Test func `a preview shows the new record in place of the leaving`() async throws {
        let premises = try await school()
        move(3, in: premises)
        premises.source.change(.staff("new3")) { $0.phone = .value("3") }
        let shown = try await sync(premises, isPreview: true)
        #expect(shown.state == .preview && shown.suspended == 0 && shown.changed == 1, "\(shown)")
        let done = try await approve(shown.plan, premises)
        #expect(done.changed == 1 && done.suspended == 0 && done.skipped == 0)
        #expect(try await premises.account("new3")?.phone == "3")
    }

    @Test func `a sync of changes reads everybody where somebody has another record`() async throws
    {
        let premises = try await school()
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(7200))
        move(3, in: premises)
        let held = try await sync(premises, onlyChanges: true)
        #expect(held.kind == .full && held.why == .idsChanged && held.state == .held, "\(held)")
        #expect(try await premises.account("3")?.status == .active)
    }

    /// What a login goes by before a sync has seen the new records.
    enum Name: CaseIterable { case record, address }

    @Test(arguments: Name.allCases, Trace.allCases)
    func `a login suspends nobody who has another record now`(
        name: Name,
        trace: Trace
    ) async throws {
        // Few and all of the school.
        for moved in [1...1, 1...12] {
            if trace == .name, moved.count == 1 { continue }
            let premises = try await school(.staff, trace)
            for id in moved { move(id, in: premises, .staff, trace) }
            for id in moved.prefix(4) {
                let key: LoginKey =
                    name == .record ? .sourceID("\(id)") : .email("\(id)@school.example")
                let login = try await premises.login(key)
                #expect(login.decision == .allow && login.outcome == .held, "\(login)")
                #expect(try await premises.account("\(id)")?.status == .active)
            }
            let held = try await sync(premises)
            #expect(held.state == .held && held.suspended == 0)
            guard trace != .name else { continue }
            let done = try await approve(held.plan, premises)
            #expect(done.changed == moved.count && done.skipped == 0, "\(done)")
            #expect(try await premises.account("new1")?.status == .active)
        }
    }

    @Test func `who waits since a sync is held at her login too`() async throws {
        let premises = try await school()
        move(3, in: premises)
        let held = try await sync(premises)
        premises.clock.advance(by: .seconds(7200))
        let login = try await premises.login(.sourceID("3"))
        #expect(login.decision == .allow && login.outcome == .held, "\(login)")
        #expect(login.trouble?.contains("another record") == true, "\(login.trouble ?? "")")
        #expect(try await approve(held.plan, premises).changed == 1)
    }

    @Test func `who left and has no other record is suspended at her login`() async throws {
        let premises = try await school(.staff, .number)
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        // A colleague's new record, a namesake's and that of a relative are not hers.
        premises.source.put(
            Self.person(4, record: "new4", .staff, .number),
            .staff("x", forename: "Name3", surname: "Family3", email: "x@school.example"),
            .staff("y", forename: "Nick", surname: "Other", email: "3@school.example")
        )
        let login = try await premises.login(.sourceID("3"))
        #expect(login.decision == .deny && login.outcome == .left, "\(login)")
        #expect(try await premises.account("3")?.status == .suspended(by: .sync))
    }

    @Test func `who left is not let in because the read of who is new takes long`() async throws {
        let premises = try await school()
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        let gate = Gate()
        premises.source.script { $0.pageFaults[1] = [.held(gate)] }
        let asked = premises.source.requests
        async let login = premises.login(.sourceID("3"))
        try await premises.source.requests(atLeast: asked + 2)
        premises.clock.advance(by: .milliseconds(801))
        let answer = try await login
        #expect(answer.decision == .deny && answer.outcome == .deferred, "\(answer)")
        #expect(answer.retryAfter != nil)
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("3")?.status == .suspended(by: .sync))
    }

    @Test func `where who is new cannot be read, the word of her record stands`() async throws {
        let premises = try await school()
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        premises.source.script { $0.pageFaults[1] = [.error(.unavailable(reason: "away"))] }
        let login = try await premises.login(.sourceID("3"))
        #expect(login.decision == .deny && login.outcome == .left, "\(login)")
    }

    @Test func `one of many who leaves beside newcomers unlike anybody is suspended at her login`()
        async throws
    {
        let premises = try await Premises(people: [.staff])
        for id in 1...57 { premises.source.put(Self.person(id, record: "\(id)")) }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(7200))
        for id in 101...130 { premises.source.put(Self.person(id, record: "\(id)")) }
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        let login = try await premises.login(.sourceID("3"))
        #expect(login.decision == .deny && login.outcome == .left, "\(login)")
        #expect(try await premises.account("3")?.status == .suspended(by: .sync))
    }

    @Test func `who left before keeps nobody in who leaves now`() async throws {
        let premises = try await Premises(pageSize: 20, people: [.staff])
        for id in 11...50 { premises.source.put(Self.person(id, record: "\(id)")) }
        // A list of everybody, of which a login reads the first page.
        premises.source.script { $0.readsChanges = false }
        try await premises.syncAll()
        for id in 11...20 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        #expect(try await approve(try await premises.syncAll().plan, premises).suspended == 10)
        premises.clock.advance(by: .seconds(7200))
        premises.source.change(.staff("45")) { $0.standing = .left(.notCurrent) }
        let login = try await premises.login(.sourceID("45"))
        #expect(login.decision == .deny && login.outcome == .left, "\(login)")
        #expect(try await premises.account("45")?.status == .suspended(by: .sync))
    }

    @Test(arguments: [true, false])
    func `a relative or colleague at the address of a leaver keeps nobody in`(
        atLogin: Bool
    ) async throws {
        let premises = try await school()
        premises.source.change(.staff("3")) { $0.standing = .left(.notCurrent) }
        premises.source.put(
            .staff("x", forename: "Jacqueline", surname: "Family3", email: "3@school.example")
        )
        if atLogin {
            let login = try await premises.login(.sourceID("3"))
            #expect(login.decision == .deny && login.outcome == .left, "\(login)")
        } else {
            let done = try await sync(premises)
            #expect(done.state == .completed && done.suspended == 1, "\(done)")
        }
        #expect(try await premises.account("3")?.status == .suspended(by: .sync))
        // Whoever is new at the address gets an account of her own, or none.
        let other = try await premises.account("x")
        let account = try #require(try await premises.account("3"))
        #expect(other?.id != account.id)
    }

    @Test func `who waits under another forename is told by number, and a remark says so`()
        async throws
    {
        let premises = try await school(.staff, .number)
        move(3, in: premises, .staff, .number)
        premises.source.change(.staff("new3")) {
            $0.forename = .value("Jackie")
            $0.email = .value("3@school.example")
        }
        let held = try await sync(premises)
        #expect(held.state == .held && held.held == 1 && held.suspended == 0, "\(held)")
        let remark = held.remarks.first { $0.reason.contains("the account of record 3 (staff),") }
        #expect(remark?.record == "new3" && remark?.kind == .staff)
        #expect(remark?.reason.contains("another name") == true)
    }

    @Test func `who waits for a decision does not make every sync of changes read everybody`()
        async throws
    {
        let premises = try await school()
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(7200))
        move(3, in: premises)
        let held = try await sync(premises, onlyChanges: true)
        #expect(held.kind == .full && held.state == .held)
        for phone in ["1", "2"] {
            premises.clock.advance(by: .seconds(900))
            premises.source.change(.staff("4")) { $0.phone = .value(phone) }
            let next = try await sync(premises, onlyChanges: true)
            #expect(next.kind == .delta && next.state == .completed, "\(next)")
            #expect(next.suspended == 0 && next.created == 0)
            #expect(try await premises.account("3")?.status == .active)
            #expect(try await premises.account("4")?.phone == phone)
        }
        let done = try await approve(held.plan, premises)
        #expect(done.changed == 1 && done.skipped == 0, "\(done)")
        #expect(try await premises.account("new3")?.status == .active)
    }
}
