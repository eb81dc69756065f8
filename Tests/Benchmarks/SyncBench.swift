import Foundation
import MISEmulator

/// Sync Data beside reading and decoding the same pages and doing nothing else, and beside that
/// read with the same rows inserted bare.
///
/// The service is this process; everything measured runs in a process of its own, so that neither
/// its CPU nor its peak of memory has anything else in it.
struct SyncBench {
    /// Whom the schools have.
    enum Roll {
        /// Staff with six classes each, and nobody else.
        case staff
        /// A tenth staff with six classes each, the others pupils with eight.
        case mix
    }

    private let emulator: WondeEmulator
    private let folder: URL
    private let roll: Roll
    private let size: Int
    private let repeats: Int

    /// What the lines of one school say, for the growth from one to the next.
    struct Lines {
        var read: Measurement
        var insert: Measurement
        var first: Measurement
        var unchanged: Measurement
        var changed: Measurement
    }

    /// Measures schools of `sizes` people, and how the work grows from the first to the last.
    static func run(sizes: [Int], of roll: Roll = .staff) async throws {
        var all: [Lines] = []
        for size in sizes { all.append(try await measure(size, roll)) }
        guard let small = all.first, let large = all.last, all.count > 1 else { return }
        // What the read grows by is the machine's doing: it knows nothing of the school's size.
        let drift = large.read.cpuOfOne / max(small.read.cpuOfOne, 0.001)
        say("CPU of one person, \(sizes[0]) to \(sizes[all.count - 1]) \(roll.word)")
        for (name, path) in [
            ("the read", \Lines.read), ("a row inserted bare", \.insert), ("first load", \.first),
            ("nothing changed", \.unchanged), ("5 percent changed", \.changed),
        ] {
            let growth = large[keyPath: path].cpuOfOne / max(small[keyPath: path].cpuOfOne, 0.001)
            say(
                String(
                    format: "  \(name): %.0f to %.0f us, %.2f x, beside the read %.2f x",
                    small[keyPath: path].cpuOfOne,
                    large[keyPath: path].cpuOfOne,
                    growth,
                    growth / drift
                )
            )
            guard path != \.read, path != \.insert else { continue }
            aim("linear within 15 %", growth / drift < 1.15)
        }
    }

    private static func measure(_ size: Int, _ roll: Roll) async throws -> Lines {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(
                employees: roll.staff(among: size),
                students: size - roll.staff(among: size)
            )
        )
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bench = SyncBench(
            emulator: emulator,
            folder: folder,
            roll: roll,
            size: size,
            // As often for both ends of the growth: the least disturbed of several is lower.
            repeats: size <= 100_000 ? 3 : 1
        )
        let lines = try bench.measure()
        await emulator.stop()
        return lines
    }

    private func measure() throws -> Lines {
        say("Sync Data of \(size) \(roll.description); each line a process of its own")
        let read = try Measurement.best(of: repeats) { try child("read") }
        say("  the pages read and decoded: \(read.text)")
        var round = 0
        let first = try Measurement.best(of: repeats) {
            round += 1
            return try child("sync", path("first-\(round)"))
        }
        let store = path("first-\(round)")
        let insert = try Measurement.best(of: repeats) {
            round += 1
            return try Measurement.inProcess(["insert", store, path("bare-\(round)")])
        }
        say(
            String(
                format: "  the same %d rows inserted bare: %.2f s, %.2f s of CPU",
                insert.count,
                insert.seconds,
                insert.cpu
            )
        )
        let both = Measurement(seconds: read.seconds + insert.seconds, cpu: read.cpu + insert.cpu)
        report("first load", first, beside: read)
        compare("read and insert", first, both)
        aim("first load within 3 x read and insert", first.cpu < 3 * both.cpu)
        let unchanged = try Measurement.best(of: repeats) { try child("sync", store) }
        report("nothing changed", unchanged, beside: read)
        aim("nothing changed within 2 x the read", unchanged.cpu < 2 * read.cpu)
        try change()
        let changed = try child("sync", store)
        report("5 % changed", changed, beside: read)
        let peak = max(first.peak, unchanged.peak, changed.peak)
        aim(String(format: "below 250 MB (%.0f MB)", peak), peak < 250)
        return Lines(
            read: read,
            insert: insert,
            first: first,
            unchanged: unchanged,
            changed: changed
        )
    }

    private func path(_ name: String) -> String {
        folder.appending(path: "\(name).sqlite").path
    }

    private func child(_ work: String, _ more: String...) throws -> Measurement {
        try Measurement.inProcess(
            [work, emulator.origin, emulator.token, emulator.schoolIDs[0], roll.kinds] + more
        )
    }

    /// Gives every twentieth person another surname.
    private func change() throws {
        let school = emulator.schoolIDs[0]
        for (place, person) in try emulator.employees(school: school).enumerated()
        where place % 20 == 0 {
            try emulator.change(school: school, employee: person.id) {
                $0.surname = .set("Changed\(place)")
            }
        }
        for (place, pupil) in try emulator.students(school: school).enumerated()
        where place % 20 == 0 {
            try emulator.change(school: school, student: pupil.id) {
                $0.surname = .set("Changed\(place)")
            }
        }
    }

    private func report(_ name: String, _ line: Measurement, beside read: Measurement) {
        say("  \(name): \(line.text); \(line.note)")
        compare("the read", line, read)
    }

    private func compare(_ name: String, _ line: Measurement, _ base: Measurement) {
        say(
            String(
                format: "    %.2f x \(name) by CPU, %.2f x by the clock",
                line.cpu / max(base.cpu, 0.001),
                line.seconds / max(base.seconds, 0.001)
            )
        )
    }
}

extension SyncBench.Roll {
    /// What the schools are called.
    fileprivate var word: String {
        switch self {
        case .staff: "staff"
        case .mix: "staff and pupils"
        }
    }

    fileprivate var description: String {
        switch self {
        case .staff: "staff with six classes each"
        case .mix: "people, a tenth staff with six classes each, the others pupils with eight"
        }
    }

    /// The kinds that are read, as one word.
    fileprivate var kinds: String {
        switch self {
        case .staff: "staff"
        case .mix: "staff,student"
        }
    }

    fileprivate func staff(among people: Int) -> Int {
        switch self {
        case .staff: people
        case .mix: people / 10
        }
    }
}
