import Accounts
import EmulatedSchool
import Foundation
import MISEmulator
import Muster
import Roster
import SQLiteStore
import Synchronization

/// Logins while Sync Data applies what changed of a large school, in this process and in another.
///
/// The logins are of people of whom nothing changed. First their look-ups cost nothing: what is left
/// is the waiting for the store and for the processor. Then they take what one of a near MIS takes.
struct BesideBench {
    private let school: EmulatedSchool
    private let login: LoginRefresh
    private let connected: ConnectedSchool
    private let emails: [String]
    private let source: RecordedSource

    static func run(staff: Int) async throws {
        let school = try await EmulatedSchool.open(
            try await WondeEmulator.start(EmulatorConfiguration(employees: staff, students: 0))
        )
        say("logins while Sync Data applies changes of \(staff) staff")
        _ = try await school.sync()
        let bench = try await BesideBench(school)
        for (delay, name) in [(Duration.zero, "nothing"), (.milliseconds(20), "20 ms")] {
            say("  a look-up takes \(name)")
            bench.source.delay = delay
            try await bench.compare(idle: delay == .zero ? 3000 : 500)
        }
        await school.close()
        await school.emulator.stop()
    }

    private func compare(idle count: Int) async throws {
        let idle = try await times { $0 >= count }
        say("  nothing else going on: \(idle.text)")
        let here = try await beside { bench in
            let connection = try await bench.school.connected().connection
            let result = await BatchSync(bench.school.workshop).run(connection)
            return "\(result.changed) changed"
        }
        say("  a batch in this process: \(here.times.text); \(here.note)")
        aim("p99 within 2 x idle", here.times.milliseconds(0.99) < 2 * idle.milliseconds(0.99))
        let there = try await beside { bench in
            let emulator = bench.school.emulator
            return try Measurement.inProcess([
                "sync", emulator.origin, emulator.token, emulator.schoolIDs[0], bench.school.path,
            ]).note
        }
        say("  a batch in another process: \(there.times.text); \(there.note)")
        aim(
            "p99 within idle + 20 ms",
            there.times.milliseconds(0.99) < idle.milliseconds(0.99) + 20
        )
    }

    private init(_ school: EmulatedSchool) async throws {
        self.school = school
        connected = try await school.connected()
        let emulated = try school.emulator.employees(school: school.emulator.schoolIDs[0])
        emails = emulated.prefix(Self.visitors).compactMap { $0.workEmail?.lowercased() }
        var settings = LoginSettings()
        settings.freshness = .zero
        settings.budget = .seconds(10)
        source = RecordedSource(school.source)
        let workshop = Workshop(
            store: school.store,
            sources: OneSource(source: source),
            clock: school.workshop.clock,
            identifiers: school.workshop.identifiers
        )
        login = LoginRefresh(workshop, settings: settings)
        // Everybody once, so that the answers are recorded.
        _ = try await times { $0 >= emails.count }
    }

    /// How many people log in again and again; nothing of them changes.
    private static let visitors = 200

    /// Logs people in, one after another, until `isEnough` of so many logins.
    private func times(until isEnough: (Int) -> Bool) async throws -> Times {
        var times: [Duration] = []
        while !isEnough(times.count) {
            let event = LoginEvent(
                school: connected,
                key: .email(emails[times.count % emails.count]),
                method: .sso
            )
            let start = ContinuousClock.now
            let result = await login.refresh(event)
            times.append(ContinuousClock.now - start)
            guard result.decision == .allow else {
                throw BenchTrouble("A login was denied: \(result.outcome.rawValue).")
            }
        }
        return Times(times)
    }

    /// Changes everybody else and logs people in for as long as `sync` takes.
    private func beside(
        _ sync: @escaping @Sendable (BesideBench) async throws -> String
    ) async throws -> (times: Times, note: String) {
        let id = school.emulator.schoolIDs[0]
        let mark = String(UInt32.random(in: 0..<1 << 20), radix: 36)
        for (place, person) in try school.emulator.employees(school: id).enumerated()
        where place >= Self.visitors {
            try school.emulator.change(school: id, employee: person.id) {
                $0.surname = .set("Changed\(mark)\(place)")
            }
        }
        let isDone = Atomic(false)
        async let note = {
            defer { isDone.store(true, ordering: .relaxed) }
            return try await sync(self)
        }()
        let times = try await times { _ in isDone.load(ordering: .relaxed) }
        return (times, try await note)
    }
}
