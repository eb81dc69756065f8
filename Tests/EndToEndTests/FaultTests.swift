import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// Whatever the source does wrong, nothing is lost or cleared, and a second run converges.
@Suite struct FaultTests {
    @Test func `no kind of fault is left out of the middle of a list`() {
        #expect(Set(FaultRow.all.map(\.fault.kind)) == Set(Fault.Kind.allCases))
    }

    /// One school meets them all in turn: each run must leave it as the next one finds it.
    @Test func `a fault on page 7 of 40 takes nothing from anybody, and the next run converges`()
        async throws
    {
        try await withSchool(employees: 280) { school in
            try school.emulator.setSwitches(school: school.key.school) { $0.perPageLimit = 7 }
            let person = try await school.lastPerson()
            let name = "account \(try #require(person.account.email))"
            for (number, row) in FaultRow.all.enumerated() {
                let before = try await content(of: school)
                let surname = "Changed \(number)"
                try school.emulator.change(
                    school: school.key.school,
                    employee: person.links[0].key.id
                ) { $0.surname = .set(surname) }
                school.emulator.add(with(row.fault) { $0.pathContains = "&page=7" })
                let result = try await school.quickSync(row.pageTimeout)
                school.emulator.clearFaults()
                #expect(result.state == row.state, "\(row): \(result)")
                #expect(result.suspended == 0 && result.held == 0, "\(row): \(result)")
                let words = result.trouble ?? result.remarks.map(\.reason).joined(separator: " ")
                #expect(words.contains(row.says), "\(row): \(words)")
                #expect(words.isEmpty == row.says.isEmpty, "\(row): \(words)")
                #expect(words.isEmpty || words.hasSuffix("."), "\(row): \(words)")
                if row.state == .failed {
                    let after = try await content(of: school)
                    #expect(before == after, "\(row): \(before.difference(from: after) ?? "")")
                }
                let again = try await school.quickSync()
                #expect(again.state == .completed && again.requests > 40, "\(row): \(again)")
                var end = try await content(of: school)
                #expect(end.entries[name]?["surname"] == surname, "\(row)")
                end.entries[name] = before.entries[name]
                #expect(before == end, "\(row): \(before.difference(from: end) ?? "")")
            }
        }
    }

    @Test func `an empty list where people are known is refused`() async throws {
        try await withSchool { school in
            school.emulator.add(with(Fault(.emptyList)) { $0.pathContains = "/employees?" })
            let result = try await school.quickSync()
            #expect(result.state == .failed)
            #expect(result.trouble?.contains("nothing was changed") == true)
        }
    }

    @Test(arguments: [Fault.Kind.status, .truncate, .reset, .html, .malformed, .hugeBody])
    func `a faulty answer to a login lets a known person in as she was`(
        kind: Fault.Kind
    )
        async throws
    {
        try await withSchool { school in
            let person = try await school.firstTeacher()
            let email = try #require(person.account.email)
            school.emulator.add(
                with(Fault(kind)) {
                    $0.pathContains = "/employees/"
                    $0.status = kind == .status ? 503 : nil
                }
            )
            let result = try await school.login(email)
            #expect(result.decision == .allow)
            #expect(result.outcome == .sourceUnavailable)
            #expect(result.changes.isEmpty)
            #expect(result.account?.account == person.account)
            #expect(result.trouble?.contains(school.emulator.token) == false)
        }
    }

    @Test(arguments: [404, 403])
    func `a person whom the source does not return keeps everything`(status: Int) async throws {
        try await withSchool { school in
            let person = try await school.firstTeacher()
            school.emulator.add(
                with(Fault(.status, status: status)) { $0.pathContains = "/employees/" }
            )
            let result = try await school.login(try #require(person.account.email))
            #expect(result.decision == .allow)
            #expect(result.outcome == .notReturned)
            #expect(result.account?.account == person.account)
        }
    }

    @Test func `odd people are counted with a reason and stop nobody`() async throws {
        try await withSchool { school in
            let before = try await content(of: school)
            _ = try school.emulator.addOddPeople(school: school.key.school)
            let result = try await school.quickSync()
            #expect(result.state == .completed, "\(result)")
            #expect(result.failed > 0)
            #expect(result.remarks.allSatisfy { !$0.reason.isEmpty })
            #expect(result.suspended == 0)
            let counted =
                result.unchanged + result.changed + result.created + result.restored
                + result.suspended + result.held + result.disputed + result.failed
                + result.ignored.values.reduce(0, +)
            #expect(counted == result.seen, "\(result)")
            let after = try await content(of: school)
            #expect(after.entries.count >= before.entries.count)
        }
    }

    @Test func `an emulator that dies in the middle of a batch changes nothing in the end`()
        async throws
    {
        try await withSchool(employees: 450) { school in
            let before = try await content(of: school)
            try school.emulator.change(
                school: school.key.school,
                employee: try await school.firstTeacher().links[0].key.id
            ) { $0.surname = "Changed" }
            school.emulator.add(
                with(Fault(.reset)) {
                    $0.pathContains = "/employees?"
                    $0.skip = 2
                }
            )
            #expect(try await school.quickSync().state == .failed)
            #expect(try await content(of: school) == before)
            school.emulator.clearFaults()
            #expect(try await school.quickSync().changed == 1)
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
}

extension EmulatedSchool {
    /// The known person who is listed last.
    func lastPerson() async throws -> AccountSummary {
        let known = try await store.accounts(in: key, of: .standard)
            .filter { $0.links.first?.state == .active && $0.account.email != nil }
        let listed = try emulator.employees(school: key.school).map(\.id)
        let last = known.max {
            (listed.firstIndex(of: $0.links[0].key.id) ?? 0)
                < (listed.firstIndex(of: $1.links[0].key.id) ?? 0)
        }
        return try #require(last)
    }

    /// Syncs without waiting between attempts, with one attempt where a page is not waited for.
    func quickSync(_ pageTimeout: Duration? = nil) async throws -> SyncResult {
        var settings = SyncSettings()
        settings.backOff = .zero
        if let pageTimeout {
            settings.pageTimeout = pageTimeout
            settings.attempts = 1
        }
        return await BatchSync(workshop, settings: settings).run(try await store.connections()[0])
    }
}
