import Foundation
import Testing

@testable import MISEmulator

/// What the emulator says of its callers, and how many it can keep waiting.
@Suite(.timeLimit(.minutes(2)))
struct TrafficTests {
    private func withEmulator(_ body: (WondeEmulator) async throws -> Void) async throws {
        let emulator = try await WondeEmulator.start(
            EmulatorConfiguration(employees: 5, students: 0)
        )
        do {
            try await body(emulator)
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
    }

    private func get(_ path: String, _ emulator: WondeEmulator) async throws -> WireAnswer {
        try await Wire.call(path, port: emulator.port, token: emulator.token)
    }

    @Test func `requests are counted by path and not in flight once answered`() async throws {
        try await withEmulator { emulator in
            let school = try #require(emulator.schoolIDs.first)
            let path = "/v1.0/schools/\(school)/employees"
            for query in ["?page=1", "?page=2", ""] { _ = try await get(path + query, emulator) }
            _ = try await get("/v1.0/schools", emulator)
            let traffic = emulator.traffic
            #expect(traffic.total == 4)
            #expect(traffic.paths == [path: 3, "/v1.0/schools": 1])
            #expect(traffic.inFlight == 0)
            #expect(traffic.mostInFlight == 1)
            let told = try await get("/_control/traffic", emulator)
            let json = try JSONValue(parsing: told.body.bytes)
            #expect(json["total"] == .number(4))
            #expect(json["mostInFlight"] == .number(1))
            #expect(json["paths"]?[path] == .number(3))
            emulator.clearRequests()
            #expect(emulator.traffic == Traffic())
        }
    }

    @Test(arguments: [Fault.Kind.hold, .hang])
    func `hundreds of callers are kept until all may go`(_ kind: Fault.Kind) async throws {
        try await withEmulator { emulator in
            emulator.add(Fault(kind))
            let crowd = try await Crowd.gather(
                count: 400,
                port: emulator.port,
                token: emulator.token
            )
            await emulator.waitForTraffic { $0.inFlight == 400 }
            #expect(emulator.traffic.mostInFlight == 400)
            emulator.clearFaults()
            let answers = await crowd.answers()
            #expect(answers.count { $0.hasPrefix("HTTP/1.1 200") } == (kind == .hold ? 400 : 0))
            #expect(answers.count { $0.isEmpty } == (kind == .hold ? 0 : 400))
            await emulator.waitForTraffic { $0.inFlight == 0 }
            #expect(emulator.traffic.mostInFlight == 400)
            #expect(try await get("/v1.0/schools", emulator).status == 200)
        }
    }

    @Test(arguments: [
        Fault(.hold), Fault(.hang), Fault(.stall), Fault(.delay, milliseconds: 600_000),
        Fault(.trickle, milliseconds: 600_000),
    ])
    func `a caller who goes away is in flight no longer`(_ fault: Fault) async throws {
        try await withEmulator { emulator in
            emulator.add(fault)
            let crowd = try await Crowd.gather(count: 3, port: emulator.port, token: emulator.token)
            await emulator.waitForTraffic { $0.inFlight == 3 }
            crowd.leave()
            await emulator.waitForTraffic { $0.inFlight == 0 }
            #expect(emulator.traffic.mostInFlight == 3)
        }
    }

    @Test func `a silent port takes connections and says nothing until it is closed`()
        async throws
    {
        try await withEmulator { emulator in
            let port = try emulator.openSilentPort()
            let crowd = try await Crowd.gather(count: 300, port: port, token: "")
            #expect(crowd.areSilent)
            emulator.closeSilentPorts()
            #expect(await crowd.answers().allSatisfy(\.isEmpty))
            let told = try await Wire.call(
                "/_control/silent-ports",
                method: "POST",
                port: emulator.port
            )
            #expect(told.status == 201)
            #expect(try JSONValue(parsing: told.body.bytes)["port"] != nil)
        }
    }
}
