import Foundation
import Testing

/// The console blocks of the README are run, in order, and their output is compared.
@Suite struct ReadmeTests {
    /// A line after a `$`, and what it must print.
    struct Step {
        var command: String
        var expected: [String] = []
    }

    @Test func `what the README shows is what happens`() async throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let steps = Self.steps(in: readme)
        #expect(steps.count >= 8)
        let folder = try Scene.makeFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let emulator = try Self.start("exec mis-emulator --port 0 > >(tee school.txt)", in: folder)
        defer { emulator.kill() }
        let page = await emulator.firstLine()
        let port = try #require(page.firstMatch(of: /127\.0\.0\.1(:\d+)/), "\(page)").output.1
        var daemon: (process: Invocation, port: String)?
        defer { daemon?.process.kill() }
        for step in steps {
            var command = step.command.replacing(":8808", with: port)
            if command.contains(":8809") {
                if daemon == nil { daemon = try await Self.serve(in: folder) }
                command = command.replacing(":8809", with: daemon?.port ?? "")
            }
            let printed = try await Self.run(command, in: folder)
            #expect(
                printed.map(Self.withoutTimes) == step.expected.map(Self.withoutTimes),
                "$ \(command)"
            )
        }
    }

    @Test func `the first thirty lines have the sentence, the lines that run and three links`()
        throws
    {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let head = readme.split(separator: "\n", omittingEmptySubsequences: false).prefix(30)
        #expect(head.first == "# Muster")
        #expect(head.contains("```console"))
        #expect(head.contains { $0.components(separatedBy: "](").count == 4 })
    }

    // MARK: Parts

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func steps(in page: String) -> [Step] {
        var steps: [Step] = []
        var isInside = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```console" {
                isInside = true
            } else if line.hasPrefix("```") {
                isInside = false
            } else if isInside, line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2))))
            } else if isInside, !steps.isEmpty {
                steps[steps.count - 1].expected.append(String(line))
            }
        }
        return steps
    }

    /// Times differ from run to run.
    static func withoutTimes(_ line: String) -> String {
        line.replacing(/[0-9]+(\.[0-9]+)? (ms|s)\b/, with: "TIME")
    }

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
