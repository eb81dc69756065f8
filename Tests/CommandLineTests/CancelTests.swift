import Foundation
import MISEmulator
import Testing

/// Syncs that a person or the system stops, and the list of what ran.
@Suite(.timeLimit(.minutes(2))) struct CancelTests {
    /// A sync that waits for a page that does not come.
    private static func stalled(_ scene: Scene) async throws -> Invocation {
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        let sync = try scene.start(
            ["sync", "acorn", "--json"],
            environment: ["MUSTER_STORE_WAIT_SECONDS": "600"]
        )
        await scene.emulator.waitForRequests(4)
        return sync
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal stops a sync, which says what it did`(signal: Int32) async throws {
        let scene = try await Scene.connected()
        let sync = try await Self.stalled(scene)
        kill(sync.processID, signal)
        let outcome = await sync.outcome()
        #expect(outcome.status == 1 && !outcome.isSignalled)
        let json = try outcome.json()
        #expect(json["state"] == "cancelled")
        #expect(json["requests"] == 4)
        #expect(outcome.messages.contains("Stopping after what is going on"))
        #expect(outcome.messages.contains("stopped before anything was applied"))
        scene.emulator.clearFaults()
        let next = try await scene.json("sync", "acorn")
        #expect(next["state"] == "completed")
        let runs = try await scene.json("runs", "acorn")["runs"].elements
        #expect(runs.compactMap { $0["state"].text } == ["completed", "cancelled"])
        #expect(runs.first?["run"] == next["run"] && runs.last?["requests"] == 4)
    }

    @Test func `another process stops a sync, which says what it did`() async throws {
        let scene = try await Scene.connected()
        let sync = try await Self.stalled(scene)
        let going = try await scene.json("runs", "acorn")["runs"].elements
        let number = try #require(going.first?["run"].text)
        #expect(going.first?["state"] == "running")
        let asked = try await scene.json("runs", number, "--cancel")
        #expect(asked["run"].text == number && asked["state"] == "running")
        let shown = try await scene.run("runs", number).output
        #expect(shown.contains("to stop after the page or the step that is going on"))
        scene.emulator.clearFaults()
        let outcome = await sync.outcome()
        #expect(outcome.status == 1 && !outcome.isSignalled)
        #expect(try outcome.json()["state"] == "cancelled")
        #expect(try await scene.json("runs", number, "--cancel")["state"] == "cancelled")
        for subject in ["acorn", "12345"] {
            _ = try await scene.json("runs", subject, "--cancel", status: 2)
        }
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
    }

    @Test func `a second signal ends it at once, whatever it still had to do`() async throws {
        let scene = try await Scene.connected()
        let sync = try await Self.stalled(scene)
        // Somebody holds the store, so that the end of the run cannot be kept.
        let lock = try Invocation(
            [
                "-c",
                """
                import signal, sqlite3, sys
                store = sqlite3.connect(sys.argv[1], isolation_level=None)
                store.execute("BEGIN IMMEDIATE")
                print("locked", flush=True)
                signal.pause()
                """,
                scene.file("muster.sqlite"),
            ],
            of: "/usr/bin/python3",
            environment: [:],
            folder: scene.folder
        )
        #expect(await lock.firstLine() == "locked")
        kill(sync.processID, SIGINT)
        #expect(await sync.said("Stopping after what is going on"))
        kill(sync.processID, SIGINT)
        let outcome = await sync.outcome()
        #expect(outcome.status == 1 && !outcome.isSignalled && outcome.output.isEmpty)
        lock.kill()
        _ = await lock.outcome()
        scene.emulator.clearFaults()
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
    }

    @Test func `runs are listed the newest first, and one is shown whole`() async throws {
        let scene = try await Scene.connected()
        #expect(try await scene.run("runs", "acorn").output.contains("Nobody has synced acorn yet"))
        let preview = try await scene.json("sync", "acorn", "--preview")
        let plan = try #require(preview["plan"].text)
        let table = try await scene.run("runs", scene.school).output
        #expect(table.contains("muster approve \(plan)") && table.contains("everybody"))
        let approved = try await scene.json("approve", plan)
        scene.emulator.add(Fault(.status, pathContains: "/employees", status: 401))
        let failed = try await scene.json("sync", "acorn", status: 1)
        let runs = try await scene.json("runs", "acorn")["runs"].elements
        #expect(runs.map { $0["run"] } == [failed["run"], approved["run"], preview["run"]])
        #expect(runs.map { $0["kind"] } == ["full", "approval", "full"])
        #expect(runs.map { $0["state"] } == ["failed", "completed", "preview"])
        #expect(runs.allSatisfy { $0["plan"] == nil }, "its plan was carried out")
        let newest = try await scene.json("runs", "acorn", "--limit", "1")["runs"].elements
        #expect(newest == [try #require(runs.first)])
        let number = try #require(approved["run"].text)
        #expect(try await scene.json("runs", number) == runs[1])
        let detail = try await scene.run("runs", number).output
        #expect(detail.contains("a plan") && detail.contains("created"))
        let unknown = try await scene.json("runs", "12345", status: 2)
        #expect(unknown["error"]["code"] == "unknownRun")
        #expect(
            try await scene.json("runs", "nowhere", status: 2)["error"]["code"] == "unknownSchool"
        )
        _ = try await scene.json("runs", "acorn", "--limit", "0", status: 2)
    }
}
