import ArgumentParser

/// `muster demo`: the whole of Muster on invented people, with nothing left behind.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the whole of Muster on an invented school on this machine.",
        discussion: """
            Starts a stand-in for the MIS on loopback with a temporary store, syncs the school, \
            changes a teacher in the MIS and lets her log in. Everything but the MIS is real, and \
            nothing is left behind.
            """
    )

    @Flag(help: "Print one JSON object on standard output.")
    var json = false

    func run() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let school = try await DemoSchool.start()
        do {
            let demo = try await Demo(school, in: folder, isSilent: json)
            let results = try await demo.run()
            if json { Console.print(json: { results.write(to: &$0) }) }
        } catch {
            await school.stop()
            throw error
        }
        await school.stop()
    }
}
