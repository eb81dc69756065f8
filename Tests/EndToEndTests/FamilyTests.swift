import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// Pupils and contacts beside staff, over real HTTP and a real file.
@Suite(.timeLimit(.minutes(5))) struct FamilyTests {
    @Test func `everybody of every kind is loaded, and a second sync changes nothing`()
        async throws
    {
        try await withFamilies { school in
            let accounts = try await school.store.accounts(in: school.key, of: .standard)
            let kinds = Dictionary(grouping: accounts, by: { $0.links[0].key.kind })
            let onRoll = try school.pupils()
            #expect(kinds[.student]?.count == onRoll.count)
            #expect((kinds[.staff]?.count ?? 0) > 20)
            #expect((kinds[.contact]?.count ?? 0) > 50)
            let pupil = try await school.pupil()
            #expect(pupil.account.memberships.count == 8)
            #expect(pupil.account.memberships.allSatisfy { $0.role == .student })
            #expect(pupil.account.lineManager == nil && pupil.account.jobTitle == nil)
            let before = try await content(of: school)
            let again = try await school.sync()
            #expect(again.state == .completed)
            #expect(again.changed == 0 && again.created == 0 && again.suspended == 0)
            let after = try await content(of: school)
            #expect(before == after, "\(before.difference(from: after) ?? "")")
        }
    }

    @Test func `a pupil logs in by her address and by her id, and finds her new class`()
        async throws
    {
        try await withFamilies { school in
            let pupil = try await school.pupil()
            let id = pupil.links[0].key.id
            let gone = try #require(pupil.links[0].last.classes.value?.first?.teachingClass.key.id)
            let others = try school.emulator.classes(school: school.key.school).map(\.id)
            let own = try #require(pupil.links[0].last.classes.value).map(\.teachingClass.key.id)
            let new = try #require(others.first { !own.contains($0) })
            try school.emulator.change(school: school.key.school, student: id) {
                $0.classes = .set(own.filter { $0 != gone } + [new])
                $0.surname = "Newname"
            }
            let result = try await school.login(try #require(pupil.account.email))
            #expect(result.decision == .allow && result.outcome == .refreshed)
            #expect(result.requests == 1)
            #expect(result.account?.account.surname == "Newname")
            let places = try #require(result.account?.links[0].last.classes.value)
                .map(\.teachingClass.key.id)
            #expect(places.contains(new) && !places.contains(gone))
            let byID = try await school.login(id: id)
            #expect(byID.decision == .allow && byID.account?.account.id == pupil.account.id)
        }
    }

    @Test func `a contact logs in by the address she has at home`() async throws {
        try await withFamilies { school in
            let accounts = try await school.store.accounts(in: school.key, of: .standard)
            let parent = try #require(accounts.first { $0.links[0].key.kind == .contact })
            try school.emulator.change(
                school: school.key.school,
                contact: parent.links[0].key.id
            ) { $0.title = "Dr" }
            let result = try await school.login(try #require(parent.account.email))
            #expect(result.decision == .allow && result.outcome == .refreshed)
            #expect(result.account?.account.title == "Dr")
        }
    }

    @Test func `a newcomer's id is found whatever kind of person she is`() async throws {
        try await withFamilies(synced: false) { school in
            let pupil = try #require(try school.pupils().first)
            let source: any RosterSource = school.source
            func expectDeclared(_ login: LoginRefreshResult, _ kinds: PersonKind...) {
                let most = kinds.reduce(0) { $0 + source.requestsPerLookUp(of: $1) }
                #expect(login.requests <= most, "\(kinds)")
            }
            var before = school.emulator.requestCount
            let asPupil = try await school.login(id: pupil.id)
            expectDeclared(asPupil, .staff, .student)
            #expect(school.emulator.requestCount - before == asPupil.requests)
            #expect(asPupil.decision == .allow && asPupil.requests == 2)
            #expect(asPupil.account?.links.map(\.key.kind) == [.student])
            let parents = try school.emulator.contacts(school: school.key.school)
            let parent = try #require(parents.first { $0.email != nil })
            let asParent = try await school.login(id: parent.id)
            // Not staff, neither on roll nor among those who left, but a contact; and her pupil.
            let children = try #require(asParent.account?.students.count)
            #expect(asParent.decision == .allow && asParent.requests == 4 + children)
            #expect(asParent.account?.links.map(\.key.kind) == [.contact])
            expectDeclared(asParent, .staff, .student, .contact)
            before = school.emulator.requestCount
            let nobody = try await school.login(id: "A9999999999")
            expectDeclared(nobody, .staff, .student, .contact)
            #expect(school.emulator.requestCount - before == nobody.requests)
            try school.emulator.setSwitches(school: school.key.school) {
                $0.deniedIncludes = ["classes", "roles", "education_details"]
            }
            let other = try #require(try school.pupils().last)
            let refused = try await school.login(id: other.id)
            expectDeclared(refused, .staff, .student)
            #expect(refused.account != nil)
            #expect(nobody.decision == .deny && nobody.outcome == .unknownPerson)
        }
    }

    @Test func `a newcomer's address is found whatever kind of person she is`() async throws {
        try await withFamilies(synced: false) { school in
            let pupil = try #require(try school.pupils().first?.email)
            let parents = try school.emulator.contacts(school: school.key.school)
            let parent = try #require(parents.first { $0.email?.contains("p@") == true }?.email)
            for (email, kind) in [(pupil, PersonKind.student), (parent, .contact)] {
                let result = try await school.login(email)
                #expect(result.decision == .allow, "\(result)")
                #expect(result.account?.links.map(\.key.kind) == [kind])
                #expect(result.account?.account.email == email)
            }
        }
    }

    @Test func `pupils who are moved to those who left are suspended at once, a year at a time`()
        async throws
    {
        try await withFamilies { school in
            let leaving = try school.pupils().filter { $0.year == 11 }.map(\.id)
            for id in leaving { try school.leave(id) }
            let result = try await school.sync()
            #expect(result.state == .completed && result.held == 0, "\(result)")
            #expect(result.suspended == leaving.count)
            let left = try await school.suspended()
            #expect(Set(left.map { $0.links[0].key.id }) == Set(leaving))
            let back = try #require(left.first?.links[0].key.id)
            try school.emulator.change(school: school.key.school, student: back) {
                $0.left = .clear
            }
            let again = try await school.sync()
            #expect(again.restored == 1 && again.suspended == 0, "\(again)")
        }
    }

    @Test func `most of a school that leaves at once is held, and the rest is done`()
        async throws
    {
        try await withFamilies { school in
            let leaving = try school.pupils().filter { $0.year != 7 }.map(\.id)
            for id in leaving { try school.leave(id) }
            let stays = try #require(try school.pupils().first)
            try school.emulator.change(school: school.key.school, student: stays.id) {
                $0.surname = "Stayer"
            }
            let result = try await school.sync()
            #expect(result.state == .held && result.held == leaving.count, "\(result)")
            #expect(result.suspended == 0)
            #expect(try await school.suspended().isEmpty)
            let email = try #require(stays.email)
            let accounts = try await school.store.accounts(in: school.key, of: .standard)
            #expect(accounts.first { $0.account.email == email }?.account.surname == "Stayer")
        }
    }

    @Test func `a pupil who left says so at her next login, and a 404 alone says nothing`()
        async throws
    {
        try await withFamilies { school in
            let pupil = try await school.pupil()
            let email = try #require(pupil.account.email)
            try school.leave(pupil.links[0].key.id)
            school.emulator.add(
                with(Fault(.status)) {
                    $0.pathContains = "/students-leaver/"
                    $0.status = 500
                }
            )
            let unknown = try await school.login(email)
            #expect(unknown.decision == .allow && unknown.outcome == .notReturned)
            school.emulator.clearFaults()
            let result = try await school.login(email)
            #expect(result.decision == .deny && result.outcome == .left)
            // Where her record is, who is new, and who of those who changed left.
            #expect(result.requests == 4)
        }
    }

    @Test func `a run of changes hears of pupils who left and of new parents`() async throws {
        try await withFamilies { school in
            let pupil = try await school.pupil()
            try school.leave(pupil.links[0].key.id)
            let accounts = try await school.store.accounts(in: school.key, of: .standard)
            let parent = try #require(accounts.first { $0.links[0].key.kind == .contact })
            try school.emulator.change(
                school: school.key.school,
                contact: parent.links[0].key.id
            ) { $0.surname = "Renamed" }
            let result = await BatchSync(school.workshop).run(
                try await school.store.connections()[0],
                onlyChanges: true
            )
            #expect(result.kind == .delta && result.state == .completed, "\(result)")
            #expect(result.suspended == 1 && result.changed == 1, "\(result)")
        }
    }

    @Test func `new class ids in September are no false alarm`() async throws {
        try await withFamilies { school in
            let id = school.key.school
            let classes = try school.emulator.classes(school: id)
            var renewed: [String: String] = [:]
            for old in classes {
                renewed[old.id] = try school.emulator.addClass(school: id) {
                    $0.name = .set(old.name)
                    $0.academicYear = "2027/2028"
                }
            }
            for pupil in try school.pupils() {
                try school.emulator.change(school: id, student: pupil.id) {
                    $0.classes = .set(pupil.classIDs.compactMap { renewed[$0] })
                }
            }
            let result = try await school.sync()
            #expect(result.state == .completed && result.held == 0, "\(result)")
            #expect(result.changed == (try school.pupils().count))
            #expect(try await school.pupil().account.memberships.count == 8)
        }
    }

    @Test(arguments: [
        ("student.contact_details.emails", PersonKind.student),
        ("student.classes", .student), ("contact.contact_details.emails", .contact),
    ])
    func `what a school grants no more of one kind is cleared of nobody`(
        permission: String,
        kind: PersonKind
    ) async throws {
        try await withFamilies { school in
            let before = try await content(of: school)
            try school.emulator.setSwitches(school: school.key.school) {
                $0.ungranted = [permission]
            }
            let result = try await school.sync()
            #expect(result.state == .completed && result.held == 0, "\(result)")
            #expect(result.changed == 0 && result.suspended == 0)
            let after = try await content(of: school)
            // Whoever had no account stays without one, for another reason perhaps.
            #expect(before.accounts == after.accounts)
            // Of the others it is believed as before.
            let teacher = try await school.firstTeacher()
            try school.emulator.change(
                school: school.key.school,
                employee: teacher.links[0].key.id
            ) { $0.title = .clear }
            #expect(try await school.sync().changed == 1)
        }
    }

    @Test(arguments: [Fault.Kind.truncate, .emptyList, .halfList, .status, .malformed])
    func `a fault in the middle of the pupils changes nothing`(kind: Fault.Kind) async throws {
        try await withFamilies { school in
            try school.emulator.setSwitches(school: school.key.school) { $0.perPageLimit = 50 }
            let teacher = try await school.firstTeacher()
            let before = try await content(of: school)
            school.emulator.add(
                with(Fault(kind)) {
                    $0.pathContains = kind == .emptyList ? "/students?" : "/students?include"
                    $0.skip = kind == .emptyList ? 0 : 3
                    $0.status = kind == .status ? 500 : nil
                }
            )
            if kind != .halfList {
                try school.emulator.change(
                    school: school.key.school,
                    employee: teacher.links[0].key.id
                ) { $0.surname = "Changed" }
            }
            let result = try await school.quickSync()
            school.emulator.clearFaults()
            #expect(result.state == (kind == .halfList ? .completed : .failed), "\(result)")
            #expect(result.suspended == 0)
            let after = try await content(of: school)
            #expect(before == after, "\(before.difference(from: after) ?? "")")
            if kind == .emptyList { #expect(result.trouble?.contains("no pupils") == true) }
        }
    }

    @Test func `the same id in two kinds is two people`() async throws {
        try await withFamilies { school in
            let pupil = try await school.pupil()
            let id = pupil.links[0].key.id
            let asContact = SourceKey(school: school.key, kind: .contact, id: id)
            var changes = ChangeSet(
                tenant: .standard,
                run: RunID(1),
                cause: .batch,
                at: Timestamp(milliseconds: 1)
            )
            changes.unlinked = [
                UnlinkedRecord(
                    observation: Observation(key: asContact, sequence: 1),
                    email: nil,
                    reason: .noWorkEmail
                )
            ]
            try await school.store.apply(changes)
            let result = try await school.login(id: id)
            #expect(result.account?.account.id == pupil.account.id)
            #expect(try await school.sync().suspended == 0)
        }
    }
}

private func content(of school: EmulatedSchool) async throws -> StoreContent {
    try await StoreContent.read(from: school.store, school: school.key, tenant: .standard)
}

private func with(_ fault: Fault, _ edit: (inout Fault) -> Void) -> Fault {
    var fault = fault
    edit(&fault)
    return fault
}

extension StoreContent {
    fileprivate var accounts: [String: [String: String]] {
        entries.filter { $0.key.hasPrefix("account ") }
    }
}

/// Runs `body` on a school with pupils and contacts, synced unless said otherwise.
func withFamilies(
    synced: Bool = true,
    at clock: any MusterClock = SystemClock(),
    _ body: (EmulatedSchool) async throws -> Void
) async throws {
    let emulator = try await WondeEmulator.start(
        EmulatorConfiguration(employees: 60, students: 300)
    )
    let school = try await EmulatedSchool.open(
        emulator,
        people: Set(PersonKind.allCases),
        clock: clock
    )
    let outcome: Result<Void, any Error>
    do {
        if synced { #expect(try await school.sync().state == .completed) }
        outcome = .success(try await body(school))
    } catch {
        outcome = .failure(error)
    }
    await school.close()
    await emulator.stop()
    try outcome.get()
}

extension EmulatedSchool {
    /// The pupils on roll.
    func pupils() throws -> [StudentSummary] {
        try emulator.students(school: key.school).filter { !$0.hasLeft }
    }

    /// One pupil with all her classes.
    func pupil() async throws -> AccountSummary {
        let accounts = try await store.accounts(in: key, of: .standard)
        return try #require(
            accounts.first {
                $0.links[0].key.kind == .student && $0.account.memberships.count == 8
            }
        )
    }

    /// Moves a pupil to those who left.
    func leave(_ id: String) throws {
        try emulator.change(school: key.school, student: id) { $0.left = "2026-07-17" }
    }

    /// Whom a sync or a login suspended.
    func suspended() async throws -> [AccountSummary] {
        try await store.accounts(in: key, of: .standard).filter {
            $0.account.status == .suspended(by: .sync)
        }
    }

    /// A login by an id at the MIS.
    func login(id: String) async throws -> LoginRefreshResult {
        await LoginRefresh(workshop, settings: .patient).refresh(
            LoginEvent(school: try await connected(), key: .sourceID(id), method: .sso)
        )
    }
}
