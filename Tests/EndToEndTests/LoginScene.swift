import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// Logins with a budget at an emulated school, and what the machine's clock was worth meanwhile.
struct LoginScene: Sendable {
    let school: EmulatedSchool
    let login: LoginRefresh
    let budget: Duration
    private let clock = SystemClock()

    init(_ school: EmulatedSchool, settings: LoginSettings) {
        self.school = school
        login = LoginRefresh(school.workshop, settings: settings)
        budget = settings.budget
    }

    /// Runs `body` in a synced school of `employees`, all of them with an address.
    static func run(
        employees: Int = 60,
        login settings: LoginSettings = LoginSettings(),
        store: SQLiteStore.Settings = SQLiteStore.Settings(),
        limits: TrafficLimits = TrafficLimits(),
        _ body: (LoginScene) async throws -> Void
    ) async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(
                employees: employees,
                students: 0,
                leaversPercent: 0,
                withoutEmailPercent: 0
            )
        )
        let school = try await EmulatedSchool.open(emulator, store: store, limits: limits)
        let outcome: Result<Void, any Error>
        do {
            #expect(try await school.sync().state == .completed)
            outcome = .success(try await body(LoginScene(school, settings: settings)))
        } catch {
            outcome = .failure(error)
        }
        await school.close()
        await emulator.stop()
        try outcome.get()
    }

    /// The first `count` people who may log in.
    func people(_ count: Int) async throws -> [AccountSummary] {
        let all = try await school.store.accounts(in: school.key, of: .standard)
        let people = all.filter {
            $0.account.status == .active && $0.account.email != nil && !$0.links.isEmpty
        }
        try #require(people.count >= count)
        return Array(people.prefix(count))
    }

    /// All accounts as they are held, in one order.
    func everybody() async throws -> [Account] {
        try await school.store.accounts(in: school.key, of: .standard).map(\.account)
            .sorted { $0.id.value < $1.id.value }
    }

    /// The surname that is held of a person.
    func surname(of person: AccountSummary) async throws -> String? {
        try await school.store.summary(of: person.account.id)?.account.surname
    }

    /// Gives a person another surname in the MIS.
    func rename(_ person: AccountSummary, to surname: String) throws {
        try school.emulator.change(
            school: school.key.school,
            employee: try #require(person.links.first).key.id
        ) { $0.surname = .set(surname) }
    }
}

/// The answer to one login.
struct TimedLogin: Sendable {
    let person: AccountSummary
    let result: LoginRefreshResult
    /// How much later than asked a sleep of the budget's length ended that began with the login.
    let lateness: Duration
}

extension LoginScene {
    /// Logs `people` in, each once, the arrivals spread evenly over `time`.
    func logIn(
        _ people: [AccountSummary],
        over time: Duration = .zero
    ) async throws -> [TimedLogin] {
        let connected = try await school.connected()
        return await withTaskGroup(of: TimedLogin.self) { group in
            for (number, person) in people.enumerated() {
                let event = LoginEvent(
                    school: connected,
                    key: .email(person.account.email ?? ""),
                    method: .sso
                )
                let wait = time * number / people.count
                group.addTask {
                    if wait > .zero { try? await clock.sleep(for: wait) }
                    async let lateness = lateness()
                    let result = await login.refresh(event)
                    return TimedLogin(person: person, result: result, lateness: await lateness)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func lateness() async -> Duration {
        let start = clock.instant()
        try? await clock.sleep(for: budget)
        return start.duration(to: clock.instant()) - budget
    }

    /// Expects that everybody was let in as a known person, and nobody later than the budget.
    ///
    /// 50 ms are allowed beyond it, and as much as the machine's own timers were late at the time:
    /// an equal sleep ran beside every login, in the same threads.
    func expectLetIn(
        _ logins: [TimedLogin],
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for login in logins {
            let result = login.result
            #expect(result.decision == .allow, "\(result)", sourceLocation: sourceLocation)
            #expect(
                result.account?.account.id == login.person.account.id,
                sourceLocation: sourceLocation
            )
        }
        let slowest = logins.map(\.result.time).max() ?? .zero
        let late = logins.map(\.lateness).max() ?? .zero
        print("FIGURE slowest \(slowest) budget \(budget) late \(late)")
        #expect(
            slowest <= budget + .milliseconds(50) + late,
            "an equal sleep was late by \(late)",
            sourceLocation: sourceLocation
        )
    }

    /// Waits until the source is asked again, without asking it.
    func sourceIsAsked() async throws {
        try await until { login.sources.allSatisfy { $0.isAsked && !$0.isPaused } }
    }
}
