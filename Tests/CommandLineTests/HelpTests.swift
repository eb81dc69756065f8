import Testing

@Suite struct HelpTests {
    @Test(arguments: ["--help", "--version"])
    func `help and version are no failures`(option: String) async throws {
        let scene = try await Scene()
        let outcome = try await scene.run(option)
        #expect(outcome.status == 0)
        #expect(!outcome.output.isEmpty)
        #expect(outcome.messages.isEmpty)
    }

    @Test(arguments: [["dance"], ["show"], ["show", "a"], ["list", "a", "b"], ["--json"]])
    func `what nobody understands ends with 2`(arguments: [String]) async throws {
        let scene = try await Scene()
        let plain = try await scene.run(arguments)
        #expect(plain.status == 2)
        let isHelpful = ["Usage: ", "There is no subcommand"].contains(
            where: plain.messages.contains
        )
        #expect(isHelpful || plain.output.isEmpty == false)
        let json = try await scene.run(arguments + ["--json"])
        #expect(json.status == 2)
        #expect(try json.json()["error"]["code"] == "usage")
    }
}
