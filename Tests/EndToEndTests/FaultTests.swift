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
    /// A fault and how a batch that meets it on its second page must end.
    struct Row: Sendable, CustomTestStringConvertible {
        let fault: Fault
        let state: SyncState
        var testDescription: String { fault.kind.rawValue }
    }

    static let rows: [Row] = [
        Row(fault: Fault(.status, status: 401), state: .failed),
        Row(fault: Fault(.status, status: 403), state: .failed),
        Row(fault: Fault(.status, status: 500), state: .failed),
        Row(fault: Fault(.truncate), state: .failed),
        Row(fault: Fault(.reset), state: .failed),
        Row(fault: Fault(.html), state: .failed),
        Row(fault: Fault(.malformed), state: .failed),
        Row(fault: Fault(.hugeBody), state: .failed),
        Row(fault: Fault(.repeatPage), state: .failed),
        Row(fault: Fault(.halfList), state: .completed),
        Row(fault: Fault(.missingPage), state: .failed),
        Row(fault: Fault(.duplicateID), state: .completed),
        Row(fault: Fault(.missingID), state: .completed),
    ]

    @Test(arguments: rows)
    func `a fault in the middle of a list takes nothing from anybody`(row: Row) async throws {
        try await withSchool(employees: 450) { school in
            let before = try await content(of: school)
            school.emulator.add(
                with(row.fault) {
                    $0.pathContains = "/employees?"
                    $0.skip = 2
                }
            )
            let result = try await school.quickSync()
            #expect(result.state == row.state, "\(result)")
            #expect(result.suspended == 0)
            if row.state == .failed { #expect(result.trouble?.hasSuffix(".") == true) }
            let after = try await content(of: school)
            #expect(before == after, "\(before.difference(from: after))")
            school.emulator.clearFaults()
            let again = try await school.quickSync()
            #expect(again.state == .completed)
            let end = try await content(of: school)
            #expect(before == end, "\(before.difference(from: end))")
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
    /// Syncs without waiting between attempts.
    func quickSync() async throws -> SyncResult {
        var settings = SyncSettings()
        settings.backOff = .zero
        return await BatchSync(workshop, settings: settings).run(try await store.connections()[0])
    }
}
