import Foundation
import Testing

/// The console blocks of our pages are run, in order, and their output is compared.
@Suite struct ReadmeTests {
    @Test func `what the README shows is what happens`() async throws {
        let readme = try ConsolePage("README.md")
        #expect(readme.steps.count >= 8)
        try await Self.follow(readme.steps, files: [:])
    }

    @Test func `what the page of the daemon shows is what happens`() async throws {
        let page = try ConsolePage("Docs/Daemon.md")
        #expect(page.steps.count >= 12 && page.files.count == 2)
        // The page begins where the README has a school that is connected and synced.
        let before = try ConsolePage("README.md").steps.prefix { !$0.command.contains("_control") }
        #expect(before.count == 3)
        try await Self.follow(before + page.steps, files: page.files)
    }

    private static func follow(
        _ steps: some Sequence<ConsolePage.Step>,
        files: [String: String]
    ) async throws {
        let folder = try Scene.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
        }
        let emulator = try start("exec mis-emulator --port 0 > >(tee school.txt)", in: folder)
        defer { emulator.kill() }
        let page = await emulator.firstLine()
        let port = try #require(page.firstMatch(of: /127\.0\.0\.1(:\d+)/), "\(page)").output.1
        var daemon: (process: Invocation, port: String)?
        defer { daemon?.process.kill() }
        for step in steps {
            var command = step.command.replacing(":8808", with: port)
            if command.contains(":8809") {
                if daemon == nil { daemon = try await serve(in: folder) }
                command = command.replacing(":8809", with: daemon?.port ?? "")
            }
            let printed = try await run(command, in: folder)
            #expect(
                printed.map(ConsolePage.constant) == step.expected.map(ConsolePage.constant),
                "$ \(command)"
            )
        }
    }

    @Test func `the first thirty lines have the sentence, the lines that run and three links`()
        throws
    {
        let file = ConsolePage.root.appending(path: "README.md")
        let readme = try String(contentsOf: file, encoding: .utf8)
        let head = readme.split(separator: "\n", omittingEmptySubsequences: false).prefix(30)
        #expect(head.first == "# Muster")
        #expect(head.contains("```console"))
        #expect(head.contains { $0.components(separatedBy: "](").count == 4 })
    }

    @Test(arguments: [
        "README.md", "Docs/Architecture.md", "Docs/Daemon.md", "Docs/Emulator.md",
        "Docs/Operations.md", "Docs/WritingAStore.md",
    ])
    func `every link of a page leads to a file, and to a heading in it`(page: String) throws {
        let page = ConsolePage.root.appending(path: page)
        let text = try String(contentsOf: page, encoding: .utf8)
        for match in text.matches(of: /\]\((?!http)([^)#]*)#?([^)]*)\)/) {
            let target =
                match.output.1.isEmpty
                ? page : page.deletingLastPathComponent().appending(path: match.output.1)
            #expect(FileManager.default.fileExists(atPath: target.path), "\(match.output.0)")
            guard !match.output.2.isEmpty else { continue }
            let headings = try String(contentsOf: target, encoding: .utf8)
                .split(separator: "\n").filter { $0.hasPrefix("#") }.map(Self.anchor)
            #expect(headings.contains(String(match.output.2)), "\(match.output.0)")
        }
    }

    /// The name by which a link finds a heading.
    private static func anchor(_ heading: Substring) -> String {
        heading.drop { $0 == "#" || $0 == " " }.lowercased()
            .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
            .replacing(" ", with: "-")
    }

    // MARK: Parts

    /// Runs one line in a shell that finds our commands.
    private static func start(_ command: String, in folder: String) throws -> Invocation {
        try Invocation(
            ["-c", command],
            of: "/bin/bash",
            environment: [
                "PATH": "\(Invocation.folder.path):/usr/local/bin:/usr/bin:/bin",
                "HOME": folder,
                "LC_ALL": "C.UTF-8",
                // A slow test machine must not turn an answer into a deferred one.
                "MUSTER_LOGIN_BUDGET_MS": "60000",
            ],
            folder: folder
        )
    }

    /// Starts the daemon of the README, at any free port.
    private static func serve(
        in folder: String
    ) async throws -> (process: Invocation, port: String) {
        let process = try start("exec muster serve --port 0", in: folder)
        let line = try #require(await process.saidLine("listening on"))
        let port = try #require(line.firstMatch(of: /:\d+/)).output
        return (process, String(port))
    }

    private static func run(_ command: String, in folder: String) async throws -> [String] {
        let outcome = try await start(command, in: folder).outcome()
        var lines = outcome.output
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
