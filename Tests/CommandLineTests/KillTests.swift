import Foundation
import MISEmulator
import Testing

/// Enough people for several pages and many transactions.
private let school = EmulatorConfiguration(employees: 240, students: 0, port: 0)

@Suite struct KillTests {
    /// What an undisturbed sync of the same school comes to.
    private static func undisturbed() async throws -> NaturalContent {
        let scene = try await Scene.synced(school)
        return NaturalContent(try await scene.json("list", "acorn"))
    }

    private static func smallPages(_ scene: Scene) throws {
        try scene.emulator.setSwitches(school: scene.school) { $0.perPageLimit = 40 }
    }

    @Test func `killed while it reads, a sync run again comes to the same`() async throws {
        let scene = try await Scene.connected(school)
        try Self.smallPages(scene)
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "&page=3"))
        let sync = try scene.start(["sync", "acorn", "--json"])
        await scene.emulator.waitForRequests(8)
        sync.kill()
        #expect(await sync.outcome().isSignalled)
        scene.emulator.clearFaults()
        let again = try await scene.json("sync", "acorn")
        #expect(again["state"] == "completed")
        let content = NaturalContent(try await scene.json("list", "acorn"))
        #expect(try await Self.undisturbed() == content)
    }

    @Test func `killed while it applies, a sync run again comes to the same`() async throws {
        let scene = try await Scene.connected(school)
        let sync = try scene.start(
            ["sync", "acorn", "--json"],
            environment: ["MUSTER_SYNC_CHUNK": "1"],
            onTerminal: true
        )
        // The progress bar says when the first of many transactions is done.
        #expect(await sync.said("Applying"))
        sync.kill()
        #expect(await sync.outcome().isSignalled)
        let left = try await scene.json("list", "acorn")["accounts"].elements.count
        let again = try await scene.json("sync", "acorn")
        #expect(again["state"] == "completed")
        let content = NaturalContent(try await scene.json("list", "acorn"))
        #expect((1..<content.accounts.count).contains(left))
        #expect(try await Self.undisturbed() == content)
    }

    /// A school in which everybody changes after the first sync; what is done then is cut off.
    private static func changed() async throws -> (scene: Scene, people: Int) {
        let scene = try await Scene.connected(school)
        let first = try await scene.json("sync", "acorn")
        for person in try scene.emulator.employees(school: scene.school) {
            try scene.emulator.change(school: scene.school, employee: person.id) {
                $0.forename = .set("Robin")
            }
        }
        return (scene, try #require(first["seen"].number.map(Int.init)))
    }

    private static func content(_ scene: Scene) async throws -> NaturalContent {
        NaturalContent(try await scene.json("list", "acorn"))
    }

    /// Runs a command on a terminal, a person in each transaction, and kills it once it says so.
    private static func kill(
        _ arguments: [String],
        _ scene: Scene,
        saying words: String
    ) async throws {
        let command = try scene.start(
            arguments + ["--json"],
            environment: ["MUSTER_SYNC_CHUNK": "1"],
            onTerminal: true
        )
        #expect(await command.said(words))
        command.kill()
        #expect(await command.outcome().isSignalled)
    }

    @Test func `killed before the first page, a sync run again comes to the same`() async throws {
        let scene = try await Scene.connected(school)
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        let sync = try scene.start(["sync", "acorn", "--json"])
        await scene.emulator.waitForRequests(4)
        sync.kill()
        #expect(await sync.outcome().isSignalled)
        scene.emulator.clearFaults()
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
        #expect(try await Self.undisturbed() == Self.content(scene))
    }

    @Test func `killed between staging and applying, a sync run again comes to the same`()
        async throws
    {
        let (scene, people) = try await Self.changed()
        let before = try await Self.content(scene)
        // The last page is staged; all of it is judged before anything of it is applied.
        try await Self.kill(["sync", "acorn"], scene, saying: "\(people) of \(people)")
        #expect(try await Self.content(scene) == before)
        let (twin, _) = try await Self.changed()
        let whole = try await twin.json("sync", "acorn")
        let again = try await scene.json("sync", "acorn")
        #expect(again["state"] == "completed" && again["changed"] == whole["changed"])
        #expect(try await Self.content(scene) == Self.content(twin))
    }

    @Test func `an approval killed in the middle, given again, comes to the same`() async throws {
        let (scene, people) = try await Self.changed()
        let plan = try #require(try await scene.json("sync", "acorn", "--preview")["plan"].text)
        let before = try await Self.content(scene)
        try await Self.kill(["approve", plan], scene, saying: "20 of \(people)")
        let left = try await Self.content(scene)
        #expect(left != before)
        let again = try await scene.json("approve", plan)
        #expect(again["state"] == "completed")
        #expect(try #require(again["skipped"].number) > 0, "those who were done")
        let (twin, _) = try await Self.changed()
        _ = try await twin.json("sync", "acorn")
        let whole = try await Self.content(twin)
        #expect(try await Self.content(scene) == whole)
        #expect(left != whole)
        #expect(try await scene.json("sync", "acorn")["changed"] == 0)
    }

    /// The most rows of one field of one account that undoing wrote.
    private static func mostUndone(_ scene: Scene) async throws -> String? {
        let question = try Invocation(
            [
                "-c",
                """
                import sqlite3, sys
                store = sqlite3.connect(sys.argv[1])
                print(*store.execute(
                    "SELECT max(n), count(*) FROM (SELECT count(*) AS n FROM history"
                    " WHERE cause = 'undo' GROUP BY account, field)").fetchone())
                """,
                scene.file("muster.sqlite"),
            ],
            of: "/usr/bin/python3",
            environment: [:],
            folder: scene.folder
        )
        return await question.outcome().output.split(separator: "\n").first.map(String.init)
    }

    /// Somebody who takes the store for himself once so many rows were undone, and keeps it.
    private static func gate(after rows: Int, _ scene: Scene) throws -> Invocation {
        try Invocation(
            [
                "-c",
                """
                import signal, sqlite3, sys, time
                store = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
                count = "SELECT count(*) FROM history WHERE cause = 'undo'"
                while True:
                    store.execute("BEGIN IMMEDIATE")
                    if store.execute(count).fetchone()[0] >= int(sys.argv[2]): break
                    store.execute("ROLLBACK")
                    time.sleep(0.001)
                print("held", flush=True)
                signal.pause()
                """,
                scene.file("muster.sqlite"), String(rows),
            ],
            of: "/usr/bin/python3",
            environment: [:],
            folder: scene.folder
        )
    }

    @Test func `an undo killed in the middle, done again, comes to the same`() async throws {
        let (scene, _) = try await Self.changed()
        let before = try await Self.content(scene)
        let synced = try await scene.json("sync", "acorn")
        let changed = try #require(synced["changed"].number.map(Int.init))
        let run = try #require(synced["run"].text)
        let after = try await Self.content(scene)
        let gate = try Self.gate(after: 20, scene)
        let undo = try scene.start(
            ["undo", run, "--json"],
            environment: ["MUSTER_SYNC_CHUNK": "1", "MUSTER_STORE_WAIT_SECONDS": "600"]
        )
        #expect(await gate.firstLine() == "held")
        undo.kill()
        #expect(await undo.outcome().isSignalled)
        gate.kill()
        _ = await gate.outcome()
        let left = try await Self.content(scene)
        #expect(left != before && left != after)
        let again = try await scene.json("undo", run)
        let restored = try #require(again["restored"].number.map(Int.init))
        let first = try #require(again["undoneBefore"]["people"].number.map(Int.init))
        #expect((20..<changed).contains(first), "\(restored) and \(first) of \(changed)")
        #expect(restored + first == changed && again["skipped"] == 0)
        #expect(try await Self.content(scene) == before)
        #expect(try await Self.mostUndone(scene) == "1 \(changed)")
        let third = try await scene.json("undo", run)
        #expect(third["restored"] == 0)
        #expect(third["undoneBefore"]["people"].number.map(Int.init) == changed)
        #expect(third["undoneBefore"]["run"] == again["run"])
        #expect(try await scene.json("sync", "acorn")["changed"] == 0)
        #expect(try await Self.content(scene) == before)
    }

    @Test func `the service killed in the middle, a sync run again comes to the same`()
        async throws
    {
        let scene = try await Scene(school)
        let service = try await EmulatorProcess(employees: school.employees)
        try await service.change(school: scene.school, #"{"perPageLimit":40}"#)
        #expect(try await scene.connect(to: service.origin).status == 0)
        try await service.addFault(#"{"kind":"hold","pathContains":"&page=3"}"#)
        let asked = try await service.requestCount()
        let sync = try scene.start(["sync", "acorn", "--json"])
        while try await service.requestCount() < asked + 8 {}
        await service.kill()
        let outcome = await sync.outcome()
        #expect(outcome.status == 1)
        #expect(try outcome.json()["state"] == "failed")
        #expect(try await scene.json("list", "acorn")["accounts"] == [])
        let revived = try await EmulatorProcess(employees: school.employees, port: service.port)
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
        let content = NaturalContent(try await scene.json("list", "acorn"))
        #expect(try await Self.undisturbed() == content)
        await revived.kill()
    }

    @Test(arguments: ["muster.sqlite", "other.sqlite"])
    func `two syncs at once: one works, the other waits for its end, by a link too`(
        store: String
    ) async throws {
        let scene = try await Scene.connected(school)
        try FileManager.default.createSymbolicLink(
            atPath: scene.file("other.sqlite"),
            withDestinationPath: "muster.sqlite"
        )
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        let first = try scene.start(["sync", "acorn", "--json"])
        await scene.emulator.waitForRequests(4)
        let second = try scene.start(["sync", "acorn", "--store", scene.file(store), "--json"])
        #expect(await second.said("waits for its end"))
        scene.emulator.clearFaults()
        let outcome = await first.outcome()
        let joined = await second.outcome()
        #expect(try outcome.json()["state"] == "completed")
        #expect(joined.status == 0)
        #expect(try joined.json()["state"] == "joined")
        #expect(try joined.json()["run"] == outcome.json()["run"])
    }
}
