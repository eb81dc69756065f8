import MISEmulator
import Testing

/// Previews and approvals, by the command.
@Suite struct ApproveTests {
    @Test func `a preview changes nothing, and its plan is carried out once`() async throws {
        let scene = try await Scene.connected()
        let shown = try await scene.json("sync", "acorn", "--preview")
        #expect(shown["state"] == "preview")
        #expect(try await scene.json("list", "acorn")["accounts"].elements.isEmpty)
        #expect(shown["changes"].elements.count == shown["created"].number.map(Int.init))
        let plan = try #require(shown["plan"].text)
        let done = try await scene.json("approve", plan)
        #expect(done["state"] == "completed" && done["created"] == shown["created"])
        #expect(done["plan"] == nil)
        let again = try await scene.json("approve", plan, status: 1)
        #expect(again["error"]["code"] == "unknownPlan")
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
        let done = try await scene.json("approve", plan)
        #expect(done["state"] == "completed" && done["suspended"] == held["held"])
    }
}
