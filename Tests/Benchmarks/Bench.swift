import Accounts
import EmulatedSchool
import Foundation
import MISEmulator
import Muster
import Roster
import SQLiteStore

/// Prints, in one run, what the design sets aims for; ratios hold when the machine's speed drifts.
@main
enum Bench {
    static func main() async throws {
        try await logins(staff: 500, count: 2000)
        try await sync(staff: 10_000)
    }

    private static func open(_ staff: Int) async throws -> EmulatedSchool {
        try await EmulatedSchool.open(
            try await WondeEmulator.start(EmulatorConfiguration(employees: staff, students: 0))
        )
    }

    // MARK: Logins

    /// The time a login adds beyond the source's own answer.
    private static func logins(staff: Int, count: Int) async throws {
        let school = try await open(staff)
        _ = try await school.sync()
        let accounts = try await school.store.accounts(in: school.key, of: .standard)
        let emails = accounts.compactMap(\.account.email)
        let connected = try await school.connected()
        var settings = LoginSettings()
        settings.freshness = .zero
        settings.budget = .seconds(10)
        let refresh = LoginRefresh(school.workshop, settings: settings)
        var added: [Duration] = []
        var source: [Duration] = []
        for index in 0..<(count + 100) {
            let result = await refresh.refresh(
                LoginEvent(
                    school: connected,
                    key: .email(emails[index % emails.count]),
                    method: .sso
                )
            )
            guard result.outcome == .unchanged else {
                print(
                    "login of \(emails[index % emails.count]) ended as \(result.outcome.rawValue)"
                )
                continue
            }
            guard index >= 100 else { continue }
            added.append(result.time - result.lookUpTime)
            source.append(result.lookUpTime)
        }
        print("no-change login over \(emails.count) staff, \(added.count) logins")
        row("added beyond the source's answer", added)
        row("the source's own answer (emulator, same machine)", source)
        await school.close()
        await school.emulator.stop()
    }

    private static func row(_ name: String, _ times: [Duration]) {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return }
        func at(_ share: Double) -> String {
            let time = sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
            return String(
                format: "%.3f ms",
                Double(time.components.attoseconds) / 1e15
                    + Double(time.components.seconds) * 1000
            )
        }
        print("  \(name): p50 \(at(0.5)), p99 \(at(0.99))")
    }

    // MARK: Sync Data

    /// Sync Data beside reading and decoding the same pages and doing nothing else.
    private static func sync(staff: Int) async throws {
        let school = try await open(staff)
        _ = try await school.readOnly()
        let read = try await best(of: 3) { _ = try await school.readOnly() }
        print("Sync Data of \(staff) staff; reading and decoding the pages alone: \(seconds(read))")
        try await run("first load", school, read)
        try await run("nothing changed", school, read)
        let people = try school.emulator.employees(school: school.emulator.schoolIDs[0])
        for person in people.enumerated() where person.offset % 20 == 0 {
            try school.emulator.change(
                school: school.emulator.schoolIDs[0],
                employee: person.element.id
            ) { $0.surname = .set("Changed\(person.offset)") }
        }
        try await run("5 % changed", school, read)
        await school.close()
        await school.emulator.stop()
    }

    private static func run(
        _ name: String,
        _ school: EmulatedSchool,
        _ read: Duration
    ) async throws {
        let result = try await school.sync()
        let ratio = result.time / read
        let rate = Double(result.seen) / (Double(result.time.milliseconds) / 1000)
        print(
            "  \(name): \(seconds(result.time)), \(String(format: "%.2f", ratio)) x the read, "
                + "\(Int(rate)) people/s; \(result.created) created, \(result.changed) changed, "
                + "\(result.unchanged) unchanged\(result.trouble.map { "; \($0)" } ?? "")"
        )
    }

    private static func best(
        of runs: Int,
        _ work: () async throws -> Void
    ) async throws -> Duration {
        var best = Duration.seconds(3600)
        for _ in 0..<runs { best = min(best, try await ContinuousClock().measure(work)) }
        return best
    }

    private static func seconds(_ time: Duration) -> String {
        String(format: "%.2f s", Double(time.milliseconds) / 1000)
    }
}
