import Foundation

/// One seed that broke a law.
struct Failure: Sendable, CustomStringConvertible {
    var seed: UInt64
    var law: Law
    var text: String
    var story: [String]

    var description: String {
        "\(law.rawValue): seed \(seed): \(text)\n"
            + story.map { "    \($0)" }.joined(separator: "\n")
            + "\n  replay: SWIFT_DETERMINISTIC_HASHING=1 MUSTER_SIMULATION_SEED=\(seed) swift test --filter SimulationTests"
    }
}

/// What all simulations came to; made once and read by the test of each law.
struct SimulationReport: Sendable {
    private(set) var coverage: [String: Int] = [:]
    private(set) var failures: [Failure] = []
    private(set) var jobs = 0
    private(set) var events = 0
    private(set) var time = Duration.zero

    private static let environment = ProcessInfo.processInfo.environment
    /// The one seed that is replayed and printed; nil: many.
    static let replayed = environment["MUSTER_SIMULATION_SEED"].flatMap(UInt64.init)
    /// How many seeds are run.
    static let count = environment["MUSTER_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 200
    /// Whether the run is a long one that tells how it goes on.
    static let isSoak = count > 1000

    static var seeds: ClosedRange<UInt64> {
        if let replayed { return replayed...replayed }
        return 1...max(1, count)
    }

    // Unstructured on purpose: one run serves the tests of all laws.
    private static let made = Task { await make() }

    /// The report, once it is made.
    static func all() async -> SimulationReport { await made.value }

    private static func make() async -> SimulationReport {
        let start = ContinuousClock.now
        async let even = onThread { part(0) }
        async let odd = onThread { part(1) }
        var report = await even
        report.merge(await odd)
        report.failures.sort { $0.seed < $1.seed }
        report.time = ContinuousClock.now - start
        return report
    }

    /// Runs `body` on a thread of its own, which nothing else uses.
    static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private static func part(_ rest: UInt64) -> SimulationReport {
        var report = SimulationReport()
        let start = ContinuousClock.now
        var done = 0
        for seed in seeds where seed % 2 == rest {
            report.run(seed)
            done += 1
            if isSoak, done % 500 == 0 {
                let rate = Double(done) / (ContinuousClock.now - start).inSeconds
                let line = "\(done) seeds in thread \(rest), \(Int(rate)) a second\n"
                // At once, while what is printed waits for a full buffer.
                FileHandle.standardError.write(Data(line.utf8))
            }
        }
        return report
    }

    mutating func run(_ seed: UInt64) {
        let simulation = Simulation(seed: seed, isTold: Self.replayed != nil)
        simulation.run()
        let chronicle = simulation.chronicle
        coverage.merge(chronicle.coverage, uniquingKeysWith: +)
        jobs += simulation.queue.ran
        events += chronicle.events.count
        if let breach = chronicle.breach {
            let story = chronicle.events.prefix(breach.at).suffix(40)
            failures.append(
                Failure(seed: seed, law: breach.law, text: breach.text, story: Array(story))
            )
        }
    }

    private mutating func merge(_ other: SimulationReport) {
        coverage.merge(other.coverage, uniquingKeysWith: +)
        failures += other.failures
        jobs += other.jobs
        events += other.events
    }

    /// What was covered, a line for each thing.
    var table: String {
        let seeds = Self.seeds.count
        let rate = Double(seeds) / max(time.inSeconds, 0.001)
        return
            ([
                "\(seeds) simulations in \(time.brief) s, \(Int(rate)) a second; \(events) events, \(jobs) jobs; \(failures.count) broke a law"
            ]
            + coverage.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" })
            .joined(separator: "\n")
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
