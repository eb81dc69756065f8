import MISEmulator
import Testing

/// When connections are synced by themselves, and what a sync of changes makes of deletions.
@Suite(.timeLimit(.minutes(2))) struct ScheduleTests {
    @Test func `a schedule is shown and changed`() async throws {
        let scene = try await Scene.connected()
        let first = try await scene.json("connections", "schedule", "acorn")
        #expect(first["every"] == "24h" && first["delta"] == false && first["holidays"] == [])
        let days = "2026-12-21..2027-01-03"
        let changed = try await scene.json(
            "connections",
            "schedule",
            "acorn",
            "--every",
            "15m",
            "--delta",
            "--holidays",
            days
        )
        #expect(changed["every"] == "15m" && changed["delta"] == true)
        #expect(changed["holidays"].elements.map(\.text) == [days])
        let table = try await scene.run("connections").output
        #expect(table.contains("15m, changes, not \(days)"))
        let off = try await scene.json(
            "connections",
            "schedule",
            "acorn",
            "--every",
            "off",
            "--no-delta",
            "--holidays",
            "none"
        )
        #expect(off["every"] == "off" && off["delta"] == false && off["holidays"] == [])
        let listed = try await scene.json("connections")["connections"].elements
        #expect(listed.first?["schedule"]["every"] == "off")
        let text = try await scene.run("connections", "schedule", "acorn").output
        #expect(text.contains("only when somebody asks"))
    }

    @Test(arguments: [
        ["--every", "1m"], ["--every", "x"], ["--every", "15"], ["--every", "-1h"],
        ["--every", "200h"], ["--every", "99999999999h"], ["--holidays", "tomorrow"],
        ["--holidays", ""], ["--holidays", "2027-01-03..2026-12-21"],
    ])
    func `what is no schedule is bad usage and changes nothing`(options: [String]) async throws {
        let scene = try await Scene.connected()
        let outcome = try await scene.run(
            ["connections", "schedule", "acorn", "--json"] + options.map { $0 }
        )
        #expect(outcome.status == 2)
        #expect(try outcome.json()["error"]["code"] == "usage")
        #expect(try await scene.json("connections", "schedule", "acorn")["every"] == "24h")
    }

    @Test func `a daemon makes the first sync by itself`() async throws {
        let scene = try await Scene.connected()
        let daemon = try scene.start(["serve", "--port", "0"])
        #expect(await daemon.said(#""message":"Sync ended""#))
        daemon.kill()
        _ = await daemon.outcome()
        let runs = try await scene.json("runs", "acorn")["runs"].elements
        #expect(runs.map { $0["state"] } == ["completed"])
    }

    @Test func `who is deleted at Wonde stays, and who comes back is known`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.remove(.employee, school: scene.school, id: teacher.id)
        let removed = try await scene.run("sync", "acorn", "--delta").output
        #expect(removed.contains("Look at record \(teacher.id)"))
        #expect(removed.contains("does not return it"))
        let account = try await scene.json("show", "acorn", teacher.email)
        #expect(account["status"] == "active")
        try scene.emulator.restore(.employee, school: scene.school, id: teacher.id)
        let back = try await scene.json("sync", "acorn", "--delta")
        #expect(back["kind"] == "delta" && back["state"] == "completed")
        #expect(try await scene.json("show", "acorn", teacher.email) == account)
    }
}
