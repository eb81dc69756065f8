import Foundation
import MISEmulator

/// Logins over HTTP while Sync Data, asked for over HTTP too, applies what changed of a large school
/// in the same `muster serve`, a process of its own as it is shipped.
///
/// One after another logs in; each is looked up at the service, which is this process and answers
/// at once. Nothing changes of those who log in.
struct BesideDaemonBench {
    private static let visitors = 200
    private static let idleLogins = 5000
    /// Logins between two looks at how the sync stands.
    private static let slice = 50

    private let emulator: WondeEmulator
    private let daemon: Daemon
    private let logins: LoadGenerator

    static func run(staff: Int) async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: staff, students: 0)
        )
        let people = try emulator.employees(school: emulator.schoolIDs[0]).prefix(visitors)
        let daemon = try await Daemon(emulator, freshSeconds: 0)
        defer { daemon.stop() }
        let emails = people.filter { $0.current != false }.compactMap { $0.workEmail?.lowercased() }
        say("logins over the daemon while it applies changes of \(staff) staff")
        let bench = BesideDaemonBench(
            emulator: emulator,
            daemon: daemon,
            logins: LoadGenerator(emails.map(daemon.login), expecting: #""outcome":"unchanged""#)
        )
        try bench.measure()
        await emulator.stop()
    }

    private func measure() throws {
        _ = try logIn(Self.visitors)
        let idle = Times(try logIn(Self.idleLogins))
        say("  nothing else going on: \(idle.text)")
        try emulator.changeSurnames(besides: Self.visitors)
        let applying = Times(try logInBesideSync())
        say("  a batch applies: \(applying.text)")
        aim(
            "p99 within 2 x idle while it applies",
            applying.milliseconds(0.99) < 2 * idle.milliseconds(0.99)
        )
    }

    /// Logs `count` people in; gives what each took, in nanoseconds.
    private func logIn(_ count: Int) throws -> [UInt32] {
        let outcome = try logins.run(daemon.port, connections: 1, count: count)
        guard outcome.expected == count else {
            throw BenchTrouble(
                "Of \(count) logins only \(outcome.expected) were unchanged: "
                    + String(decoding: outcome.example, as: UTF8.self)
            )
        }
        return outcome.latencies
    }

    /// What logins took between the first change that a sync made and its end.
    private func logInBesideSync() throws -> [UInt32] {
        let started = try daemon.answer(
            to: daemon.request("POST", "/v1/schools/\(daemon.school)/syncs")
        )
        guard let run = started.firstMatch(of: /"run":"([^"]+)"/)?.1 else {
            throw BenchTrouble("The daemon began no sync: \(started)")
        }
        let question = daemon.request("GET", "/v1/runs/\(run)")
        var times: [UInt32] = []
        var isApplying = false
        while true {
            let slice = try logIn(Self.slice)
            let state = try daemon.answer(to: question)
            guard state.contains(#""state":"running""#) else {
                guard state.contains(#""state":"completed""#) else {
                    throw BenchTrouble("The sync of the daemon ended otherwise: \(state)")
                }
                return times
            }
            if isApplying { times += slice }
            isApplying = !state.contains(#""changed":0,"#)
        }
    }
}

extension WondeEmulator {
    /// Gives everybody but the first `kept` of the staff another surname.
    func changeSurnames(besides kept: Int) throws {
        let school = schoolIDs[0]
        let mark = String(UInt32.random(in: 0..<1 << 20), radix: 36)
        for (place, person) in try employees(school: school).enumerated() where place >= kept {
            try change(school: school, employee: person.id) {
                $0.surname = .set("Changed\(mark)\(place)")
            }
        }
    }
}
