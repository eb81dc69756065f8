import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Who is counted as missing: only those whom the same list would suspend twelve hours later.
@Suite(.timeLimit(.minutes(1))) struct MissingCountTests {
    private func premises(
        _ schools: [SchoolDescription] = [.example]
    ) async throws -> Premises {
        let premises = try await Premises(schools: schools)
        for number in 1...30 { premises.source.put(.staff("\(number)")) }
        try await premises.syncAll()
        return premises
    }

    /// What two syncs come to, thirteen hours apart.
    private func counts(_ premises: Premises) async throws -> (missing: Int, suspended: Int) {
        let first = try await premises.syncAll()
        premises.clock.advance(by: .seconds(13 * 3600))
        return (first.missing, try await premises.syncAll().suspended)
    }

    @Test func `a pin and an administrator's suspension keep people out of the count`()
        async throws
    {
        let premises = try await premises()
        for number in 1...4 { premises.source.remove(.staff("\(number)")) }
        try await premises.edit([.pin(Pin(.status))], "1")
        var account = try #require(try await premises.account("2"))
        account.status = .suspended(by: .administrator)
        try await premises.write(account)
        let counts = try await counts(premises)
        #expect(counts.missing == 2 && counts.suspended == 2)
    }

    @Test(arguments: [
        SourceError.unavailable(reason: "It has trouble."), .refused(reason: "It is forbidden."),
        .malformed(reason: "It is a web page."),
    ])
    func `a source that does not say how many it has proves nobody's absence`(
        trouble: SourceError
    ) async throws {
        let premises = try await premises()
        for number in 1...4 { premises.source.remove(.staff("\(number)")) }
        premises.source.script { $0.countTrouble = trouble }
        let blind = try await counts(premises)
        #expect(blind.missing == 0 && blind.suspended == 0)
        let told = try await premises.syncAll().remarks.map(\.reason)
        #expect(told.contains { $0.contains("did not say how many staff") }, "\(told)")
        // What it listed meanwhile is no first look: two complete ones are needed still.
        premises.source.script { $0.countTrouble = nil }
        let counts = try await counts(premises)
        #expect(counts.missing == 4 && counts.suspended == 4)
    }

    @Test func `a first sync without a count arms the guard on newcomers all the same`()
        async throws
    {
        let premises = try await Premises()
        for number in 1...30 { premises.source.put(.staff("\(number)")) }
        premises.source.script { $0.countTrouble = .refused(reason: "It is forbidden.") }
        #expect(try await premises.syncAll().created == 30)
        for number in 31...110 { premises.source.put(.staff("\(number)")) }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.created == 0, "\(held)")
    }

    @Test
    func `a list that is for ever shorter than the count loads the school and proves no absence`()
        async throws
    {
        let premises = try await Premises()
        for number in 1...30 { premises.source.put(.staff("\(number)")) }
        premises.source.script { $0.counts[.staff] = 200 }
        let first = try await premises.syncAll()
        #expect(first.created == 30 && first.state == .completed)
        #expect(first.remarks.contains { $0.reason.contains("counts 200 staff") })
        let connection = try await premises.school().connection
        premises.clock.advance(by: .seconds(7200))
        #expect(try await premises.syncAll().state == .completed)
        premises.source.put(.staff("31"))
        // Changes are read, and newcomers are too many where a sync would hold them.
        let changes = await BatchSync(premises.workshop).run(connection, onlyChanges: true)
        #expect(changes.kind == .delta && changes.created == 1, "\(changes)")
        for number in 32...110 { premises.source.put(.staff("\(number)")) }
        let login = try await premises.login(.sourceID("40"))
        #expect(login.decision == .deny, "\(login)")
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.created == 0, "\(held)")
        // Old runs and old history are forgotten.
        premises.clock.advance(by: .seconds(900 * 86_400))
        try await premises.syncAll()
        #expect(try await premises.store.run(first.run) == nil)
        // Whom it never lists again stays, and counts as seen when she was looked up.
        premises.source.script { script in
            for number in 1...4 { script.people[.staff("\(number)")] = nil }
        }
        let unseen = try await counts(premises)
        #expect(unseen.missing == 0 && unseen.suspended == 0)
        let person = try await premises.store.person(
            .sourceID("1"),
            in: .example,
            of: .standard,
            formerSince: premises.clock.now()
        )
        #expect(person?.seenAt == nil, "no list proved that she is there")
        // Two lists that are whole are needed still.
        premises.source.script { $0.counts = [:] }
        let whole = try await counts(premises)
        #expect(whole.missing == 4 && whole.suspended == 4)
    }

    @Test(arguments: [-1, 0, 1])
    func `on dates that are frozen, and before them, nobody is counted who stays`(
        day: Int
    ) async throws {
        let premises = try await premises()
        let frozen = SchoolCalendar.day(
            at: premises.clock.now().advanced(by: .seconds(Int64(day) * 13 * 3600)),
            in: "Europe/London"
        )
        let today = SchoolCalendar.day(at: premises.clock.now(), in: "Europe/London")
        try await premises.setPolicy { $0.freezes = [Term(start: frozen, end: frozen)] }
        for number in 1...4 { premises.source.remove(.staff("\(number)")) }
        let counts = try await counts(premises)
        #expect(counts.missing == counts.suspended)
        #expect((counts.missing == 4) == (day == -1 && frozen != today))
    }

    @Test func `who has another record is counted once that is missing too`() async throws {
        let premises = try await premises([.example, .second])
        for id in ["1", "31"] {
            premises.source.put(.staff("b\(id)", email: "\(id)@school.example", in: .second))
        }
        try await premises.syncAll()
        try #require(try await premises.accounts().count { $0.links.count == 2 } == 1)
        premises.source.remove(.staff("1"))
        #expect(try await premises.syncAll().missing == 0)
        premises.source.remove(.staff("b1", in: .second))
        #expect(try await premises.syncAll().missing == 1)
    }

    @Test func `who is missing from two lists at once is counted once`() async throws {
        let premises = try await premises([.example, .second])
        for id in ["1", "31"] {
            premises.source.put(.staff("b\(id)", email: "\(id)@school.example", in: .second))
        }
        try await premises.syncAll()
        premises.source.remove(.staff("1"))
        premises.source.remove(.staff("b1", in: .second))
        let counts = try await counts(premises)
        #expect(counts.missing == 1 && counts.suspended == 1)
    }
}
