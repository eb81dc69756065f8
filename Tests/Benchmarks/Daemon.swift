import Foundation
import Glibc
import MISEmulator

/// The built `muster` command with a synced school of an emulated service, as a process of its own.
final class Daemon {
    let school = "acorn"
    /// The text of a bearer key for logins and syncs.
    let key: String
    let port: UInt16
    private let process: Process
    private let folder: URL

    private struct Key: Decodable { var key: String }

    /// Connects and syncs the school, and serves it; `freshSeconds` is how long a look-up serves.
    init(_ emulator: WondeEmulator, freshSeconds: Int = 600) async throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let token = folder.appending(path: "token")
        _ = FileManager.default.createFile(
            atPath: token.path,
            contents: Data(emulator.token.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        _ = try Self.run(
            [
                "connect", "wonde", "--name", school, "--school-id", emulator.schoolIDs[0],
                "--token-file", token.path, "--base-url", emulator.origin,
            ],
            in: folder
        )
        _ = try Self.run(["sync", school], in: folder)
        let made = try Self.run(
            ["keys", "create", "bench", "--scopes", "logins,admin", "--json"],
            in: folder
        )
        key = try JSONDecoder().decode(Key.self, from: made).key
        // To a file, as a service's output goes to a journal: nobody here spends time on it.
        let log = folder.appending(path: "log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process = Self.command(["serve", "--port", "0"], in: folder)
        process.environment?["MUSTER_LOGIN_FRESH_SECONDS"] = String(freshSeconds)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        port = try await Self.port(in: log, of: process)
    }

    /// A request of `method` to `path` that the daemon takes, with a JSON `body`.
    func request(_ method: String, _ path: String, _ body: String = "") -> [UInt8] {
        Array(
            """
            \(method) \(path) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Authorization: Bearer \(key)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """.utf8
        )
    }

    /// The request with which whoever has the address `email` logs in.
    func login(_ email: String) -> [UInt8] {
        request(
            "POST",
            "/v1/schools/\(school)/logins",
            #"{"email":"\#(email)","method":"sso"}"#
        )
    }

    /// What it answers `request`, with its head.
    func answer(to request: [UInt8]) throws -> String {
        let one = LoadGenerator([request], expecting: "200", atMost: 1)
        return String(decoding: try one.run(port, connections: 1, count: 1).example, as: UTF8.self)
    }

    /// Tells it to stop, waits until it has, and removes its store.
    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    var processID: Int32 { process.processIdentifier }

    /// The CPU time that it has used, in seconds.
    var usedCPU: Double {
        let text = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
        // After the name in brackets: user and system time are the 12th and 13th field.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func command(_ arguments: [String], in folder: URL) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "muster")
        process.arguments = arguments
        process.environment = [
            "HOME": folder.path, "PATH": "/usr/bin:/bin", "NO_PROXY": "127.0.0.1",
            "MUSTER_STORE": folder.appending(path: "muster.sqlite").path,
            // A slow machine must not turn the first answers into deferred ones.
            "MUSTER_LOGIN_BUDGET_MS": "60000",
        ]
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private static func run(_ arguments: [String], in folder: URL) throws -> Data {
        let process = command(arguments, in: folder)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchTrouble("`muster \(arguments[0])` failed; see above why.")
        }
        return data
    }

    /// The port that the daemon says it listens on.
    private static func port(in log: URL, of process: Process) async throws -> UInt16 {
        while process.isRunning {
            let text = try String(contentsOf: log, encoding: .utf8)
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .first { $0.contains("listening on ") }
            if let port = line?.split(separator: ":").last.flatMap({ UInt16($0) }) { return port }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw BenchTrouble("`muster serve` ended before it listened.")
    }
}
