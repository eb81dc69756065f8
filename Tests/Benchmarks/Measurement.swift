import Foundation
import Glibc
import Muster

/// What one piece of work took, in a process that did nothing else.
struct Measurement: Codable {
    /// Time on the clock.
    var seconds = 0.0
    /// CPU of the process while it worked, user and system.
    var cpu = 0.0
    /// The most memory the process held at any time, in megabytes.
    var peak = 0.0
    /// People, or rows where no people are read.
    var count = 0
    /// What came of it, in a few words.
    var note = ""

    /// Measures `work`, which gives the count and the note.
    static func of(
        _ work: () async throws -> (count: Int, note: String)
    ) async throws -> Measurement {
        let (start, cpu) = (ContinuousClock.now, usedCPU())
        let (count, note) = try await work()
        return Measurement(
            seconds: Double((ContinuousClock.now - start).milliseconds) / 1000,
            cpu: usedCPU() - cpu,
            peak: peakMemory(),
            count: count,
            note: note
        )
    }

    /// The largest resident size of this process so far, in megabytes.
    private static func peakMemory() -> Double {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let number = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Double($0) }
        return (number ?? 0) / 1024
    }

    /// Runs this program again with `arguments`; gives what it measured.
    static func inProcess(_ arguments: [String]) throws -> Measurement {
        try Child(arguments).result()
    }

    /// The one of `runs` measurements that took the least CPU: the least disturbed.
    static func best(of runs: Int, _ measure: () throws -> Measurement) throws -> Measurement {
        var best = try measure()
        for _ in 1..<max(1, runs) {
            let next = try measure()
            if next.cpu < best.cpu { best = next }
        }
        return best
    }

    /// CPU of one person, in microseconds.
    var cpuOfOne: Double { cpu / Double(max(1, count)) * 1e6 }

    var text: String {
        String(
            format: "%.2f s, %.2f s of CPU, %.0f people/s, peak %.0f MB",
            seconds,
            cpu,
            Double(count) / max(seconds, 0.001),
            peak
        )
    }
}
