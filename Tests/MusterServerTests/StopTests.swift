import Accounts
import HTTPTypes
import Muster
import MusterTesting
import Roster
import ServiceLifecycle
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(1))) struct StopTests {
    @Test func `told to stop, it answers what it has begun and takes nothing new`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let gate = Gate()
        daemon.source.script { $0.everyAnswer = .held(gate) }
        let asked = daemon.source.requests
        try await daemon.run { client, group in
            async let answer = client.logIn()
            try await daemon.source.requests(atLeast: asked + 1)
            await group.triggerGracefulShutdown()
            // Refused once the door is shut, which takes a moment.
            while (try? await RawConnection.open(port: client.port)) != nil {}
            gate.open()
            #expect(try await answer.json()["decision"] == "allow")
        }
    }

    @Test func `what a budget cut off is finished before it ends`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let gate = Gate()
        daemon.source.script { $0.everyAnswer = .held(gate) }
        daemon.source.change(.staff("E1")) { $0.surname = .value("Abdi-Okoro") }
        let asked = daemon.source.requests
        try await daemon.run { client, group in
            async let answer = client.logIn()
            try await daemon.source.requests(atLeast: asked + 1)
            try await daemon.clock.sleepers(atLeast: 1, for: .milliseconds(800))
            daemon.clock.advance(by: .seconds(1))
            #expect(try await answer.json()["outcome"] == "deferred")
            await group.triggerGracefulShutdown()
            while (try? await RawConnection.open(port: client.port)) != nil {}
            gate.open()
        }
        #expect(try await daemon.account("E1").surname == "Abdi-Okoro")
    }

    @Test func `told to stop, it stops its syncs at their next safe point`() async throws {
        let daemon = try await Daemon()
        let gate = Gate()
        daemon.source.script { $0.describeGate = gate }
        try await daemon.run { client, group in
            let path = "/v1/schools/\(Daemon.school)/syncs"
            let begun = try await client.send(.post, path, key: .admin)
            let run = try #require(try begun.json()["run"].text)
            let watcher = try await RawConnection.open(port: client.port)
            watcher.write(
                "GET /v1/runs/\(run)/events HTTP/1.1\r\nHost: x\r\n"
                    + "Authorization: Bearer admin\r\n\r\n"
            )
            #expect(await watcher.said("event: progress"))
            try await gate.arrival()
            await group.triggerGracefulShutdown()
            #expect(await !watcher.rest().contains("event: result"))
        }
        #expect(gate.arrivals == 1)
        let runs = try await daemon.store.runs(of: daemon.connection.id, limit: 9)
        #expect(runs.map(\.state) == [.cancelled])
    }

    @Test func `work that goes on for too long does not keep it from ending`() async throws {
        let daemon = try await Daemon { $0.stop = .seconds(5) }
        try await daemon.syncAll()
        let gate = Gate()
        daemon.source.script { $0.everyAnswer = .held(gate) }
        let asked = daemon.source.requests
        let isStopping = Watched(false)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await isStopping.wait { $0 }
                // It is not known when it begins to count.
                while !Task.isCancelled {
                    daemon.clock.advance(by: .milliseconds(100))
                    await Task.yield()
                }
            }
            try await daemon.run { client, group in
                async let answer = client.logIn()
                try await daemon.source.requests(atLeast: asked + 1)
                try await daemon.clock.sleepers(atLeast: 1, for: .milliseconds(800))
                daemon.clock.advance(by: .seconds(1))
                #expect(try await answer.json()["outcome"] == "deferred")
                await group.triggerGracefulShutdown()
                while (try? await RawConnection.open(port: client.port)) != nil {}
                isStopping.update { $0 = true }
            }
            tasks.cancelAll()
        }
        // While the clock runs the look-up may be given up, and its promise kept up to three times.
        #expect((1...4).contains(gate.arrivals))
    }

    @Test func `while it drains it says that it is not ready, and still answers`() async throws {
        let daemon = try await Daemon { $0.drain = .seconds(5) }
        try await daemon.syncAll()
        try await daemon.run { client, group in
            await group.triggerGracefulShutdown()
            try await daemon.clock.sleepers(atLeast: 1)
            #expect(try await client.send(.get, "/readyz").status == 503)
            #expect(try await client.send(.get, "/readyz?verbose").json()["stopping"] == true)
            #expect(try await client.send(.get, "/livez").status == 200)
            #expect(try await client.logIn().status == 200)
            daemon.clock.advance(by: .seconds(5))
        }
    }

    @Test func `once it has ended nothing waits to ask a source again`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        daemon.source.script { $0.everyAnswer = .failed(.unavailable(reason: "nobody there")) }
        try await daemon.serve { client async throws in
            for _ in 0..<6 { _ = try await client.logIn() }
            // The breaker is open, and its alarm waits for the time of a probe.
            #expect(daemon.clock.sleepers > 0)
        }
        try await until { daemon.clock.sleepers == 0 }
    }

    @Test func `a port that is taken is named`() async throws {
        let first = try await Daemon()
        try await first.run { client, _ in
            let second = try await Daemon { $0.port = client.port }
            await #expect {
                try await second.run { _, _ in }
            } throws: { error in
                guard case .address(_, let port, _) = error as? ServerError else { return false }
                return port == client.port
            }
        }
    }
}
