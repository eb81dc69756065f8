import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// A change of MIS in which nothing but a name tells some people: a person decides.
@Suite(.timeLimit(.minutes(1))) struct NamesakeTests {
    /// What the new MIS says of the twelve people of a school.
    enum Fate { case numbered, sameAddress, nameOnly, renamed, gone }

    static let kinds: [PersonKind] = [.staff, .student, .contact]

    /// Six who can be told, four whom their names suggest, one who can be nobody, and one who left.
    private static func fate(_ id: Int, _ kind: PersonKind) -> Fate {
        switch id {
        case 1...3: kind == .contact ? .sameAddress : .numbered
        case 4...6: .sameAddress
        case 7...10: .nameOnly
        case 11: .renamed
        default: .gone
        }
    }

    private static func record(_ id: String, _ kind: PersonKind) -> SourceKey {
        SourceKey(school: .example, kind: kind, id: id)
    }

    private static func person(_ id: Int, _ kind: PersonKind) -> Observation {
        Observation.staff(
            "\(id)",
            forename: "Name\(id)",
            surname: "Family\(id)",
            email: "\(id)@school.example"
        ).with { person in
            person.key = record("\(id)", kind)
            if kind != .contact {
                person.neutralKeys = kind == .staff ? .teacher(id) : .pupil(id)
            }
        }
    }

    /// A school of twelve that was synced and then changed its MIS.
    private func migrated(
        _ kind: PersonKind,
        _ fate: (Int) -> Fate
    ) async throws -> Premises {
        let premises = try await Premises(pageSize: 5, people: [kind])
        for id in 1...12 { premises.source.put(Self.person(id, kind)) }
        try await premises.syncAll()
        premises.letFreshnessPass()
        premises.source.script { $0.people = [:] }
        for id in 1...12 {
            var new = Self.person(id, kind)
            new.key = Self.record("new\(id)", kind)
            switch fate(id) {
            case .numbered: new.email = .value("\(id)@trust.example")
            case .sameAddress: new.neutralKeys = []
            case .nameOnly, .renamed:
                new.neutralKeys = []
                new.email = .value("\(id)@trust.example")
            case .gone: continue
            }
            if fate(id) == .renamed { new.surname = .value("Married") }
            premises.source.put(new)
        }
        return premises
    }

    private func migrated(_ kind: PersonKind) async throws -> Premises {
        try await migrated(kind) { Self.fate($0, kind) }
    }

    private func account(_ id: String, _ premises: Premises) async throws -> Account? {
        try await premises.account(id)
    }

    private func list(_ premises: Premises) async throws -> ReviewList {
        try await Review(premises.workshop).list(of: try await premises.school())
    }

    private func approve(_ plan: PlanID?, _ premises: Premises) async throws {
        let done = await BatchSync(premises.workshop)
            .approve(try #require(plan), at: try await premises.school().connection)
        #expect(done.state == .completed && done.skipped == 0)
    }

    @Test(arguments: kinds)
    func `the held sync counts who is told by what, and waits with the others`(
        kind: PersonKind
    ) async throws {
        let premises = try await migrated(kind)
        let held = try await premises.syncAll(chunk: 3)
        #expect(held.state == .held && held.held == 6 && held.disputed == 5)
        #expect(held.created == 0 && held.suspended == 0 && held.changed == 0)
        let counts = try #require(held.renumbered.first)
        #expect(held.renumbered.count == 1 && counts.kind == kind)
        #expect(counts[.number] == (kind == .contact ? 0 : 3))
        #expect(counts.given == 6 && counts[.name] == 4 && counts[.unknown] == 1)
        #expect(counts[.noRecord] == 2, "who has another name, and who left")
        for person in counts.people where [.number, .address, .name].contains(person.evidence) {
            #expect(person.to == person.from.map { "new\($0)" })
            #expect(try await account(person.from ?? "", premises)?.id == person.account)
        }
        let list = try await list(premises)
        #expect(
            Set(list.waiting.map(\.record.observation.key.id)) == Set((7...11).map { "new\($0)" })
        )
        for id in 7...10 {
            let row = list.waiting.first { $0.record.observation.key.id == "new\(id)" }
            #expect(row?.record.reason == .namesakeAfterRenumbering)
            #expect(row?.candidates.map(\.email) == ["\(id)@school.example"])
        }
        let unknown = list.waiting.first { $0.record.observation.key.id == "new11" }
        #expect(unknown?.record.reason == .unknownAfterRenumbering && unknown?.candidates == [])
        #expect(Set(list.accountsWithoutRecord.map(\.record.id)) == ["11", "12"])
        #expect(list.remarks == [], "nothing is said twice")
    }

    @Test(arguments: kinds)
    func `after the approval a person links, creates and ignores, and the rest waits`(
        kind: PersonKind
    ) async throws {
        let premises = try await migrated(kind)
        try await approve(try await premises.syncAll().plan, premises)
        let school = try await premises.school()
        let review = Review(premises.workshop)
        let seventh = try #require(try await account("7", premises)).id
        let linked = try await review.link(
            try await review.record("new7", in: school),
            to: "7@school.example",
            in: school
        )
        #expect(linked.summary.account.id == seventh)
        #expect(linked.summary.account.email == "7@trust.example")
        let made = try await review.create(
            try await review.record("new8", in: school),
            in: school
        )
        #expect(made.summary.account.email == "8@trust.example")
        _ = try await review.dismiss(
            try await review.record("new9", in: school),
            because: "a namesake",
            in: school
        )
        let next = try await premises.syncAll()
        #expect(next.state == .completed && next.created == 1 && next.disputed == 1)
        #expect(next.renumbered == [])
        let left = try await list(premises).accountsWithoutRecord
        #expect(Set(left.map(\.record.id)) == ["8", "9", "10", "11", "12"])
        #expect(left.allSatisfy { $0.since != nil })
        for _ in 1...2 {
            premises.clock.advance(by: .seconds(13 * 3600))
            #expect(try await premises.syncAll().state == .completed)
        }
        for (id, isHere) in [(7, true), (10, true), (8, false), (9, false), (12, false)] {
            let account = try #require(try await account(id == 7 ? "new7" : "\(id)", premises))
            #expect(account.status == (isHere ? .active : .suspended(by: .sync)), "\(id)")
        }
        let waiting = try await list(premises)
        #expect(waiting.waiting.map(\.record.observation.key.id) == ["new10"])
        #expect(waiting.accountsWithoutRecord.map(\.record.id) == ["10"])
        // A father and a son: once it is said that they are two, she who is gone is gone.
        _ = try await review.create(try await review.record("new10", in: school), in: school)
        #expect(try await premises.syncAll().suspended == 1)
        #expect(try await account("10", premises)?.status == .suspended(by: .sync))
    }

    @Test(arguments: kinds)
    func `without an approval nothing is done, however often it is synced`(
        kind: PersonKind
    ) async throws {
        let premises = try await migrated(kind)
        let plans = try await (0..<3).asyncMap { _ in
            premises.clock.advance(by: .seconds(13 * 3600))
            let held = try await premises.syncAll()
            #expect(held.state == .held && held.held == 6 && held.disputed == 5)
            return held.plan
        }
        #expect(Set(plans).count == 1)
        let accounts = try await premises.store.accounts(in: .example, of: .standard)
        #expect(accounts.count == 12 && accounts.allSatisfy { $0.account.status == .active })
    }

    @Test func `a preview says the same and leaves nothing in the review`() async throws {
        let premises = try await migrated(.staff)
        let connection = try await premises.school().connection
        let shown = await BatchSync(premises.workshop).run(connection, isPreview: true)
        #expect(shown.state == .preview && shown.disputed == 5)
        #expect(try await list(premises).records == [])
        let held = try await premises.syncAll()
        #expect(shown.renumbered.map(\.counts) == held.renumbered.map(\.counts))
        #expect(shown.plan == held.plan, "what was shown is what is proposed")
        #expect(Set(shown.renumbered[0].people) == Set(held.renumbered[0].people))
    }

    @Test func `where names are all that tells, the next sync goes on and takes nobody's account`()
        async throws
    {
        let premises = try await migrated(.staff) { _ in .nameOnly }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.plan == nil && held.disputed == 12)
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            let next = try await premises.syncAll()
            #expect(next.state == .completed && next.created == 0 && next.suspended == 0)
            #expect(next.disputed == 12)
        }
        let accounts = try await premises.store.accounts(in: .example, of: .standard)
        #expect(accounts.count == 12 && accounts.allSatisfy { $0.account.status == .active })
        // Somebody new since then is nobody's namesake.
        premises.source.put(.staff("13", surname: "Later", email: "13@trust.example"))
        #expect(try await premises.syncAll().created == 1)
    }

    @Test func `a login by the new address makes nobody, and one by the old lets in`()
        async throws
    {
        let premises = try await migrated(.staff)
        try await approve(try await premises.syncAll().plan, premises)
        try await premises.syncAll()
        let new = try await premises.login(.email("7@trust.example"))
        #expect(new.decision == .deny && new.outcome == .disputed)
        let old = try await premises.login(.email("7@school.example"))
        #expect(old.decision == .allow)
        #expect(try await account("new7", premises) == nil)
    }

    @Test func `a record without an address is promised to nobody, and its name is kept in mind`()
        async throws
    {
        let premises = try await migrated(.student)
        for id in [1, 7] {
            premises.source.change(Self.record("new\(id)", .student)) { $0.email = .empty }
        }
        let held = try await premises.syncAll()
        #expect(held.held == 5 && held.disputed == 6)
        try await approve(held.plan, premises)
        try await premises.syncAll()
        premises.source.change(Self.record("new7", .student)) {
            $0.email = .value("7@trust.example")
        }
        #expect(try await premises.syncAll().created == 0)
        let school = try await premises.school()
        let review = Review(premises.workshop)
        let record = try await review.record("new7", in: school)
        #expect(record.reason == .namesakeAfterRenumbering)
        let linked = try await review.link(record, to: "7@school.example", in: school)
        #expect(linked.summary.account.email == "7@trust.example")
    }

    @Test func `a record that no approval could give an account is promised to nobody`()
        async throws
    {
        let premises = try await migrated(.staff)
        premises.source.change(Self.record("new1", .staff)) {
            $0.surname = .value(String(repeating: "x", count: 4000))
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.renumbered.first?.given == 5)
        let connection = try await premises.school().connection
        let plan = try #require(held.plan)
        _ = await BatchSync(premises.workshop).approve(plan, at: connection)
        #expect(try await premises.syncAll().renumbered.isEmpty, "the school goes on")
    }

    @Test func `a record that a person ignored is no longer proposed`() async throws {
        let premises = try await migrated(.staff) { $0 == 7 ? .nameOnly : .sameAddress }
        let key = Self.record("new7", .staff)
        #expect(try await premises.syncAll().held == 11)
        let (review, school) = (Review(premises.workshop), try await premises.school())
        _ = try await review.dismiss(
            try await review.record(key.id, in: school),
            because: "another person",
            in: school
        )
        premises.source.change(key) { $0.email = .value("7@school.example") }
        let held = try await premises.syncAll()
        #expect(held.held == 11)
        let connection = try await premises.school().connection
        let plan = try #require(held.plan)
        #expect(await BatchSync(premises.workshop).approve(plan, at: connection).changed == 11)
        #expect(try await premises.syncAll().renumbered.isEmpty)
        #expect(try await account("new7", premises) == nil)
    }

    @Test func `an address of somebody with another number and first name is not hers`()
        async throws
    {
        let premises = try await migrated(.staff) { _ in .sameAddress }
        premises.source.change(Self.record("new1", .staff)) {
            $0.forename = .value("Zebedee")
            $0.neutralKeys = .teacher(99)
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 11)
    }

    @Test(arguments: [false, true])
    func `a namesake of whoever is erased waits for a person, and is not barred`(
        isApprovedFirst: Bool
    ) async throws {
        let premises = try await migrated(.staff)
        let held = try await premises.syncAll()
        if isApprovedFirst { try await approve(held.plan, premises) }
        let erased = try #require(try await account("7", premises))
        let records = try await Administration(premises.workshop).erase(erased)
        #expect(records.map(\.id) == ["7"])
        for _ in 1...2 {
            let next = try await premises.syncAll()
            #expect(next.ignored == [:])
            if next.state == .held { try await approve(next.plan, premises) }
            #expect(try await account("new7", premises) == nil)
        }
        let (review, school) = (Review(premises.workshop), try await premises.school())
        let record = try await review.record("new7", in: school)
        #expect(record.reason == .namesakeAfterRenumbering && record.candidates == [])
        #expect(try await list(premises).waiting.contains { $0.record == record })
        let made = try await review.create(record, in: school)
        #expect(made.summary.account.email == "7@trust.example")
        #expect(try await premises.syncAll().state == .completed)
    }

    @Test func `a record that waited and is in a plan is decided by what was read last`()
        async throws
    {
        let premises = try await migrated(.staff)
        try await premises.syncAll()
        premises.source.change(Self.record("new7", .staff)) {
            $0.email = .value("7@school.example")
            $0.title = .value("Dr")
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 7)
        let (review, school) = (Review(premises.workshop), try await premises.school())
        let record = try await review.record("new7", in: school)
        #expect(record.observation.title == .value("Dr"))
        #expect(record.email == "7@school.example")
        let listed = try await list(premises).records.first { $0.record == record }
        #expect(listed?.record.reason == .namesakeAfterRenumbering)
        let linked = try await review.link(record, to: "7@school.example", in: school)
        #expect(linked.summary.account.title == "Dr")
        let done = await BatchSync(premises.workshop)
            .approve(try #require(held.plan), at: try await premises.school().connection)
        #expect(done.state == .completed && done.skipped == 1)
    }

    @Test func `the review has every account that was left without a record`() async throws {
        let premises = try await Premises(pageSize: 50)
        for id in 1...130 { premises.source.put(Self.person(id, .staff)) }
        try await premises.syncAll()
        premises.source.script { script in
            script.people = [:]
            for id in 1...20 {
                var new = Self.person(id, .staff)
                new.key = Self.record("new\(id)", .staff)
                script.people[new.key] = new
            }
        }
        #expect(try await premises.syncAll().renumbered.map { $0[.noRecord] } == [110])
        let list = try await list(premises)
        #expect(list.accountsWithoutRecord.count == 110 && list.moreWithoutRecord == 0)
    }

    @Test func `of accounts without a record a run keeps a thousand ids and the number`()
        async throws
    {
        var renumbering = Renumbering(school: .example, kind: .staff)
        for id in 1...1200 {
            renumbering.add(
                Renumbering.Person(
                    name: "",
                    account: nil,
                    from: "\(id)",
                    to: nil,
                    evidence: .noRecord
                )
            )
        }
        let premises = try await Premises()
        premises.source.put(Self.person(7, .staff))
        try await premises.syncAll()
        var run = Run(
            id: RunID(1),
            connection: .example,
            startedAt: premises.clock.now().advanced(by: .seconds(1))
        )
        _ = try await premises.store.begin(run, aliveSince: run.startedAt)
        run.state = .held
        run.changedIDs = [renumbering.changedIDs(of: .example)]
        try await premises.store.update(run)
        #expect(
            run.changedIDs[0].withoutRecord == 1200 && run.changedIDs[0].formerIDs.count == 1000
        )
        let list = try await list(premises)
        #expect(list.accountsWithoutRecord.map(\.record.id) == ["7"])
        #expect(list.moreWithoutRecord == 200)
    }

    @Test func `a sample shows those who are given a record and those who are not`() {
        var renumbering = Renumbering(school: .example, kind: .staff)
        for id in 1...30 {
            for evidence in [Renumbering.Evidence.number, .name] where evidence == .number || id < 5
            {
                renumbering.add(
                    Renumbering.Person(
                        name: "\(id)",
                        account: nil,
                        from: nil,
                        to: nil,
                        evidence: evidence
                    )
                )
            }
        }
        let sample = [renumbering].sample(of: 20)
        #expect(sample.count == 20 && sample.count { $0.evidence == .name } == 4)
    }
}

extension Sequence {
    /// What `transform` makes of each, one after the other.
    fileprivate func asyncMap<Value>(
        _ transform: (Element) async throws -> Value
    ) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
