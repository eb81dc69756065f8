import Foundation
import MISEmulator

/// Logins answered fresh by `muster serve`, a process of its own as it is shipped, beside its own
/// empty answer and beside bare loopback with the same bytes.
///
/// The three take turns within one run, so that what else the machine does weighs on all of them.
struct DaemonBench {
    private static let rounds = 5
    private static let connections = 16
    private static let aimedRate = 10_000.0

    private let daemon: Daemon
    private let people: Int
    private let logins: LoadGenerator
    private let empty: LoadGenerator

    /// What came of one kind of request in all rounds.
    private struct Row {
        var rates: [Double] = []
        var latencies: [UInt32] = []
        var serverCPU = 0.0
        var ownCPU = 0.0

        var count: Double { max(1, Double(latencies.count)) }
    }

    static func run(staff: Int, people: Int) async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: staff, students: 0)
        )
        let emails = try emulator.employees(school: emulator.schoolIDs[0])
            .filter { $0.current != false }
            .compactMap { $0.workEmail?.lowercased() }
        let daemon = try await Daemon(emulator)
        defer { daemon.stop() }
        let bench = DaemonBench(daemon, Array(emails.prefix(people)))
        let example = try bench.warmUp()
        try bench.measure(answer: example)
        await emulator.stop()
    }

    private init(_ daemon: Daemon, _ emails: [String]) {
        self.daemon = daemon
        people = emails.count
        logins = LoadGenerator(emails.map(daemon.login), expecting: #""outcome":"fresh""#)
        let live = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1:\(daemon.port)\r\n\r\n"
        empty = LoadGenerator([Array(live.utf8)], expecting: "200 OK")
        say("\(emails.count) people log in over the daemon, \(Self.connections) connections")
    }

    /// Lets everybody be looked up, and makes sure that everybody is answered fresh then.
    private func warmUp() throws -> [UInt8] {
        _ = try logins.run(daemon.port, connections: Self.connections, count: people)
        let second = try logins.run(daemon.port, connections: Self.connections, count: people)
        guard second.expected == second.latencies.count else {
            throw BenchTrouble(
                "Of \(second.latencies.count) logins only \(second.expected) were answered fresh: "
                    + String(decoding: second.example, as: UTF8.self)
            )
        }
        _ = try logins.run(daemon.port, connections: Self.connections, seconds: 1)
        _ = try empty.run(daemon.port, connections: Self.connections, seconds: 0.5)
        return second.example
    }

    private func measure(answer: [UInt8]) throws {
        var (fresh, live, bare) = (Row(), Row(), Row())
        for _ in 0..<Self.rounds {
            try take(logins, at: BareResponder.start(answering: answer), &bare)
            try take(empty, at: daemon.port, &live)
            let missed = try take(logins, at: daemon.port, &fresh)
            guard missed == 0 else { throw BenchTrouble("\(missed) logins were not fresh.") }
        }
        report("bare loopback, the same bytes", bare)
        report("daemon, /livez", live)
        report("daemon, fresh login", fresh)
        say(
            String(
                format: "    fresh / livez %.2f, fresh / bare %.2f, livez / bare %.2f",
                ratio(fresh, live),
                ratio(fresh, bare),
                ratio(live, bare)
            )
        )
        let cpu = (fresh.serverCPU + fresh.ownCPU) / fresh.count
        say(
            String(
                format: "    CPU of a fresh login: daemon %.1f us (livez %.1f us), generator "
                    + "%.1f us; two cores of their own would give %.0f/s",
                fresh.serverCPU / fresh.count * 1e6,
                live.serverCPU / live.count * 1e6,
                fresh.ownCPU / fresh.count * 1e6,
                2 / max(cpu, 1e-9)
            )
        )
        aim("> 10,000 fresh logins/s", fresh.rates.median > Self.aimedRate)
    }

    /// Runs one round and adds it to `row`; gives the answers that were not as expected.
    @discardableResult
    private func take(
        _ generator: LoadGenerator,
        at port: UInt16,
        _ row: inout Row
    ) throws -> Int {
        let before = daemon.usedCPU
        let outcome = try generator.run(port, connections: Self.connections, seconds: 2)
        row.serverCPU += daemon.usedCPU - before
        row.ownCPU += outcome.ownCPU
        row.rates.append(outcome.rate)
        row.latencies += outcome.latencies
        return outcome.latencies.count - outcome.expected
    }

    /// The median of the ratios of the rounds, each within seconds of the other.
    private func ratio(_ row: Row, _ other: Row) -> Double {
        zip(row.rates, other.rates).map { $0 / $1 }.median
    }

    private func report(_ name: String, _ row: Row) {
        let best = row.rates.max() ?? 0
        say(
            String(format: "  \(name): %.0f/s (best round %.0f/s), ", row.rates.median, best)
                + Times(row.latencies).text
        )
    }
}
