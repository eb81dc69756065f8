package import CoreMetrics
import Foundation
import Muster
package import Roster
import Synchronization

/// What the process uses of its machine, measured when somebody reads the metrics.
package struct ProcessMetrics: Sendable {
    private let cpu: FloatingPointCounter
    private let memory: Meter
    private let files: Meter
    /// What was told of the processor time so far: a counter takes only what was added.
    private let told = ToldSeconds()

    /// Tells through `factory` of a process of `version` that began at `start`.
    package init(_ factory: any MetricsFactory, version: String, start: Timestamp) {
        cpu = FloatingPointCounter(label: MetricDescription.cpuSeconds.name, factory: factory)
        memory = factory.meter(.residentMemory, [])
        files = factory.meter(.openFiles, [])
        factory.meter(.startTime, []).set(Double(start.milliseconds) / 1000)
        factory.meter(.buildInfo, MetricDescription.buildInfo.dimensions(version)).set(1)
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            factory.meter(.maximumFiles, []).set(Double(limit.rlim_cur))
        }
    }

    /// Measures now.
    package func measure() {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            cpu.increment(by: told.added(usage.ru_utime.seconds + usage.ru_stime.seconds))
        }
        let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            .split(separator: " ").dropFirst().first.flatMap { Int($0) }
        if let pages { memory.set(Double(pages * sysconf(Int32(_SC_PAGESIZE)))) }
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        if let open { files.set(Double(open)) }
    }
}

/// Remembers a total that only grows.
private final class ToldSeconds: Sendable {
    private let seconds = Mutex(0.0)

    /// How much `total` adds to what was told before.
    func added(_ total: Double) -> Double {
        seconds.withLock { told in
            let added = max(0, total - told)
            told += added
            return added
        }
    }
}

extension timeval {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1_000_000 }
}
