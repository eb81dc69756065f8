import ArgumentParser
import Foundation
import MISEmulator
import UnixSignals

/// Runs the emulator until it is told to end.
@main
struct MISEmulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mis-emulator",
        abstract: "A stand-in for the Wonde REST service on this machine, with invented schools.",
        discussion: """
            Point an integration at the printed address with the printed token. What the service \
            holds and how it behaves can be changed while it runs: GET /_control explains how.
            """
    )

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port = 8808

    @Option(help: "The address to listen on. The control endpoints answer this machine only.")
    var host = "127.0.0.1"

    @Option(help: "The number from which all schools and people are invented.")
    var seed: UInt64 = 1

    @Option(help: "How many schools.")
    var schools = 1

    @Option(help: "Members of staff in each school.")
    var employees = 60

    @Option(help: "Pupils in each school.")
    var students = 300

    @Option(help: "The day on which the invented history ends, YYYY-MM-DD.")
    var today = "2026-09-01"

    @Option(help: "The token to accept; an invented sample if not given.")
    var token: String?

    @Option(help: "A file that holds the token to accept.")
    var tokenFile: String?

    @Option(help: "A JSON file of switches for every school, as in PATCH /_control/schools/ID.")
    var settings: String?

    func validate() throws {
        if token != nil, tokenFile != nil {
            throw ValidationError("Give either --token or --token-file, not both.")
        }
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let emulator = try await WondeEmulator.start(try emulatorConfiguration())
        FileHandle.standardOutput.write(Data("\(Self.introduction(of: emulator))\n".utf8))
        FileHandle.standardError.write(Data("listening on \(host):\(emulator.port)\n".utf8))
        for await _ in signals { break }
        await emulator.stop()
    }

    private func emulatorConfiguration() throws -> EmulatorConfiguration {
        var configuration = EmulatorConfiguration(
            seed: seed,
            schools: schools,
            employees: employees,
            students: students,
            host: host,
            port: port,
            today: today
        )
        if let tokenFile {
            configuration.token = try Self.text(of: tokenFile)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        } else if let token {
            configuration.token = token
        }
        if let settings {
            configuration.switches = try SchoolSwitches(json: try Self.text(of: settings))
        }
        return configuration
    }

    private static func text(of file: String) throws -> String {
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw ValidationError(
                "The file \(file) cannot be read: \(error.localizedDescription)"
            )
        }
    }

    private static func introduction(of emulator: WondeEmulator) -> String {
        var lines = [
            "Wonde service (emulated)  \(emulator.origin)",
            "Token (invented)          \(emulator.token)",
        ]
        for school in emulator.schools {
            lines.append("School \(school.id)        \(school.name)")
        }
        if let first = emulator.schools.first {
            lines += [
                "",
                "Try:   curl -H 'Authorization: Bearer \(emulator.token)' \\",
                "         '\(emulator.origin)/v1.0/schools/\(first.id)/employees?per_page=2'",
            ]
        }
        lines.append("Help:  curl \(emulator.origin)/_control")
        return lines.joined(separator: "\n")
    }
}
