import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// A change of MIS in which addresses change too: only numbers tell who is who.
@Suite struct RekeyingTests {
    private static let people = 1...12

    private static func person(
        _ id: Int,
        _ kind: PersonKind,
        record: String,
        domain: String
    ) -> Observation {
        let number = kind == .staff ? Set.teacher(id) : .pupil(id)
        return Observation.staff(
            record,
            forename: "Name\(id)",
            surname: "Family\(id)",
            email: "\(id)@\(domain)"
        ).with {
            $0.key = SourceKey(school: .example, kind: kind, id: record)
            $0.neutralKeys = number
        }
    }

    /// A school of twelve, all of them synced.
    private func school(_ kind: PersonKind) async throws -> Premises {
        let premises = try await Premises(pageSize: 5, people: [kind])
        for id in Self.people {
            premises.source.put(Self.person(id, kind, record: "\(id)", domain: "school.example"))
        }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    /// The same people under new ids and with addresses of a new domain.
    private func migrate(_ premises: Premises, _ kind: PersonKind) {
        premises.source.script { script in
            script.people = [:]
            for id in Self.people {
                let new = Self.person(id, kind, record: "new\(id)", domain: "trust.example")
                script.people[new.key] = new
            }
        }
    }

    private func account(
        _ record: String,
        _ kind: PersonKind,
        _ premises: Premises
    ) async throws -> Account? {
        var request = ViewRequest(tenant: .standard)
        let key = SourceKey(school: .example, kind: kind, id: record)
        request.keys = [key]
        let view = try await premises.store.view(request)
        return view.links[key].flatMap { view.accounts[$0.account] }
    }

    private func ids(_ kind: PersonKind, _ premises: Premises) async throws -> [Int: AccountID] {
        var ids: [Int: AccountID] = [:]
        for id in Self.people { ids[id] = try await account("\(id)", kind, premises)?.id }
        return ids
    }

    private func approve(_ plan: PlanID?, _ premises: Premises) async throws -> SyncResult {
        let connection = try await premises.school().connection
        return await BatchSync(premises.workshop).approve(try #require(plan), at: connection)
    }

    @Test(arguments: [PersonKind.staff, .student])
    func `after a change of MIS and of every address numbers give people their records`(
        kind: PersonKind
    ) async throws {
        let premises = try await school(kind)
        let before = try await ids(kind, premises)
        #expect(before.count == 12)
        migrate(premises, kind)
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.held == 12)
        #expect(held.created == 0 && held.suspended == 0)
        #expect(held.trouble?.contains("change of MIS") == true)
        for id in Self.people { #expect(try await account("new\(id)", kind, premises) == nil) }
        let done = try await approve(held.plan, premises)
        #expect(done.state == .completed && done.changed == 12 && done.skipped == 0)
        for id in Self.people {
            let account = try await account("new\(id)", kind, premises)
            #expect(account?.id == before[id] && account?.status == .active, "\(id)")
            #expect(account?.email == "\(id)@trust.example")
        }
        let after = try await premises.syncAll()
        #expect(after.state == .completed && after.unchanged == 12 && after.created == 0)
    }

    @Test(arguments: [PersonKind.staff, .student])
    func `a preview shows what numbers give, and its approval does it`(
        kind: PersonKind
    ) async throws {
        let premises = try await school(kind)
        let before = try await ids(kind, premises)
        migrate(premises, kind)
        let connection = try await premises.school().connection
        let shown = await BatchSync(premises.workshop).run(connection, isPreview: true)
        #expect(shown.state == .preview && shown.created == 0)
        let done = try await approve(shown.plan, premises)
        #expect(done.changed == 12)
        for id in Self.people {
            #expect(try await account("new\(id)", kind, premises)?.id == before[id])
        }
    }

    /// What the record of the third person, or of somebody else, says after the change of MIS, and
    /// whose account it is given.
    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var isGiven: Bool
        var change: @Sendable (inout Observation) -> Void = { _ in }
        var another: (@Sendable (inout Observation) -> Void)?

        var testDescription: String { what }
    }

    static let rows: [Row] = [
        Row(what: "another surname", isGiven: false) { $0.surname = .value("Married") },
        Row(what: "another first name, as a brother's", isGiven: false) {
            $0.forename = .value("Nick")
        },
        Row(what: "both names of a stranger", isGiven: false) {
            $0.surname = .value("Other")
            $0.forename = .value("Other")
        },
        Row(what: "no number, and a new address", isGiven: false) { $0.neutralKeys = [] },
        Row(what: "no number, and the old address", isGiven: true) {
            $0.neutralKeys = []
            $0.email = .value("3@school.example")
        },
        Row(what: "the number of nobody, and the old address", isGiven: true) {
            $0.neutralKeys = .teacher(900)
            $0.email = .value("3@school.example")
        },
        Row(what: "the old address of somebody else", isGiven: false) {
            $0.email = .value("4@school.example")
        },
        Row(what: "a number of somebody else too", isGiven: false) {
            $0.neutralKeys.formUnion(Set<NeutralKey>.teacher(4))
        },
        Row(what: "that she left", isGiven: false) { $0.standing = .left(.notCurrent) },
        Row(
            what: "the same as a record that copies the number",
            isGiven: false,
            another: { $0.email = .value("z@trust.example") }
        ),
        Row(
            what: "her old address, while another record copies the number",
            isGiven: true,
            change: { $0.email = .value("3@school.example") },
            another: { $0.email = .value("z@trust.example") }
        ),
        Row(
            what: "her old address alone, while another record has her number",
            isGiven: false,
            change: {
                $0.neutralKeys = []
                $0.email = .value("3@school.example")
            },
            another: { $0.email = .value("z@trust.example") }
        ),
    ]

    @Test(arguments: rows)
    func `a record is given only to whom its number, or its address, and a name tell`(
        row: Row
    ) async throws {
        let premises = try await school(.staff)
        let before = try await ids(.staff, premises)
        migrate(premises, .staff)
        premises.source.change(.staff("new3"), row.change)
        if let another = row.another {
            var copy = Self.person(3, .staff, record: "z", domain: "trust.example")
            another(&copy)
            premises.source.put(copy)
        }
        let held = try await premises.syncAll()
        _ = try await approve(held.plan, premises)
        let given = try await account("new3", .staff, premises)?.id
        #expect(given == (row.isGiven ? before[3] : nil))
        #expect(try await account("z", .staff, premises) == nil)
        // Of everybody else's nothing is given to her.
        let owners = try await ids(.staff, premises)
        #expect(owners == before)
        #expect(try await account("new5", .staff, premises)?.id == before[5])
    }

    @Test func `a number that is read for the first time is kept, and then nobody is read again`()
        async throws
    {
        let premises = try await Premises(pageSize: 5)
        for id in Self.people {
            let person = Self.person(id, .staff, record: "\(id)", domain: "school.example")
            premises.source.put(person.with { $0.neutralKeys = [] })
        }
        try await premises.syncAll()
        #expect(try await premises.syncAll().unchanged == 12)
        premises.store.forget()
        try await premises.syncAll()
        let cost = premises.store.counts
        for id in Self.people {
            premises.source.change(.staff("\(id)")) { $0.neutralKeys = .teacher(id) }
        }
        let learned = try await premises.syncAll()
        #expect(learned.state == .completed && learned.unchanged == 12 && learned.changed == 0)
        var request = ViewRequest(tenant: .standard)
        request.neutralKeys = .teacher(7)
        let claims = try await premises.store.view(request).keyClaims.values.joined()
        #expect(Array(claims) == [.staff("7")])
        premises.store.forget()
        #expect(try await premises.syncAll().unchanged == 12)
        #expect(premises.store.counts == cost)
    }

    @Test func `the same person at another school is joined by a login and by a batch alike`()
        async throws
    {
        let second = SchoolDescription(id: "B2", name: "Birch", timeZone: "Europe/London")
        let other = SchoolKey(connection: .example, school: "B2")
        for byLogin in [false, true] {
            let premises = try await Premises(schools: [.example, second])
            let home = Self.person(1, .staff, record: "1", domain: "school.example")
            premises.source.put(home)
            try await premises.syncAll()
            var there = Self.person(1, .staff, record: "q1", domain: "birch.example")
            there.key = .staff("q1", in: other)
            premises.source.put(there)
            if byLogin {
                let result = try await premises.login(.sourceID("q1"), school: 1)
                #expect(result.decision == .allow)
            } else {
                try await premises.syncAll()
            }
            var request = ViewRequest(tenant: .standard)
            request.keys = [home.key, there.key]
            let view = try await premises.store.view(request)
            #expect(view.accounts.count == 1 && view.links.count == 2)
            #expect(view.accounts.values.first?.email == "1@school.example")
        }
    }

    @Test func `who has her address at another school too is given her record by it`() async throws
    {
        let second = SchoolDescription(id: "B2", name: "Birch", timeZone: "Europe/London")
        let premises = try await Premises(schools: [.example, second])
        for id in Self.people {
            let person = Self.person(id, .staff, record: "\(id)", domain: "school.example")
            premises.source.put(person.with { $0.neutralKeys = [] })
        }
        var there = Self.person(3, .staff, record: "q3", domain: "school.example")
        there.key = .staff("q3", in: SchoolKey(connection: .example, school: "B2"))
        there.neutralKeys = []
        // Not in one list: two newcomers with one address would both wait.
        try await premises.syncAll()
        premises.source.put(there)
        try await premises.syncAll()
        let before = try await ids(.staff, premises)
        premises.source.script { [there] script in
            script.people = [there.key: there]
            for id in Self.people {
                var new = Self.person(id, .staff, record: "new\(id)", domain: "school.example")
                new.neutralKeys = []
                script.people[new.key] = new
            }
        }
        let held = try await premises.syncAll()
        #expect(held.renumbered.map(\.given) == [12])
        #expect(try await approve(held.plan, premises).changed == 12)
        #expect(try await account("new3", .staff, premises)?.id == before[3])
    }

    /// How somebody logs in of whom nobody here knows.
    enum Door: CaseIterable { case record, address }

    private func login(
        _ door: Door,
        _ id: Int,
        _ premises: Premises
    ) async throws -> LoginRefreshResult {
        premises.clock.advance(by: .seconds(60))
        return try await premises.login(
            door == .record ? .sourceID("new\(id)") : .email("\(id)@trust.example")
        )
    }

    /// A school of which a sync held everybody as after a change of MIS.
    private func held() async throws -> (premises: Premises, plan: PlanID?) {
        let premises = try await school(.staff)
        migrate(premises, .staff)
        // Of the first three neither a number nor a name tells who they are.
        for id in 1...3 {
            premises.source.change(.staff("new\(id)")) {
                $0.neutralKeys = []
                $0.surname = .value("Newcomer\(id)")
            }
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held)
        return (premises, held.plan)
    }

    @Test(arguments: Door.allCases)
    func `while a change of MIS is held a login makes nobody, whatever was done since`(
        door: Door
    ) async throws {
        let (premises, plan) = try await held()
        func isTurnedAway(_ when: String) async throws {
            let login = try await login(door, 1, premises)
            #expect(login.decision == .deny && login.account == nil, "\(when)")
            #expect(try await premises.accounts().count == 12, "\(when)")
        }
        try await isTurnedAway("at once")
        let connection = try await premises.school().connection
        let changes = await BatchSync(premises.workshop).run(connection, onlyChanges: true)
        #expect(changes.kind == .full && changes.why == .idsChanged && changes.state == .held)
        #expect(changes.created == 0)
        try await isTurnedAway("after a sync of changes")
        let last = changes.plan ?? plan
        #expect(try await approve(last, premises).changed == 9)
        try await isTurnedAway("after the approval, which says nothing of her")
        // Those whom the plan gave their records are let in as themselves.
        #expect(try await login(door, 7, premises).decision == .allow)
        let synced = try await premises.syncAll()
        #expect(synced.state == .completed && synced.created == 3, "\(synced)")
        #expect(try await login(door, 1, premises).decision == .allow)
    }

    @Test(arguments: Door.allCases)
    func `while a sync held something else a login makes a newcomer`(door: Door) async throws {
        let premises = try await school(.staff)
        // Too many leave at once, and everybody was read to the end.
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        #expect(try await premises.syncAll().state == .held)
        premises.source.put(
            Self.person(50, .staff, record: "new50", domain: "trust.example")
        )
        #expect(try await login(door, 50, premises).decision == .allow)
        #expect(try await premises.accounts().count == 13)
    }

    @Test(arguments: Door.allCases)
    func `a school that is never complete has newcomers made at login while it holds something`(
        door: Door
    ) async throws {
        let premises = try await school(.staff)
        premises.source.script { $0.counts[.staff] = 100 }
        for id in 1...9 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        let held = try await premises.syncAll()
        #expect(held.state == .held && held.renumbered == [])
        premises.source.put(
            Self.person(50, .staff, record: "new50", domain: "trust.example")
        )
        #expect(try await login(door, 50, premises).decision == .allow)
        #expect(try await premises.accounts().count == 13)
    }

    @Test func `a change of one kind's ids makes nobody of another kind wait`() async throws {
        let premises = try await Premises(people: [.staff, .student])
        for id in Self.people {
            for kind in [PersonKind.staff, .student] {
                let domain = "\(kind.rawValue).example"
                premises.source.put(
                    Self.person(id, kind, record: "\(kind)\(id)", domain: domain)
                )
            }
        }
        try await premises.syncAll()
        premises.source.script { script in
            for id in Self.people {
                script.people[.staff("staff\(id)")] = nil
                let new = Self.person(id, .staff, record: "new\(id)", domain: "trust.example")
                script.people[new.key] = new
            }
        }
        #expect(try await premises.syncAll().renumbered.map(\.kind) == [.staff])
        premises.source.put(Self.person(51, .staff, record: "new51", domain: "trust.example"))
        premises.source.put(Self.person(52, .student, record: "new52", domain: "trust.example"))
        #expect(try await login(.record, 51, premises).decision == .deny)
        #expect(try await login(.record, 52, premises).decision == .allow)
    }

    @Test func `explain tells kinds of numbers and no number`() async throws {
        let premises = try await school(.staff)
        let explainer = Explainer(premises.workshop)
        let school = try await premises.school()
        let found = try await explainer.explain("3@school.example", in: school)
        let explanation = try #require(found)
        #expect(explanation.neutralKeys == [.teacherNumber])
        #expect(!"\(explanation)".contains("2000003"))
    }
}
