import MISEmulator
import Testing

/// Previews and approvals, by the command.
@Suite struct ApproveTests {
    @Test func `a preview changes nothing, and its plan is carried out once`() async throws {
        let scene = try await Scene.connected()
        let preview = try await scene.json("sync", "acorn", "--preview")
        #expect(preview["state"] == "preview")
        #expect(try await scene.json("list", "acorn")["accounts"].elements.isEmpty)
        #expect(preview["changes"].elements.count == preview["created"].number.map(Int.init))
        let plan = try #require(preview["plan"].text)
        let done = try await scene.json("approve", plan)
        #expect(done["state"] == "completed" && done["created"] == preview["created"])
        #expect(done["plan"] == nil)
        let again = try await scene.json("approve", plan, status: 1)
        #expect(again["error"]["code"] == "planApproved")
        let run = try #require(done["run"].text)
        #expect(again["error"]["message"].text?.contains("`muster runs \(run)`") == true)
        let shown = try await scene.run("runs", run).output
        #expect(shown.contains(plan) && !shown.contains("muster approve"))
        #expect(try await scene.json("sync", "acorn")["changed"] == 0)
    }

    @Test func `what a sync holds back is told with the command that carries it out`() async throws
    {
        let scene = try await Scene.synced()
        let staff = try scene.emulator.employees(school: scene.school)
            .filter { $0.current != false }
        for person in staff.prefix(12) {
            try scene.emulator.change(school: scene.school, employee: person.id) {
                $0.current = false
            }
        }
        let held = try await scene.json("sync", "acorn", status: 1)
        #expect(held["state"] == "held")
        let plan = try #require(held["plan"].text)
        let text = try await scene.run("sync", "acorn").output
        #expect(text.contains("muster approve \(plan)"), "the same people wait: the same plan")
        let left = try #require(staff.first).email
        let explained = try await scene.run("explain", "acorn", left).output
        #expect(explained.contains("status: waits at active for left"))
        #expect(explained.contains("`muster approve \(plan)`"))
        let explanation = try await scene.json("explain", "acorn", left)
        #expect(explanation["held"]["plan"].text == plan)
        let preview = try await scene.run("sync", "acorn", "--preview").output
        #expect(preview.contains(/would be held +12\n/), "\(preview)")
        let done = try await scene.run("approve", plan)
        #expect(
            done.status == 0
                && done.output.hasPrefix("The plan \(plan) of acorn is carried out (run ")
        )
        let run = try #require(try await scene.json("runs", "acorn")["runs"][0]["run"].text)
        #expect(done.output.contains(" (run \(run)): "))
        #expect(done.output.contains("\n  Take back what was done with: muster undo \(run)"))
        #expect(done.output.contains("suspended"))
        let list = try await scene.json("list", "acorn")["accounts"].elements
        #expect(list.count { $0["status"] == "suspended" } == 12)
        #expect(!(try await scene.run("runs", "acorn").output.contains("muster approve")))
    }

    @Test func `a plan that nobody made, and one that a later sync replaced, are told`()
        async throws
    {
        let scene = try await Scene.connected()
        let never = try await scene.json("approve", "0123456789abcdef", status: 1)
        #expect(never["error"]["code"] == "unknownPlan")
        let preview = try await scene.json("sync", "acorn", "--preview")
        _ = try await scene.json("sync", "acorn")
        let plan = try #require(preview["plan"].text)
        let replaced = try await scene.json("approve", plan, status: 1)
        #expect(replaced["error"]["code"] == "unknownPlan")
        let sentence = try #require(replaced["error"]["message"].text)
        #expect(
            sentence.contains("or a later sync took its place; see what waits with `muster runs")
        )
        #expect(!(try await scene.run("runs", "acorn").output.contains("muster approve")))
    }
}
