import Foundation
import MISEmulator
import Testing

/// A folder with a store and a key, and a school behind an emulated service.
final class Scene: Sendable {
    static let name = "acorn"
    let folder: String
    let emulator: WondeEmulator
    let school: String

    /// Invents `configuration`'s school; each scene has a service of its own.
    init(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) async throws {
        folder = try Self.makeFolder()
        emulator = try await WondeEmulator.start(configuration)
        school = try #require(emulator.schoolIDs.first)
        write(emulator.token, to: "token")
    }

    /// A scene whose school is connected.
    static func connected(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration()
    ) async throws -> Scene {
        let scene = try await Scene(configuration)
        let outcome = try await scene.connect()
        try #require(outcome.status == 0, "\(outcome.messages)")
        return scene
    }

    /// A scene whose school is connected and synced.
    static func synced(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration()
    ) async throws -> Scene {
        let scene = try await connected(configuration)
        let outcome = try await scene.run("sync", name)
        try #require(outcome.status == 0, "\(outcome.messages)")
        return scene
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func makeFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "/muster-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        return folder
    }

    // MARK: Running

    func connect(
        _ name: String = Scene.name,
        to origin: String? = nil,
        school: String? = nil,
        token: String = "token",
        _ more: String...
    ) async throws -> Outcome {
        let arguments =
            [
                "connect", "wonde", "--name", name, "--school-id", school ?? self.school,
                "--token-file", file(token), "--base-url", origin ?? emulator.origin, "--json",
            ] + more
        return try await run(arguments)
    }

    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(arguments, environment: environment)
    }

    func run(
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await start(arguments, environment: environment).outcome()
    }

    /// The JSON object that the command prints.
    func json(
        _ arguments: String...,
        environment: [String: String] = [:],
        status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let outcome = try await run(arguments + ["--json"], environment: environment)
        #expect(
            outcome.status == status,
            "\(outcome.output) \(outcome.messages)",
            sourceLocation: sourceLocation
        )
        return try outcome.json(sourceLocation: sourceLocation)
    }

    func start(
        _ arguments: [String],
        environment: [String: String] = [:],
        onTerminal: Bool = false
    ) throws -> Invocation {
        var variables = [
            "HOME": folder, "PATH": "/usr/bin:/bin", "MUSTER_STORE": file("muster.sqlite"),
            "MUSTER_SYNC_BACK_OFF_MS": "1", "NO_PROXY": "127.0.0.1",
            // A slow test machine must not turn an answer into a deferred one.
            "MUSTER_LOGIN_BUDGET_MS": "60000",
        ]
        variables.merge(environment) { _, new in new }
        return try Invocation(
            arguments,
            environment: variables,
            folder: folder,
            onTerminal: onTerminal
        )
    }

    // MARK: Files

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    func write(_ text: String, to name: String) {
        let isMade = FileManager.default.createFile(
            atPath: file(name),
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        #expect(isMade, "\(name)")
    }

    // MARK: People

    /// Somebody who is imported, with a line manager and a class.
    func teacher(_ number: Int = 0) throws -> EmployeeSummary {
        let staff = try emulator.employees(school: school).filter {
            $0.current != false && $0.workEmail != nil && $0.lineManagerIDs.count == 1
                && $0.classIDs.count > 1
        }
        return try #require(staff.dropFirst(number).first)
    }
}

extension EmployeeSummary {
    /// The address as accounts keep it.
    var email: String { (workEmail ?? "").lowercased() }
}
