import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

/// Public stories of syncs that took away, or doubled, what was many people's; each is told here on
/// the path of a batch and on that of logins.
///
/// No guard on many saves anybody where a story is told of `few`: of so few people a sync may take
/// everything without asking.
@Suite(.timeLimit(.minutes(3))) struct MassRemovalTests {
    /// How Muster comes to look.
    enum Path: CaseIterable {
        case batch, login
    }

    static let people = 1...12
    static let few = 1...4

    func school(
        of people: ClosedRange<Int> = Self.people,
        pageSize: Int = 5
    ) async throws -> Premises {
        let premises = try await Premises(pageSize: pageSize)
        for id in people {
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
    func look(
        _ path: Path,
        _ premises: Premises,
        at people: ClosedRange<Int> = Self.people
    ) async throws {
        switch path {
        case .batch:
            try await premises.syncAll()
            premises.clock.advance(by: .seconds(13 * 3600))
            try await premises.syncAll()
        case .login:
            for id in people {
                let result = try await premises.login(.sourceID("\(id)"))
                #expect(result.decision == .allow, "\(id)")
            }
        }
    }

    /// What people have, apart from versions.
    func holdings(_ premises: Premises) async throws -> [String] {
        try await premises.store.accounts(in: .example, of: .standard).map { summary in
            let account = summary.account
            return [
                "\(account.id.value)", account.email ?? "", account.surname ?? "",
                "\(account.status)", "\(account.memberships.count)",
            ].joined(separator: " ")
        }.sorted()
    }

    func requireNothingLost(
        _ path: Path,
        _ premises: Premises,
        of people: ClosedRange<Int> = Self.people,
        when happening: (inout Script) -> Void
    ) async throws {
        let before = try await holdings(premises)
        premises.source.script(happening)
        try await look(path, premises, at: people)
        #expect(try await holdings(premises) == before)
    }

    /// `page` is the first that does not come; the MIS never says how many people there are.
    @Test(arguments: Path.allCases, 1...2)
    func `1: while the MIS is unreachable nobody loses anything`(
        path: Path,
        page: Int
    ) async throws {
        let premises = try await school(of: Self.few, pageSize: 2)
        let down = SourceError.unavailable(reason: "The MIS does not answer.")
        try await requireNothingLost(path, premises, of: Self.few) {
            $0.counts[.staff] = .some(nil)
            $0.everyAnswer = .failed(down)
            for page in page...2 { $0.pageFaults[page] = [.error(down)] }
        }
        guard path == .batch else { return }
        #expect(try await premises.syncAll().state == .failed)
        premises.source.script { $0.pageFaults = [:] }
        #expect(try await premises.syncAll().unchanged == 4)
    }

    @Test func `1: a list of nobody is no school that everybody left`() async throws {
        let premises = try await school(of: Self.few)
        try await requireNothingLost(.batch, premises, of: Self.few) {
            $0.counts[.staff] = .some(0)
            $0.people = [:]
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
        let premises = try await school(of: Self.few)
        try await requireNothingLost(path, premises, of: Self.few) { script in
            for key in script.people.keys {
                script.people[key]?.classes = .notSupplied(.notGranted)
                script.people[key]?.roles = .notSupplied(.notGranted)
                script.people[key]?.standing = .unstated
                // Something is planned of each.
                script.people[key]?.title = .value("Dr")
            }
        }
        #expect(try await premises.account("1")?.title == "Dr")
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
    func `29: looking at everybody again makes nobody anew`(path: Path) async throws {
        let premises = try await school()
        let accounts = try await Self.ids(premises)
        try await requireNothingLost(path, premises) { _ in }
        // Whoever is not plainly as she was is planned again.
        for id in Self.people {
            premises.source.change(.staff("\(id)")) {
                $0.title = .value("Dr")
                $0.email = .value("\(id)@other.example")
            }
        }
        premises.letFreshnessPass()
        for id in 1...5 {
            let changed = try await premises.login(.sourceID("\(id)"))
            #expect(path == .batch || changed.decision == .allow)
        }
        if path == .batch { _ = try await premises.syncAll() }
        #expect(try await premises.account("1")?.title == "Dr")
        #expect(try await Self.ids(premises) == accounts)
        #expect(try await holdings(premises).count == 12)
    }

    @Test(arguments: Path.allCases)
    func `35: an error in the middle of a list clears no class and skips nobody`(
        path: Path
    ) async throws {
        let premises = try await school(of: Self.few, pageSize: 2)
        for id in Self.few {
            premises.source.change(.staff("\(id)")) { $0.surname = .value("Changed") }
        }
        try await requireNothingLost(path, premises, of: Self.few) { script in
            let cut = SourceError.malformed(reason: "The answer was cut.")
            script.counts[.staff] = .some(nil)
            script.pageFaults[2] = [.error(cut)]
            script.everyAnswer = .failed(cut)
        }
        premises.source.script { script in
            script.pageFaults = [:]
            script.everyAnswer = .record
        }
        premises.letFreshnessPass()
        try await look(path, premises, at: Self.few)
        #expect(try await premises.account("4")?.surname == "Changed")
    }
}
