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
        let emulator = try EmulatorProcess(in: folder)
        defer { emulator.end() }
        for step in steps {
            let command = step.command.replacing(":8808", with: ":\(emulator.port)")
            let printed = try await Self.run(command, in: folder)
            #expect(
                printed.map(Self.withoutTimes) == step.expected.map(Self.withoutTimes),
                "$ \(command)")
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

    private static func run(_ command: String, in folder: String) async throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = URL(filePath: folder)
        let products = Invocation.executable.deletingLastPathComponent().path
        process.environment = [
            "PATH": "\(products):/usr/local/bin:/usr/bin:/bin", "HOME": folder,
            "LC_ALL": "C.UTF-8",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: output.fileHandleForReading.readDataToEndOfFile())
            }
        }
        var lines = String(decoding: data, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// `mis-emulator` as the README starts it, on a free port.
private final class EmulatorProcess {
    private let process = Process()
    let port: Int

    init(in folder: String) throws {
        let page = "\(folder)/school.txt"
        FileManager.default.createFile(atPath: page, contents: nil)
        process.executableURL = Invocation.executable.deletingLastPathComponent()
            .appending(path: "mis-emulator")
        process.arguments = ["--port", "0"]
        process.standardOutput = FileHandle(forWritingAtPath: page)
        let messages = Pipe()
        process.standardError = messages
        try process.run()
        var line = ""
        while !line.contains("\n") {
            let data = messages.fileHandleForReading.availableData
            if data.isEmpty { break }
            line += String(decoding: data, as: UTF8.self)
        }
        let text = line.split(separator: ":").last.map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        port = try #require(text.flatMap(Int.init), "mis-emulator said: \(line)")
    }

    func end() {
        process.terminate()
        process.waitUntilExit()
    }
}
