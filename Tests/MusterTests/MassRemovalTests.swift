import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Public stories of syncs that took away, or doubled, what was many people's; each is told here on
/// the path of a batch and on that of logins.
@Suite(.timeLimit(.minutes(3))) struct MassRemovalTests {
    /// How Muster comes to look.
    enum Path: CaseIterable {
        case batch, login
    }

    private static let people = 1...12

    private func school() async throws -> Premises {
        let premises = try await Premises(pageSize: 5)
        for id in Self.people {
            let key = ClassKey(school: .example, academicYear: "2025/2026", id: "c\(id)")
            let taught = TeachingClass(key: key, name: "10B")
            var person = Observation.staff("\(id)", forename: "Name\(id)", surname: "Family\(id)")
            person.classes = .value([ClassMembership(teachingClass: taught, role: .mainTeacher)])
            premises.source.put(person)
        }
        try await premises.syncAll()
        premises.letFreshnessPass()
        return premises
    }

    /// Looks at everybody; a batch twice, half a day apart, so that absence would count.
    private func look(_ path: Path, _ premises: Premises) async throws {
        switch path {
        case .batch:
            try await premises.syncAll()
            premises.clock.advance(by: .seconds(13 * 3600))
            try await premises.syncAll()
        case .login:
            for id in Self.people {
                let result = try await premises.login(.sourceID("\(id)"))
                #expect(result.decision == .allow, "\(id)")
            }
        }
    }

    /// What people have, apart from versions.
    private func holdings(_ premises: Premises) async throws -> [String] {
        try await premises.store.accounts(in: .example, of: .standard).map { summary in
            let account = summary.account
            return [
                "\(account.id.value)", account.email ?? "", account.surname ?? "",
                "\(account.status)", "\(account.memberships.count)",
            ].joined(separator: " ")
        }.sorted()
    }

    private func requireNothingLost(
        _ path: Path,
        _ premises: Premises,
        when happening: (inout Script) -> Void
    ) async throws {
        let before = try await holdings(premises)
        premises.source.script(happening)
        try await look(path, premises)
        #expect(try await holdings(premises) == before)
    }

    @Test(arguments: Path.allCases)
    func `1: while the MIS is unreachable nobody loses anything`(path: Path) async throws {
        let premises = try await school()
        let down = SourceError.unavailable(reason: "The MIS does not answer.")
        try await requireNothingLost(path, premises) {
            $0.everyAnswer = .failed(down)
            for page in 1...3 { $0.pageFaults[page] = Array(repeating: .error(down), count: 1) }
        }
    }

    @Test(arguments: Path.allCases)
    func `2: who was suspended by mistake comes back as the same account with the same name`(
        path: Path
    ) async throws {
        let premises = try await school()
        let before = try await holdings(premises)
        for id in 1...3 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        try await premises.syncAll()
        #expect(try await premises.account("1")?.status == .suspended(by: .sync))
        for id in 1...3 { premises.source.change(.staff("\(id)")) { $0.standing = .current } }
        premises.letFreshnessPass()
        try await look(path, premises)
        #expect(try await holdings(premises) == before)
    }

    /// The same people as `school`, under new ids.
    private func migrate(_ premises: Premises, besides lost: Set<Int> = []) {
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

    private static func ids(_ premises: Premises) async throws -> [String: AccountID] {
        var ids: [String: AccountID] = [:]
        for id in people { ids["\(id)"] = try await premises.account("\(id)")?.id }
        return ids
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

    @Test(arguments: Path.allCases)
    func `7: next year's classes under this year's names swap nobody's places`(
        path: Path
    ) async throws {
        let premises = try await school()
        for id in Self.people {
            premises.source.change(.staff("\(id)")) { person in
                let key = ClassKey(school: .example, academicYear: "2026/2027", id: "c\(id)")
                let next = ClassMembership(
                    teachingClass: TeachingClass(key: key, name: "10B"),
                    role: .mainTeacher
                )
                person.classes = .value((person.classes.value ?? []) + [next])
            }
        }
        let before = try await premises.account("1")?.memberships ?? []
        try await look(path, premises)
        let after = try await premises.account("1")?.memberships ?? []
        #expect(before.count == 1 && after.count == 2 && before.isSubset(of: after))
    }

    @Test(arguments: Path.allCases)
    func `8: a part that is not delivered makes nobody inactive and takes no place`(
        path: Path
    ) async throws {
        let premises = try await school()
        try await requireNothingLost(path, premises) { script in
            for key in script.people.keys {
                script.people[key]?.classes = .notSupplied(.notGranted)
                script.people[key]?.roles = .notSupplied(.notGranted)
                script.people[key]?.standing = .unstated
            }
        }
    }

    @Test(arguments: Path.allCases)
    func `10: an address on two records lets nobody into the other's account`(
        path: Path
    ) async throws {
        let premises = try await school()
        let twin = Observation.staff("13", surname: "Other", email: "1@school.example")
        premises.source.put(twin)
        try await look(path, premises)
        if path == .login {
            #expect(try await premises.login(.sourceID("13")).decision == .deny)
        }
        #expect(try await premises.account("13") == nil)
        #expect(try await premises.account("1")?.surname == "Family1")
    }

    @Test(arguments: Path.allCases)
    func `15: people who were brought back are not taken away again by the old list`(
        path: Path
    ) async throws {
        let premises = try await school()
        for id in 1...3 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        try await premises.syncAll()
        let old = premises.source.script.people
        for id in 1...3 { premises.source.change(.staff("\(id)")) { $0.standing = .current } }
        try await premises.syncAll()
        let gate = Gate()
        let before = try await holdings(premises)
        switch path {
        case .batch:
            // The page was asked for before they came back, and comes late.
            premises.source.script { script in
                script.people = old
                script.pageFaults[1] = [.held(gate)]
            }
            async let late = premises.syncAll()
            try await gate.arrival()
            premises.source.script { script in
                for id in 1...3 { script.people[.staff("\(id)")]?.standing = .current }
            }
            premises.letFreshnessPass()
            for id in 1...3 { _ = try await premises.login(.sourceID("\(id)")) }
            gate.open()
            _ = try await late
        case .login:
            premises.letFreshnessPass()
            for id in 1...3 { _ = try await premises.login(.sourceID("\(id)")) }
        }
        #expect(try await holdings(premises) == before)
    }

    @Test(arguments: Path.allCases)
    func `20: a new name and a new address after a wedding stay one account`(
        path: Path
    ) async throws {
        let premises = try await school()
        let before = try await premises.account("1")?.id
        premises.source.change(.staff("1")) {
            $0.surname = .value("Married")
            $0.email = .value("married@school.example")
        }
        try await look(path, premises)
        let after = try await premises.account("1")
        #expect(after?.id == before && after?.email == "married@school.example")
        #expect(try await premises.store.accounts(in: .example, of: .standard).count == 12)
    }

    @Test(arguments: Path.allCases)
    func `22: a new address that comes before it is edited here makes no second account`(
        path: Path
    ) async throws {
        let premises = try await school()
        premises.source.change(.staff("1")) { $0.email = .value("fresh@school.example") }
        switch path {
        case .batch: try await premises.syncAll()
        case .login:
            let result = try await premises.login(.email("fresh@school.example"))
            #expect(result.decision == .allow)
        }
        #expect(try await premises.store.accounts(in: .example, of: .standard).count == 12)
        #expect(try await premises.account("1")?.email == "fresh@school.example")
    }

    @Test(arguments: Path.allCases)
    func `23: an account that is gone from sight blocks no newcomer with its address`(
        path: Path
    ) async throws {
        let premises = try await school()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        let leaver = try #require(try await premises.account("1"))
        premises.source.put(.staff("13", surname: "Newcomer", email: "1@school.example"))
        switch path {
        case .batch: try await premises.syncAll()
        case .login: _ = try await premises.login(.sourceID("13"))
        }
        let newcomer = try #require(try await premises.account("13"))
        #expect(newcomer.id != leaver.id && newcomer.email == "1@school.example")
        let kept = try await premises.store.summary(of: leaver.id)?.account
        #expect(kept?.email == nil && kept?.surname == leaver.surname)
    }

    @Test(arguments: Path.allCases)
    func `29: looking at everybody again makes nobody anew`(path: Path) async throws {
        let premises = try await school()
        try await requireNothingLost(path, premises) { _ in }
    }

    @Test(arguments: Path.allCases)
    func `35: an error in the middle of a list clears no class and skips nobody`(
        path: Path
    ) async throws {
        let premises = try await school()
        for id in Self.people {
            premises.source.change(.staff("\(id)")) { $0.surname = .value("Changed") }
        }
        try await requireNothingLost(path, premises) { script in
            let cut = SourceError.malformed(reason: "The answer was cut.")
            script.pageFaults[2] = [.error(cut)]
            script.everyAnswer = .failed(cut)
        }
        premises.source.script { script in
            script.pageFaults = [:]
            script.everyAnswer = .record
        }
        premises.letFreshnessPass()
        try await look(path, premises)
        #expect(try await premises.account("12")?.surname == "Changed")
    }
}
