import Foundation
import Glibc

/// Times in nanoseconds, sorted, of which any share can be asked for.
struct Times {
    private let sorted: [UInt32]

    init(_ nanoseconds: [UInt32]) { sorted = nanoseconds.sorted() }

    init(_ times: [Duration]) {
        self.init(times.map { UInt32(clamping: $0.components.attoseconds / 1_000_000_000) })
    }

    /// The time that a `share` of all stays below, in milliseconds.
    func milliseconds(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let place = min(sorted.count - 1, Int(Double(sorted.count) * share))
        return Double(sorted[place]) / 1e6
    }

    var text: String {
        String(format: "p50 %.3f ms, p99 %.3f ms", milliseconds(0.5), milliseconds(0.99))
    }
}

/// The CPU time that this process or thread has used, in seconds.
func usedCPU(by user: Int32 = RUSAGE_SELF.rawValue) -> Double {
    var usage = rusage()
    getrusage(user, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Linux' `RUSAGE_THREAD`, which Swift does not see: the thread that asks.
let thisThread: Int32 = 1

/// Prints a line at once: whoever waits for a slow part sees the quick ones meanwhile.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

/// Prints an aim of the design and whether this run met it.
func aim(_ text: String, _ isMet: Bool) {
    say("    aim: \(text): \(isMet ? "met" : "not met")")
}

extension [Double] {
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}
