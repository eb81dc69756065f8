import Accounts
import EmulatedSchool
import MISEmulator
import Muster
import Roster
import Testing

/// A whole school logs in at once while the source hangs.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StormTests {
    /// How the source hangs, and how it may be asked.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: Fault
        let limits: TrafficLimits
    }

    static var rows: [Row] {
        var tight = TrafficLimits()
        tight.inFlight = 4

        tight.slowAfter = .milliseconds(300)
        tight.firstProbe = .milliseconds(200)
        tight.probeTimeout = .milliseconds(500)
        return [
            Row(
                testDescription: "answers in the end",
                fault: Fault(.hold),
                limits: TrafficLimits()
            ),
            Row(testDescription: "drops everybody", fault: Fault(.hang), limits: TrafficLimits()),
            Row(
                testDescription: "answers in the end, tight limits",
                fault: Fault(.hold),
                limits: tight
            ),
            Row(
                testDescription: "drops everybody, tight limits",
                fault: Fault(.hang),
                limits: tight
            ),
        ]
    }

    @Test(arguments: rows)
    func `five hundred people log in while the source hangs, then recovers`(
        row: Row
    ) async throws {
        try await LoginScene.run(employees: 520, limits: row.limits) { scene in
            let emulator = scene.school.emulator
            let people = try await scene.people(500)
            for (number, person) in people.enumerated() {
                try scene.rename(person, to: "Storm \(number)")
            }
            let before = try await scene.everybody()
            emulator.clearRequests()
            emulator.add(row.fault)
            let logins = try await scene.logIn(people, over: .seconds(3))
            #expect(logins.count == 500)
            scene.expectLetIn(logins)
            #expect(try await scene.everybody() == before)
            let isDeferred = Set(
                logins.filter { $0.result.outcome == .deferred }.map(\.person.account.id)
            )
            #expect(!isDeferred.isEmpty)
            emulator.clearFaults()
            await scene.login.finishDeferred()
            let traffic = emulator.traffic
            print("FIGURE deferred \(isDeferred.count) \(traffic.total) \(traffic.mostInFlight)")
            #expect(traffic.mostInFlight <= row.limits.inFlight)
            #expect(traffic.total < people.count)
            for (number, person) in people.enumerated()
            where isDeferred.contains(person.account.id) {
                #expect(try await scene.surname(of: person) == "Storm \(number)")
            }
        }
    }
}
