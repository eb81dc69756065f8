import Accounts
import HTTPTypes
import Logging
import Muster
import MusterTesting
import Roster
import Testing

@testable import MusterServer

/// Syncs that the daemon begins by itself.
@Suite(.timeLimit(.minutes(1))) struct TimekeeperTests {
    private static let day = Duration.seconds(86_400)

    /// A daemon that keeps the schedule of one connection; the other's is off.
    private func daemon(_ first: FirstSyncRule = .run) async throws -> Daemon {
        let daemon = try await Daemon { $0.keepsSchedules = true }
        for connection in try await daemon.store.connections()
        where connection.id != daemon.connection.id {
            try await daemon.store.setSchedule(SyncSchedule(interval: nil), of: connection.id)
        }
        var policy = Policy()
        policy.firstSync = first
        try await daemon.store.setPolicy(policy, of: .standard)
        return daemon
    }

    /// The newest run, once so many were begun and it ended.
    private func newest(
        _ daemon: Daemon,
        _ client: Client,
        after count: Int
    ) async throws -> JSONValue {
        try await daemon.syncs.wait { $0 >= count }
        let list = "/v1/schools/\(Daemon.school)/runs"
        // A run that was begun may not be in the store yet.
        while true {
            let runs = try await client.send(.get, list, key: .admin).json()["runs"].elements
            guard runs.count >= count, let run = runs.first?["run"].text else { continue }
            _ = try await client.send(.get, "/v1/runs/\(run)/events", key: .admin)
            return try await client.send(.get, "/v1/runs/\(run)", key: .admin).json()
        }
    }

    @Test(arguments: [(FirstSyncRule.run, "completed"), (.preview, "preview")])
    func `the first sync begins by itself, as the policy says`(
        rule: FirstSyncRule,
        state: String
    ) async throws {
        let daemon = try await daemon(rule)
        try await daemon.serve { client async throws in
            let run = try await newest(daemon, client, after: 1)
            #expect(run["state"].text == state && run["created"] == 2)
        }
        #expect(daemon.syncs.value == 1)
    }

    @Test func `what a preview would change is not for keys that see some members only`()
        async throws
    {
        let daemon = try await daemon(.preview)
        try await daemon.serve { client async throws in
            let run = try #require(try await newest(daemon, client, after: 1)["run"].text)
            let paths = [
                "/v1/runs/\(run)", "/v1/runs/\(run)/events", "/v1/schools/\(Daemon.school)/runs",
            ]
            for path in paths {
                let whole = try await client.send(.get, path, key: .all)
                #expect(whole.text.contains("e2@school.example"), "\(path)")
                let narrow = try await client.send(.get, path, key: .narrow)
                #expect(narrow.status == 200 && narrow.text.contains("preview"), "\(path)")
                #expect(!narrow.text.contains("e2@school.example"), "\(path)")
            }
        }
    }

    @Test func `nothing begins by itself where the policy says so`() async throws {
        let daemon = try await daemon(.wait)
        try await daemon.serve { _ in
            for _ in 1...3 {
                try await daemon.clock.sleepers(atLeast: 1)
                daemon.clock.advance(by: Self.day)
            }
            try await daemon.clock.sleepers(atLeast: 1)
        }
        #expect(daemon.syncs.value == 0 && daemon.source.requests == 0)
    }

    @Test func `the first waits until the school can be read, and leaves no failed runs`()
        async throws
    {
        let daemon = try await daemon()
        daemon.source.script { $0.describeError = .refused(reason: "Not approved yet.") }
        try await daemon.serve { client async throws in
            try await daemon.source.requests(atLeast: 1)
            try await daemon.clock.sleepers(atLeast: 1)
            daemon.source.script { $0.describeError = nil }
            for _ in 1...6 {
                daemon.clock.advance(by: .seconds(60))
                try await daemon.clock.sleepers(atLeast: 1)
            }
            let run = try await newest(daemon, client, after: 1)
            #expect(run["state"] == "completed")
        }
        #expect(try await daemon.store.runs(of: daemon.connection.id, limit: 9).count == 1)
    }

    @Test func `the next is begun when it is due, and one that a person began is joined`()
        async throws
    {
        let daemon = try await daemon()
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            try await daemon.clock.sleepers(atLeast: 1)
            #expect(daemon.syncs.value == 0)
            let gate = Gate()
            daemon.source.script { $0.pageFaults[1] = [.held(gate)] }
            daemon.clock.advance(by: Self.day * 2)
            try await gate.arrival()
            let path = "/v1/schools/\(Daemon.school)/syncs"
            let pressed = try await client.send(.post, path, key: .admin).json()
            #expect(pressed["state"] == "joined")
            gate.open()
            let run = try await newest(daemon, client, after: 1)
            #expect(run["run"] == pressed["run"] && run["state"] == "completed")
        }
        #expect(daemon.syncs.value == 1)
    }

    @Test func `a clock that is set back a day while it is up has it wait no day`() async throws {
        let daemon = try await daemon(.wait)
        let hourly = SyncSchedule(interval: .seconds(3600))
        try await daemon.store.setSchedule(hourly, of: daemon.connection.id)
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            try await daemon.clock.sleepers(atLeast: 1)
            daemon.clock.setWall(daemon.clock.now().advanced(by: .zero - Self.day))
            daemon.clock.advance(by: .seconds(60))
            let run = try await newest(daemon, client, after: 1)
            #expect(run["state"] == "completed")
            let path = "/v1/schools/\(Daemon.school)/runs"
            let runs = try await client.send(.get, path, key: .admin).json()["runs"].elements
            #expect(runs.count == 2 && runs.first?["run"] == run["run"])
            // The next comes an interval later, not at once.
            try await daemon.clock.sleepers(atLeast: 1)
            daemon.clock.advance(by: .seconds(600))
            try await daemon.clock.sleepers(atLeast: 1)
        }
        #expect(daemon.syncs.value == 1)
    }

    @Test func `of two daemons on one store one begins what is due, and the other joins it`()
        async throws
    {
        let daemon = try await daemon()
        try await daemon.syncAll()
        let gate = Gate()
        daemon.source.script { $0.pageFaults[1] = [.held(gate)] }
        let results = Watched<[SyncResult]>([])
        let workshop = daemon.workshop
        let keepers = (1...2).map { _ in
            Timekeeper(
                workshop: workshop,
                live: LiveRuns(workshop) { connection, order, run, progress in
                    let result = await BatchSync(workshop)
                        .run(connection, by: order, as: run, progress: progress)
                    results.update { $0.append(result) }
                    return result
                },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for keeper in keepers { group.addTask { try await keeper.run() } }
            try await daemon.clock.sleepers(atLeast: 2)
            daemon.clock.advance(by: Self.day * 2)
            try await gate.arrival()
            // Both have looked, and the page that is asked for has its deadline.
            try await daemon.clock.sleepers(atLeast: 3)
            gate.open()
            try await results.wait { $0.contains { $0.state == .completed } }
            daemon.clock.advance(by: .seconds(60))
            try await daemon.clock.sleepers(atLeast: 2)
            group.cancelAll()
        }
        #expect(results.value.count { $0.state != .joined } == 1)
        #expect(try await daemon.store.runs(of: daemon.connection.id, limit: 9).count == 2)
    }
}
