import Accounts
import EmulatedSchool
import Foundation
import MISEmulator
import Muster

/// Sync Data beside reading and decoding the same pages and doing nothing else.
enum SyncBench {
    static func run(staff: Int) async throws {
        let school = try await EmulatedSchool.open(
            try await WondeEmulator.start(EmulatorConfiguration(employees: staff, students: 0))
        )
        _ = try await school.readOnly()
        let read = try await best(of: 3) { _ = try await school.readOnly() }
        say("Sync Data of \(staff) staff; reading and decoding the pages alone: \(seconds(read))")
        try await run("first load", school, read)
        let again = try await run("nothing changed", school, read)
        aim("nothing changed, below 2 x the read", again < 2)
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

    @discardableResult
    private static func run(
        _ name: String,
        _ school: EmulatedSchool,
        _ read: Duration
    ) async throws -> Double {
        let result = try await school.sync()
        let ratio = result.time / read
        let rate = Double(result.seen) / (Double(result.time.milliseconds) / 1000)
        say(
            "  \(name): \(seconds(result.time)), \(String(format: "%.2f", ratio)) x the read, "
                + "\(Int(rate)) people/s; \(result.created) created, \(result.changed) changed, "
                + "\(result.unchanged) unchanged\(result.trouble.map { "; \($0)" } ?? "")"
        )
        return ratio
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
