import Foundation
import MISEmulator

/// Logins while Sync Data applies what changed of a large school, in one process and in another.
///
/// The service is this process; logins and syncs run in processes of their own. The logins are of
/// people of whom nothing changed. First their look-ups cost nothing: what is left is the waiting
/// for the store and for the processor. Then they take what one of a near MIS takes.
struct BesideBench {
    private let emulator: WondeEmulator
    private let folder: URL
    private let visitors: [String]

    /// How many people log in again and again; nothing of them changes.
    private static let visitors = 200

    static func run(staff: Int) async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: staff, students: 0)
        )
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let people = try emulator.employees(school: emulator.schoolIDs[0])
        let bench = BesideBench(
            emulator: emulator,
            folder: folder,
            visitors: people.prefix(visitors).compactMap { $0.workEmail?.lowercased() }
        )
        say("logins while Sync Data applies changes of \(staff) staff")
        _ = try bench.sync()
        for (delay, name) in [(0, "nothing"), (20, "20 ms")] {
            say("  a look-up takes \(name)")
            try bench.compare(delay)
        }
        await emulator.stop()
    }

    private func compare(_ delay: Int) throws {
        let idle: Visits = try visit("alone", delay).result()
        say("  nothing else going on: \(idle.times.text)")
        try emulator.changeSurnames(besides: Self.visitors)
        let here: Visits = try visit("batch", delay).result()
        say("  a batch in this process reads: \(here.whileReading.text)")
        say("  a batch in this process applies: \(here.whileApplying.text); \(here.note)")
        aim(
            "p99 within 2 x idle while it applies",
            here.whileApplying.milliseconds(0.99) < 2 * idle.times.milliseconds(0.99)
        )
        try emulator.changeSurnames(besides: Self.visitors)
        let visitors = try visit("until told", delay)
        let note = try sync().note
        let there: Visits = try visitors.result()
        say("  a batch in another process: \(there.times.text); \(note)")
        aim(
            "p99 within idle + 20 ms",
            there.times.milliseconds(0.99) < idle.times.milliseconds(0.99) + 20
        )
    }

    private var arguments: [String] {
        [
            emulator.origin, emulator.token, emulator.schoolIDs[0], "staff",
            folder.appending(path: "muster.sqlite").path,
        ]
    }

    private func visit(_ occasion: String, _ delay: Int) throws -> Child {
        try Child(
            [VisitorChild.word] + arguments
                + [occasion, String(delay), visitors.joined(separator: ",")]
        )
    }

    private func sync() throws -> Measurement {
        try Measurement.inProcess(["sync"] + arguments)
    }
}
