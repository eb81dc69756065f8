import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Synchronization
import Testing

/// Logins over real HTTP and a real file.
@Suite struct LoginTests {
    @Test func `a change in the MIS is in the account before the login completes`() async throws {
        try await withSchool { school in
            let before = try await school.firstTeacher()
            let email = try #require(before.account.email)
            try school.emulator.change(
                school: school.key.school,
                employee: before.links[0].key.id
            ) {
                $0.surname = "Newlywed"
                $0.roles = ["Head of Science"]
            }
            let result = try await school.login(email)
            #expect(result.decision == .allow)
            #expect(result.outcome == .refreshed)
            #expect(result.requests == 1)
            #expect(result.account?.account.surname == "Newlywed")
            #expect(result.account?.account.jobTitle == "Head of Science")
            #expect(Set(result.changes.map(\.field)) == [.surname, .jobTitle])
        }
    }

    @Test func `a login that changes nothing asks once and writes to no account or link`()
        async throws
    {
        let written = Statements()
        try await withSchool(statements: written) { school in
            let email = try #require(try await school.firstTeacher().account.email)
            _ = try await school.login(email)
            school.emulator.clearRequests()
            written.clear()
            let result = try await school.login(email)
            #expect(result.outcome == .unchanged)
            #expect(school.emulator.requests.count == 1)
            #expect(
                written.writes.allSatisfy { write in
                    ["checked", "counter", "request_number"].contains { write.contains($0) }
                },
                "\(written.writes)"
            )
        }
    }

    @Test func `a second login within the freshness asks nothing`() async throws {
        try await withSchool { school in
            let email = try #require(try await school.firstTeacher().account.email)
            var settings = LoginSettings.patient
            settings.freshness = .seconds(600)
            let refresh = LoginRefresh(school.workshop, settings: settings)
            let event = LoginEvent(
                school: try await school.connected(),
                key: .email(email),
                method: .sso
            )
            #expect(await refresh.refresh(event).outcome == .unchanged)
            school.emulator.clearRequests()
            #expect(await refresh.refresh(event).outcome == .fresh)
            #expect(school.emulator.requests.isEmpty)
        }
    }

    @Test func `login by login over 500 staff ends in the same content as one batch`()
        async throws
    {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: 500, students: 0)
        )
        let batch = try await EmulatedSchool.open(emulator)
        #expect(try await batch.sync().state == .completed)
        let single = try await EmulatedSchool.open(emulator)
        let refresh = LoginRefresh(single.workshop, settings: .patient)
        let connected = try await single.connected()
        for person in try emulator.employees(school: single.key.school).shuffled() {
            let result = await refresh.refresh(
                LoginEvent(school: connected, key: .sourceID(person.id), method: .sso)
            )
            #expect(result.outcome != .sourceUnavailable, "\(result)")
        }
        let one = try await StoreContent.read(
            from: batch.store,
            school: batch.key,
            tenant: .standard
        )
        let other = try await StoreContent.read(
            from: single.store,
            school: single.key,
            tenant: .standard
        )
        #expect(one == other, "\(one.difference(from: other))")
        #expect(one.entries.count > 400)
        await batch.close()
        await single.close()
        await emulator.stop()
    }
}

/// The statements a store ran.
final class Statements: Sendable {
    private let all = Mutex<[String]>([])

    func add(_ statement: String) { all.withLock { $0.append(statement) } }
    func clear() { all.withLock { $0 = [] } }

    /// Those that write rows.
    var writes: [String] {
        all.withLock { statements in
            statements.filter { statement in
                ["INSERT", "UPDATE", "DELETE", "REPLACE"].contains {
                    statement.uppercased().hasPrefix($0)
                }
            }
        }
    }
}

extension LoginSettings {
    /// Always asks, and waits for the answer.
    static var patient: LoginSettings {
        var settings = LoginSettings()
        settings.freshness = .zero
        settings.budget = .seconds(30)
        return settings
    }
}

extension EmulatedSchool {
    func firstTeacher() async throws -> AccountSummary {
        let accounts = try await store.accounts(in: key, of: .standard)
        return try #require(
            accounts.first { $0.account.teachingStaff == true && $0.account.status == .active }
        )
    }

    func login(_ email: String, method: LoginMethod = .sso) async throws -> LoginRefreshResult {
        await LoginRefresh(workshop, settings: .patient).refresh(
            LoginEvent(school: try await connected(), key: .email(email), method: method)
        )
    }
}

/// Runs `body` on a synced school of sixty.
func withSchool(
    statements: Statements? = nil,
    employees: Int = 60,
    _ body: (EmulatedSchool) async throws -> Void
) async throws {
    let emulator = try await WondeEmulator.start(
        EmulatorConfiguration(employees: employees, students: 0)
    )
    var settings = SQLiteStore.Settings()
    if let statements { settings.statementTrace = { statements.add($0) } }
    let school = try await EmulatedSchool.open(emulator, store: settings)
    #expect(try await school.sync().state == .completed)
    do { try await body(school) } catch {
        await school.close()
        await emulator.stop()
        throw error
    }
    await school.close()
    await emulator.stop()
}
