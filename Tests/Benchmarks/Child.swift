import Foundation

/// This program once more, to do one thing in a process of its own.
struct Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let name: String

    /// Starts it; `arguments` say what it is to do.
    init(_ arguments: [String]) throws {
        name = arguments.first ?? ""
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath()
        process.arguments = [SyncChild.word] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Tells it that it is enough, waits for its end and gives what it found.
    func result<Found: Decodable>() throws -> Found {
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchTrouble("Measuring `\(name)` failed; see above why.")
        }
        return try JSONDecoder().decode(Found.self, from: data)
    }
}
