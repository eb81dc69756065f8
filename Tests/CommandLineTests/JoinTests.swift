import Foundation
import MISEmulator
import Testing

/// Two processes that sync one school: whoever comes second waits for the first one's end.
@Suite(.timeLimit(.minutes(2))) struct JoinTests {
    /// A sync that has begun and waits for a page that does not come.
    private static func stalled(_ scene: Scene, _ options: [String] = []) async throws -> Invocation
    {
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        let sync = try scene.start(["sync", "acorn", "--json"] + options)
        await scene.emulator.waitForRequests(1)
        return sync
    }

    /// Another sync, once it waits for the one that goes on.
    private static func waiting(
        _ scene: Scene,
        _ options: [String] = ["--json"]
    ) async throws -> Invocation {
        let sync = try scene.start(["sync", "acorn"] + options)
        #expect(await sync.said("waits for its end"))
        return sync
    }

    @Test(arguments: [[], ["--delta"]])
    func `it comes to what the first one comes to`(options: [String]) async throws {
        let scene = try await Scene.connected()
        let first = try await Self.stalled(scene)
        let second = try await Self.waiting(scene, options + ["--json"])
        let third = try scene.start(["sync", "acorn"], onTerminal: true)
        #expect(await third.said("Waiting for run"))
        scene.emulator.clearFaults()
        let whole = try await first.outcome().json()
        let joined = await second.outcome()
        let json = try joined.json()
        #expect(joined.status == 0 && json["state"] == "joined")
        #expect(whole["state"] == "completed" && (whole["created"].number ?? 0) > 0)
        for name in ["run", "kind", "seen", "created", "unchanged", "ignored", "requests", "plan"] {
            #expect(json[name] == whole[name], "\(name)")
        }
        let shown = await third.outcome()
        let run = try #require(whole["run"].text)
        #expect(shown.status == 0)
        #expect(shown.output.contains("Sync of acorn is done"))
        #expect(
            shown.output.contains("This is what run \(run) came to, which was going on already.")
        )
        #expect(try await scene.json("runs", "acorn")["runs"].elements.count == 1)
    }

    @Test func `it ends as the first one ends where that is held, failed or stopped`() async throws
    {
        let scene = try await Scene.synced(EmulatorConfiguration(employees: 14, students: 0))
        let staff = try scene.emulator.employees(school: scene.school).filter {
            $0.current != false && $0.workEmail != nil
        }
        for person in staff.prefix(6) {
            try scene.emulator.change(school: scene.school, employee: person.id) {
                $0.current = false
            }
        }
        for end in ["held", "cancelled", "failed"] {
            let first = try await Self.stalled(scene)
            let second = try await Self.waiting(scene)
            if end == "cancelled" { kill(first.processID, SIGINT) }
            scene.emulator.clearFaults()
            if end == "failed" {
                scene.emulator.add(Fault(.status, pathContains: "/employees", status: 401))
            }
            let whole = await first.outcome()
            let joined = await second.outcome()
            #expect(whole.status == 1 && joined.status == 1)
            let (one, other) = (try whole.json(), try joined.json())
            #expect(one["state"].text == end)
            for name in ["run", "state", "seen", "held", "plan", "trouble"] {
                #expect(other[name] == one[name], "\(end): \(name)")
            }
            scene.emulator.clearFaults()
        }
    }

    @Test func `where the first one is killed, it begins its own at once`() async throws {
        let scene = try await Scene.connected()
        let first = try await Self.stalled(scene)
        let second = try await Self.waiting(scene)
        first.kill()
        #expect(await first.outcome().isSignalled)
        scene.emulator.clearFaults()
        let outcome = await second.outcome()
        #expect(outcome.status == 0)
        #expect(try outcome.json()["state"] == "completed")
        let runs = try await scene.json("runs", "acorn")["runs"].elements
        #expect(runs.compactMap { $0["state"].text } == ["completed", "failed"])
        #expect(try outcome.json()["run"] == runs.first?["run"])
    }

    @Test(arguments: [
        (["--delta"], [], "completed"), (["--preview"], [], "completed"),
        ([], ["--preview"], "preview"), ([], ["--compare"], "completed"),
    ])
    func `where the first one does something else, it begins its own afterwards`(
        first: [String],
        second: [String],
        end: String
    ) async throws {
        let scene = try await Scene.synced()
        let going = try await Self.stalled(scene, first)
        let waiting = try await Self.waiting(scene, second + ["--json"])
        scene.emulator.clearFaults()
        let other = try await going.outcome().json()
        let outcome = await waiting.outcome()
        #expect(outcome.status == 0)
        let own = try outcome.json()
        #expect(own["state"].text == end && own["kind"] == "full")
        let runs = try await scene.json("runs", "acorn", "--limit", "2")["runs"].elements
        #expect(runs.map { $0["run"] } == [own["run"], other["run"]])
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends the waiting and not the run`(signal: Int32) async throws {
        let scene = try await Scene.connected()
        let first = try await Self.stalled(scene)
        let second = try await Self.waiting(scene)
        kill(second.processID, signal)
        let outcome = await second.outcome()
        #expect(outcome.status == 1 && !outcome.isSignalled)
        #expect(try outcome.json()["error"]["code"] == "stoppedWaiting")
        #expect(outcome.messages.contains("goes on"))
        let run = try await scene.json("runs", "acorn")["runs"][0]
        #expect(run["state"] == "running")
        scene.emulator.clearFaults()
        let end = await first.outcome()
        #expect(end.status == 0)
        #expect(try end.json()["run"] == run["run"])
    }
}
