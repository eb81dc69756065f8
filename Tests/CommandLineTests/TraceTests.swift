import Foundation
import MISEmulator
import Testing

/// What is told of a sync afterwards, or beside it, is what became of it.
@Suite(.timeLimit(.minutes(2))) struct TraceTests {
    /// A sync that goes on, held at its first page, and what must be let go at its end.
    private static func going(_ scene: Scene) async throws -> Invocation {
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        let sync = try scene.start(["sync", "acorn", "--json"])
        await scene.emulator.waitForRequests(4)
        return sync
    }

    @Test func `a sync whose process was killed is listed as failed at once`() async throws {
        let scene = try await Scene.connected()
        let sync = try await Self.going(scene)
        let going = try await scene.json("runs", "acorn")["runs"][0]
        #expect(going["state"] == "running" && going["trouble"] == nil)
        sync.kill()
        #expect(await sync.outcome().isSignalled)
        let killed = try await scene.json("runs", "acorn")["runs"][0]
        #expect(killed["state"] == "failed" && killed["run"] == going["run"])
        #expect(killed["trouble"].text?.contains("ended before it could say why") == true)
        let run = try #require(going["run"].text)
        #expect(try await scene.json("runs", run)["state"] == "failed")
        #expect(try await scene.run("runs", run).output.contains("when its process is killed"))
        scene.emulator.clearFaults()
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
        // The next one, which found it dead, leaves what is known of it as it was.
        let later = try await scene.json("runs", run)
        #expect(later["trouble"] == killed["trouble"] && later["endedAt"] == killed["endedAt"])
    }

    @Test func `half a list leaves its trace in the lists of syncs and of connections`()
        async throws
    {
        let scene = try await Scene.synced()
        scene.emulator.add(Fault(.halfList, pathContains: "/employees"))
        let half = try await scene.json("sync", "acorn")
        #expect(half["state"] == "completed" && half["remarks"][0]["record"] == nil)
        let words = "nobody of them was taken for absent"
        #expect(try await scene.run("runs", "acorn").output.contains(words))
        let run = try #require(half["run"].text)
        #expect(try await scene.run("runs", run).output.contains(words))
        scene.emulator.clearFaults()
        // One of changes reads no list of everybody.
        _ = try await scene.json("sync", "acorn", "--delta")
        let connection = try await scene.json("connections")["connections"][0]
        #expect(
            connection["shortList"].text?.contains(words) == true && connection["trouble"] == nil
        )
        let told = "acorn: the last sync of everybody cannot tell who left: The MIS counts"
        #expect(try await scene.run("connections").output.contains(told))
        _ = try await scene.json("sync", "acorn")
        #expect(try await scene.json("connections")["connections"][0]["shortList"] == nil)
    }

    @Test func `an approval that comes too late for everybody says so`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.forename = .set("Robin")
        }
        let plan = try #require(try await scene.json("sync", "acorn", "--preview")["plan"].text)
        let login = try await scene.json(
            "login",
            "acorn",
            "--email",
            teacher.email,
            environment: ["MUSTER_LOGIN_FRESH_SECONDS": "0"]
        )
        #expect(login["outcome"] == "refreshed")
        let late = try await scene.json("approve", plan)
        #expect(late["skipped"] == late["seen"] && late["state"] == "completed")
        let words = "Nothing of the plan was carried out"
        #expect(late["trouble"].text?.hasPrefix(words) == true)
        let run = try #require(late["run"].text)
        #expect(try await scene.run("runs", run).output.contains(words))
    }

    @Test func `a record that a person gave to an account is a row of its own in its history`()
        async throws
    {
        let scene = try await Scene.synced()
        let person = try scene.teacher()
        let record = try #require(scene.emulator.migrate(school: scene.school)[person.id])
        try scene.emulator.change(school: scene.school, employee: record) {
            $0.teacherNumber = .clear
            $0.workEmail = .set("new@trust.example")
        }
        let plan = try #require(try await scene.json("sync", "acorn", status: 1)["plan"].text)
        #expect(try await scene.json("approve", plan)["state"] == "completed")
        _ = try await scene.json("review", "link", "acorn", record, person.email)
        let rows = try await scene.json("history", "acorn", "new@trust.example")["history"].elements
        #expect(!rows.contains { $0["field"] == "status" && $0["from"] == $0["to"] })
        let row = try #require(rows.first { $0["field"] == "record" })
        #expect(row["from"].text == person.id && row["to"].text == record)
        let text = try await scene.run("history", "acorn", "new@trust.example").output
        #expect(!text.contains("active  active") && text.contains(record))
    }

    @Test func `where nobody has an account the review does not say that every record has one`()
        async throws
    {
        let scene = try await Scene.connected()
        let before = try await scene.run("review", "list", "acorn")
        #expect(before.output.hasPrefix("Nobody has an account yet"))
        _ = try await scene.json("sync", "acorn")
        let after = try await scene.run("review", "list", "acorn").output
        #expect(!after.contains("Nobody has an account"))
    }
}
