import Accounts
import EmulatedSchool
import Foundation
import MISEmulator
import Muster
import Roster
import SQLiteStore

/// What a login adds beyond its source's own answer.
///
/// Times are measured against the emulated service over HTTP, CPU against answers from memory: the
/// service and the HTTP client would count as ours otherwise.
struct LoginBench {
    private let school: EmulatedSchool
    private let connected: ConnectedSchool
    private let emails: [String]
    private let count: Int

    static func run(staff: Int, count: Int) async throws {
        let school = try await EmulatedSchool.open(
            try await WondeEmulator.start(EmulatorConfiguration(employees: staff, students: 0))
        )
        _ = try await school.sync()
        let accounts = try await school.store.accounts(in: school.key, of: .standard)
        let bench = LoginBench(
            school: school,
            connected: try await school.connected(),
            emails: accounts.compactMap(\.account.email),
            count: count
        )
        say("logins over \(bench.emails.count) staff, one after another, \(count) of each kind")
        try await bench.overHTTP()
        try await bench.fromMemory()
        await school.close()
        await school.emulator.stop()
    }

    private func refresh(_ workshop: Workshop, freshness: Duration) -> LoginRefresh {
        var settings = LoginSettings()
        settings.freshness = freshness
        settings.budget = .seconds(10)
        return LoginRefresh(workshop, settings: settings)
    }

    // MARK: Time, beside a source over HTTP

    private func overHTTP() async throws {
        let login = refresh(school.workshop, freshness: .zero)
        let position = try await feedEnd()
        let same = try await times(login, .unchanged)
        let rows = try await feedEnd() - position
        say("  no change, beyond the source's answer: \(same.added.text)")
        say("    the source's own answer (emulator, this process): \(same.source.text)")
        say("    rows of account history written: \(rows)")
        aim(
            "p50 < 0.5 ms, p99 < 2 ms, 0 account writes",
            same.added.milliseconds(0.5) < 0.5 && same.added.milliseconds(0.99) < 2 && rows == 0
        )
        let ids = try Dictionary(
            school.emulator.employees(school: school.emulator.schoolIDs[0])
                .compactMap { person in person.workEmail.map { ($0.lowercased(), person.id) } }
        ) { first, _ in first }
        let changed = try await times(login, .refreshed) { email, index in
            guard let id = ids[email] else { throw BenchTrouble("\(email) is nobody's address") }
            try school.emulator.change(school: school.emulator.schoolIDs[0], employee: id) {
                $0.surname = .set("Changed\(index)")
            }
        }
        say("  a changed surname, beyond the source's answer: \(changed.added.text)")
        say("    the source's own answer (emulator, this process): \(changed.source.text)")
        say(
            String(
                format: "    changed beside no change: %.1f x at p50",
                changed.added.milliseconds(0.5) / max(same.added.milliseconds(0.5), 0.001)
            )
        )
    }

    private func times(
        _ login: LoginRefresh,
        _ expected: LoginOutcome,
        before: (String, Int) throws -> Void = { _, _ in }
    ) async throws -> (added: Times, source: Times) {
        let warmUp = 100
        var added: [Duration] = []
        var source: [Duration] = []
        for index in 0..<(count + warmUp) {
            let email = emails[index % emails.count]
            try before(email, index)
            let result = try await logIn(email, login, expected)
            guard index >= warmUp else { continue }
            added.append(result.time - result.lookUpTime)
            source.append(result.lookUpTime)
        }
        return (Times(added), Times(source))
    }

    private func logIn(
        _ email: String,
        _ login: LoginRefresh,
        _ expected: LoginOutcome
    ) async throws -> LoginRefreshResult {
        let result = await login.refresh(
            LoginEvent(school: connected, key: .email(email), method: .sso)
        )
        guard result.outcome == expected else {
            throw BenchTrouble(
                "A login ended as \(result.outcome.rawValue) and not \(expected.rawValue)"
                    + " after \(result.time), the source's \(result.lookUpTime) in"
                    + " \(result.requests) requests (\(result.trouble ?? "no trouble")); measure again on a quieter machine."
            )
        }
        return result
    }

    /// The last row of the feed of changes.
    private func feedEnd() async throws -> Int64 {
        var position: Int64 = 0
        while true {
            let rows = try await school.store.changes(
                after: position,
                of: .standard,
                in: nil,
                limit: 10_000
            )
            guard let last = rows.last else { return position }
            position = last.position
        }
    }

    // MARK: CPU, beside a source that costs nothing

    private func fromMemory() async throws {
        let source = RecordedSource(school.source)
        let workshop = Workshop(
            store: school.store,
            sources: OneSource(source: source),
            clock: school.workshop.clock,
            identifiers: school.workshop.identifiers
        )
        let asking = refresh(workshop, freshness: .zero)
        for email in emails { _ = try await logIn(email, asking, .unchanged) }
        say("  CPU of a login, the source's answer taken from memory")
        let same = try await cost("no change", asking, .unchanged)
        source.changesSurnames = true
        let changed = try await cost("a changed surname", asking, .refreshed)
        let resting = refresh(workshop, freshness: .seconds(3600))
        for email in emails { _ = try await logIn(email, resting, .fresh) }
        let fresh = try await cost("fresh, not asked", resting, .fresh)
        say(
            String(
                format: "    changed beside no change: %.1f x; fresh beside no change: %.2f x",
                changed / same,
                fresh / same
            )
        )
    }

    /// Prints and gives the CPU of one login, in milliseconds.
    private func cost(
        _ name: String,
        _ login: LoginRefresh,
        _ expected: LoginOutcome
    ) async throws -> Double {
        let before = usedCPU()
        var times: [Duration] = []
        for index in 0..<count {
            let result = try await logIn(emails[index % emails.count], login, expected)
            times.append(result.time)
        }
        await login.finishDeferred()
        let cost = (usedCPU() - before) / Double(count) * 1000
        say(String(format: "    \(name): %.3f ms of CPU; whole login ", cost) + Times(times).text)
        return cost
    }
}

struct OneSource: SourceDirectory {
    let source: any RosterSource

    func source(of connection: Connection) async throws(SourceError) -> any RosterSource { source }
}
