import Accounts
import Foundation
import HTTPTypes
import Muster
import MusterTesting
import Roster
import Synchronization
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(1))) struct RunTests {
    private static let syncs = "/v1/schools/\(Daemon.school)/syncs"

    @Test func `a sync begins at once and can be watched to its end`() async throws {
        let daemon = try await Daemon()
        let gate = Gate()
        daemon.source.script { $0.pageFaults[1] = [.held(gate)] }
        try await daemon.serve { client async throws in
            let begun = try await client.send(.post, Self.syncs, key: .admin)
            let run = try #require(try begun.json()["run"].text)
            #expect(begun.status == 202)
            #expect(try begun.json()["state"] == "running")
            #expect(begun.headers[.location] == "/v1/runs/\(run)")
            let again = try await client.send(.post, Self.syncs, key: .admin)
            #expect(try again.json()["run"].text == run)
            #expect(try again.json()["state"] == "joined")
            let meanwhile = try await client.send(.get, "/v1/runs/\(run)", key: .admin).json()
            #expect(meanwhile["state"] == "running")
            #expect(meanwhile["endedAt"] == nil)
            let watcher = try RawConnection(port: client.port)
            watcher.write(
                "GET /v1/runs/\(run)/events HTTP/1.1\r\nHost: x\r\n"
                    + "Authorization: Bearer admin\r\nConnection: close\r\n\r\n"
            )
            #expect(await watcher.said("event: progress"))
            try await daemon.clock.sleepers(atLeast: 2)
            daemon.clock.advance(by: .seconds(15))
            #expect(await watcher.said(": still here"))
            gate.open()
            let text = await watcher.rest()
            #expect(text.contains("Content-Type: text/event-stream"))
            #expect(text.contains("Cache-Control: no-store"))
            #expect(
                text.contains("event: result\ndata: {\"run\":\"\(run)\",\"state\":\"completed\"")
            )
            let ended = try await client.send(.get, "/v1/runs/\(run)", key: .admin).json()
            #expect(ended["state"] == "completed")
            #expect(ended["created"] == 2)
            #expect(ended["endedAt"].text?.hasPrefix("2026-09-07T08:00:15") == true)
            let late = try await client.send(.get, "/v1/runs/\(run)/events", key: .admin)
            #expect(late.text.hasPrefix("event: result\n"))
            #expect(daemon.syncs.value == 1)
        }
    }

    @Test func `a sync takes an order, and no other body`() async throws {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            func press(_ body: String?) async throws -> (status: Int, kind: String?) {
                let answer = try await client.send(.post, Self.syncs, key: .admin, body: body)
                guard let path = answer.headers[.location] else { return (answer.status, nil) }
                _ = try await client.send(.get, "\(path)/events", key: .admin)
                let run = try await client.send(.get, path, key: .admin).json()
                #expect(run["state"] == "completed")
                return (answer.status, run["kind"].text)
            }
            for body in [nil, "{}", #"{"delta":false}"#] {
                let pressed = try await press(body)
                #expect(pressed == (202, "full"), "\(body ?? "nothing")")
            }
            let changes = try await press(#"{"delta":true}"#)
            #expect(changes == (202, "delta"))
            for body in [#"{"full":true}"#, #"{"delta":"yes"}"#, "[]", "{"] {
                let refused = try await press(body)
                #expect(refused == (400, nil), "\(body)")
            }
        }
    }

    @Test func `everybody is read after a sync of changes that goes on, and once`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let gate = Gate()
        daemon.source.script { $0.pageFaults[1] = [.held(gate)] }
        try await daemon.serve { client async throws in
            func press(_ body: String) async throws -> (run: String?, state: String?) {
                let json = try await client.send(.post, Self.syncs, key: .admin, body: body).json()
                return (json["run"].text, json["state"].text)
            }
            let changes = try await press(#"{"delta":true}"#)
            try await gate.arrival()
            let meanwhile = "/v1/runs/\(changes.run ?? "")"
            let going = try await client.send(.get, meanwhile, key: .admin).json()
            #expect(going["state"] == "running" && going["kind"] == "delta")
            let full = try await press("{}")
            #expect(full.state == "running" && full.run != changes.run)
            #expect(try await press("{}") == (full.run, "joined"))
            #expect(try await press(#"{"delta":true}"#) == (changes.run, "joined"))
            gate.open()
            let path = "/v1/runs/\(full.run ?? "")"
            _ = try await client.send(.get, "\(path)/events", key: .admin)
            let ended = try await client.send(.get, path, key: .admin).json()
            #expect(ended["state"] == "completed" && ended["kind"] == "full")
            let before = try await client.send(.get, meanwhile, key: .admin).json()
            #expect(before["state"] == "completed" && before["kind"] == "delta")
            #expect(daemon.syncs.value == 2)
        }
    }

    @Test func `progress of a sync of changes says that it is one`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        daemon.source.change(.staff("E1")) { $0.surname = .value("Changed") }
        let told = Mutex<[SyncProgress]>([])
        let order = SyncOrder(onlyChanges: true)
        let result = await BatchSync(daemon.workshop).run(daemon.connection, by: order) { now in
            told.withLock { $0.append(now) }
        }
        #expect(result.kind == .delta)
        #expect(Set(told.withLock { $0 }.map(\.kind)) == [.delta])
    }

    @Test func `progress tells what was counted so far`() async throws {
        let daemon = try await Daemon()
        let told = Mutex<[RunReport]>([])
        let live = LiveRuns(daemon.workshop) { connection, order, run, progress in
            await BatchSync(daemon.workshop).run(connection, by: order, as: run) { now in
                let start = daemon.clock.now()
                var running = LiveRun(run, connection.id, order, at: start)
                running.progress = now
                told.withLock { $0.append(RunReport(running)) }
                progress(now)
            }
        }
        #expect(live.press(daemon.connection) != nil)
        await live.finish()
        let reports = told.withLock { $0 }
        #expect(reports.first?.result.seen == 2)
        #expect(reports.last?.result.created == 2)
    }

    @Test func `a run offers its plan until that is carried out`() async throws {
        let ids = (1...12).map { "E\($0)" }
        let daemon = try await Daemon(people: ids.map { .staff($0) })
        try await daemon.syncAll()
        for id in ids.prefix(9) {
            daemon.source.change(.staff(id)) { $0.standing = .left(.notCurrent) }
        }
        try await daemon.serve { client async throws in
            let begun = try await client.send(.post, Self.syncs, key: .admin)
            let path = try #require(begun.headers[.location])
            _ = try await client.send(.get, "\(path)/events", key: .admin)
            let held = try await client.send(.get, path, key: .admin).json()
            #expect(held["state"] == "held")
            let plan = try #require(held["plan"].text)
            let approval = try await client.send(
                .post,
                "/v1/schools/\(Daemon.school)/approvals",
                key: .admin,
                body: #"{"plan":"\#(plan)"}"#
            )
            let end = try #require(approval.headers[.location])
            _ = try await client.send(.get, "\(end)/events", key: .admin)
            #expect(try await client.send(.get, path, key: .admin).json()["plan"] == nil)
            let runs = "/v1/schools/\(Daemon.school)/runs"
            let list = try await client.send(.get, runs, key: .admin).json()["runs"].elements
            #expect(list.count == 3 && list.allSatisfy { $0["plan"] == nil })
        }
    }

    @Test func `a run is stopped, once and for all, and is listed`() async throws {
        let daemon = try await Daemon()
        let gate = Gate()
        daemon.source.script { $0.pageFaults[1] = [.held(gate)] }
        try await daemon.serve { client async throws in
            let begun = try await client.send(.post, Self.syncs, key: .admin)
            let run = try #require(try begun.json()["run"].text)
            let path = "/v1/runs/\(run)"
            try await gate.arrival()
            #expect(try await client.send(.delete, path, key: .logins).status == 403)
            #expect(try await client.send(.delete, path, key: .foreign).status == 404)
            let answer = try await client.send(.delete, path, key: .admin)
            #expect(answer.status == 200)
            #expect(try answer.json()["run"].text == run)
            let events = try await client.send(.get, path + "/events", key: .admin)
            #expect(events.text.contains("\"state\":\"cancelled\""))
            let ended = try await client.send(.delete, path, key: .admin).json()
            #expect(ended["state"] == "cancelled")
            #expect(ended["trouble"].text?.contains("was stopped before") == true)
            daemon.source.script { $0.pageFaults = [:] }
            let next = try await client.send(.post, Self.syncs, key: .admin).json()
            let nextRun = try #require(next["run"].text)
            _ = try await client.send(.get, "/v1/runs/\(nextRun)/events", key: .admin)
            let list = "/v1/schools/\(Daemon.school)/runs"
            let runs = try await client.send(.get, list, key: .admin).json()["runs"].elements
            #expect(Set(runs.map { $0["state"] }) == ["completed", "cancelled"])
            let few = try await client.send(.get, list + "?limit=1", key: .admin).json()
            #expect(few["runs"].elements.count == 1)
            #expect(try await client.send(.get, list + "?limit=0", key: .admin).status == 400)
        }
    }

    @Test func `a run of another process is told from the store`() async throws {
        let daemon = try await Daemon()
        let result = await BatchSync(daemon.workshop).run(daemon.connection)
        let path = "/v1/runs/\(result.run.value)"
        try await daemon.serve { client async throws in
            let run = try await client.send(.get, path, key: .admin).json()
            #expect(run["state"] == "completed")
            #expect(run["run"].text == String(result.run.value))
            let own = "/v1/schools/\(Daemon.school)/runs/\(result.run.value)"
            #expect(try await client.send(.get, own, key: .admin).json() == run)
            #expect(try await client.send(.get, path, key: .foreign).status == 404)
            let events = try await client.send(.get, path + "/events", key: .admin)
            #expect(events.text.hasPrefix("event: result\n"))
        }
    }

    @Test func `a run that goes on in another process is looked at until it ends`() async throws {
        let daemon = try await Daemon()
        let run = Run(id: RunID(77), connection: daemon.connection.id, startedAt: .example)
        _ = try await daemon.store.begin(run, aliveSince: .example)
        try await daemon.serve { [run] client in
            var run = run
            let watcher = try RawConnection(port: client.port)
            watcher.write(
                "GET /v1/runs/77/events HTTP/1.1\r\nHost: x\r\n"
                    + "Authorization: Bearer admin\r\nConnection: close\r\n\r\n"
            )
            #expect(await watcher.said("\"state\":\"running\""))
            run.state = .completed
            run.endedAt = .example
            try await daemon.store.update(run)
            try await daemon.clock.sleepers(atLeast: 2)
            daemon.clock.advance(by: .seconds(2))
            #expect(await watcher.rest().contains("event: result\n"))
        }
    }

    @Test func `a run that goes on in another process is asked to end`() async throws {
        let daemon = try await Daemon()
        let run = Run(id: RunID(77), connection: daemon.connection.id, startedAt: .example)
        _ = try await daemon.store.begin(run, aliveSince: .example)
        try await daemon.serve { [run] client in
            let path = "/v1/runs/77"
            #expect(try await client.send(.delete, path, key: .foreign).status == 404)
            #expect(try await daemon.store.run(run.id)?.endAskedAt == nil)
            let answer = try await client.send(.delete, path, key: .admin)
            #expect(answer.status == 200)
            #expect(try answer.json()["state"] == "running")
            #expect(try await daemon.store.run(run.id)?.endAskedAt == daemon.clock.now())
        }
    }

    @Test func `a sync that fails says why`() async throws {
        let daemon = try await Daemon()
        daemon.source.script { $0.describeError = .refused(reason: "The token was withdrawn.") }
        try await daemon.serve { client async throws in
            let begun = try await client.send(.post, Self.syncs, key: .admin)
            let run = try #require(try begun.json()["run"].text)
            let events = try await client.send(.get, "/v1/runs/\(run)/events", key: .admin)
            #expect(events.text.contains("\"state\":\"failed\""))
            #expect(events.text.contains("The token was withdrawn."))
        }
    }
}
