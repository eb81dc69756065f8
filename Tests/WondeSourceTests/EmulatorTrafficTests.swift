import CurlTransport
import MISEmulator
import Roster
import Testing

@testable import WondeSource

@Suite(.timeLimit(.minutes(2))) struct `Changes and limits over a real socket` {
    /// 2026-09-01T12:00:00Z: the generated history ends in the night before that day.
    private static let start = Roster.Timestamp(milliseconds: 1_788_264_000_000)

    @Test func `a list of changes has the new and the changed and nobody else`() async throws {
        try await EmulatorScene.run(pageSize: 2) { scene in
            let school = scene.schoolID
            let start = Self.start
            #expect(try await scene.everybody(changedSince: start).observations == [])
            let ids = try scene.emulator.employees(school: school).prefix(4).map(\.id)
            for id in ids {
                try scene.emulator.change(school: school, employee: id) { $0.surname = "Newly" }
            }
            let new = try scene.emulator.addEmployee(school: school) { $0.surname = "Start" }
            let changes = try await scene.everybody(changedSince: start)
            #expect(changes.observations.map(\.key.id) == ids + [new])
            #expect(changes.requests == 3)
            #expect(
                scene.emulator.requests.suffix(3)
                    .allSatisfy { $0.query.contains("updated_after=") }
            )
        }
    }

    @Test func `a change at the moment itself is in the list`() async throws {
        try await EmulatorScene.run { scene in
            let school = scene.schoolID
            let id = try #require(try scene.emulator.employees(school: school).first?.id)
            try scene.emulator.change(school: school, employee: id) { $0.surname = "Newly" }
            let last = try scene.emulator.employee(school: school, id: id).updatedAt
            let moment = Roster.Timestamp(milliseconds: last.microseconds / 1_000)
            let changes = try await scene.everybody(changedSince: moment)
            #expect(changes.observations.map(\.key.id) == [id])
        }
    }

    @Test func `a service that ignores the question lists everybody`() async throws {
        try await EmulatorScene.run { scene in
            let everybody = try await scene.everybody().observations
            try scene.emulator.setSwitches(school: scene.schoolID) {
                $0.updatedAfterIgnored = true
            }
            let start = Self.start
            #expect(try await scene.everybody(changedSince: start).observations == everybody)
        }
    }

    @Test(arguments: Fault.LimitStyle.allCases)
    func `a good answer with nothing remaining asks for quiet`(
        style: Fault.LimitStyle
    ) async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            scene.emulator.add(Fault(.exhausted, style: style, resetAfter: 20))
            let look = await scene.lookUp(id)
            guard case .found = look.answer else {
                Issue.record("\(look.answer)")
                return
            }
            let asked: [Duration?] = [
                look.pause, try await scene.page().pause,
                try await scene.source.describe([.staff], by: Scene.soon).pause,
            ]
            for pause in asked { expect(pause, style) }
            scene.emulator.setFaults([
                Fault(.exhausted, retryAfter: 3, style: style, resetAfter: 20)
            ])
            #expect(await scene.lookUp(id).pause == .seconds(3))
            scene.emulator.setFaults([
                Fault(.status, status: 429, style: style, resetAfter: 20)
            ])
            guard case .failed(.overloaded(let wait)) = await scene.lookUp(id).answer else {
                Issue.record("not overloaded")
                return
            }
            expect(wait, style)
        }
    }

    private func expect(_ pause: Duration?, _ style: Fault.LimitStyle) {
        // A moment is counted from the answer's own date, which the server renews now and then.
        let asked = pause ?? .zero
        let seconds: ClosedRange<Int64> = style == .xRateLimitEpoch ? 10...30 : 20...20
        #expect(seconds.contains(asked.components.seconds), "\(asked)")
    }

    @Test(arguments: [
        (Fault(.resetBody), "unavailable"), (Fault(.contentType), "found"),
        (Fault(.status, status: 429), "overloaded"),
    ])
    func `the newer faults end a look-up as they should`(fault: Fault, kind: String) async throws {
        try await EmulatorScene.run { scene in
            let id = try #require(try scene.emulator.employees(school: scene.schoolID).first?.id)
            scene.emulator.add(fault)
            let look = await scene.lookUp(id)
            #expect("\(look.answer)".contains(kind), "\(look.answer)")
        }
    }

    @Test func `a host that hangs in the TLS handshake is given up at the deadline`()
        async throws
    {
        try await EmulatorScene.run { scene in
            let port = try scene.emulator.openSilentPort()
            let transport = CurlTransport()
            var settings = scene.source.settings
            settings.baseURL = "https://127.0.0.1:\(port)"
            let source = try WondeSource(
                connection: scene.school.connection,
                settings: settings,
                token: scene.emulator.token,
                transport: transport,
                today: scene.source.today
            )
            let start = ContinuousClock.now
            let look = await source.lookUp(
                SourceKey(school: scene.school, kind: .staff, id: "A12"),
                knowing: Scene.granted,
                sequence: 1,
                by: start + .milliseconds(300)
            )
            guard case .failed(.unavailable) = look.answer else {
                Issue.record("\(look.answer)")
                return
            }
            #expect(start.duration(to: .now) < .seconds(10))
            await transport.stop()
        }
    }
}
