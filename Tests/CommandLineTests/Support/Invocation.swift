import Foundation
import Testing

/// What a finished process left behind.
struct Outcome: Sendable {
    var status: Int32
    /// Whether a signal ended it.
    var isSignalled: Bool
    var output: String
    var messages: String

    /// Standard output as the one JSON object it must be.
    func json(
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        try #require(
            output.hasSuffix("\n") && output.hasPrefix("{"),
            "no JSON object: \(output) \(messages)",
            sourceLocation: sourceLocation
        )
        return try JSONDecoder().decode(JSONValue.self, from: Data(output.utf8))
    }
}

/// The built command while it runs.
final class Invocation: Sendable {
    private let process: Process
    private let output = Pump()
    private let messages = Pump()

    /// Where these tests were built, and the commands beside them.
    static let folder: URL = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        return URL(fileURLWithPath: tests ?? CommandLine.arguments[0])
            .deletingLastPathComponent()
    }()

    private let ended: AsyncStream<Never>

    init(
        _ arguments: [String],
        of command: String = "muster",
        environment: [String: String],
        folder: String,
        onTerminal: Bool = false
    ) throws {
        process = Process()
        process.executableURL =
            command.hasPrefix("/")
            ? URL(fileURLWithPath: command) : Self.folder.appendingPathComponent(command)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        self.ended = ended
        process.terminationHandler = { _ in end.finish() }
        let outputPipe = Pipe()
        let (reading, writing) = onTerminal ? try Self.terminal() : Self.pipe()
        process.standardOutput = outputPipe
        process.standardError = writing
        try process.run()
        try writing.close()
        output.read(outputPipe.fileHandleForReading)
        messages.read(reading)
    }

    private static func pipe() -> (reading: FileHandle, writing: FileHandle) {
        let pipe = Pipe()
        return (pipe.fileHandleForReading, pipe.fileHandleForWriting)
    }

    /// Both ends of a new terminal: ours, and the one that the command takes for a person's.
    private static func terminal() throws -> (reading: FileHandle, writing: FileHandle) {
        // Swift sees none of the functions for this, so it asks Linux by its own numbers:
        // TIOCSPTLCK unlocks the other end, TIOCGPTN tells its number.
        let ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: Int32 = 0
        try #require(ours >= 0)
        try #require(ioctl(ours, 0x4004_5431, &locked) == 0)
        try #require(ioctl(ours, 0x8004_5430, &number) == 0)
        let theirs = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(theirs >= 0)
        return (
            FileHandle(fileDescriptor: ours, closeOnDealloc: true),
            FileHandle(fileDescriptor: theirs, closeOnDealloc: true)
        )
    }

    var processID: Int32 { process.processIdentifier }

    /// Waits until the process wrote something to standard output and ended the line.
    func firstLine() async -> String { await output.firstLine() }

    /// Waits until the messages hold `words`; false where they ended without them.
    func said(_ words: String) async -> Bool { await messages.holds(words) }

    /// Waits for a message that begins with `words`; nil where the messages ended without one.
    func saidLine(_ words: String) async -> String? { await messages.line(beginningWith: words) }

    /// Ends the process the hard way.
    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    func outcome() async -> Outcome {
        for await _ in ended {}
        let text = await output.all()
        let said = await messages.all()
        return Outcome(
            status: process.terminationStatus,
            isSignalled: process.terminationReason == .uncaughtSignal,
            output: text,
            messages: said
        )
    }
}
