import Foundation
import JSON
package import Logging
package import Muster

/// Writes each log line as one JSON object, in one write.
///
/// Metadata become members beside `time`, `level`, `label` and `message`; numbers stay numbers.
/// A line is never longer than a pipe takes in one piece, so lines of several threads and
/// processes do not mix: long texts are cut, and what then has no room is left out.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let descriptor: Int32
    private let hasPriority: Bool
    private let clock: any MusterClock

    /// Writes the lines of the logger called `label`.
    /// - Parameters:
    ///   - label: The logger's name.
    ///   - level: The least level that is written.
    ///   - descriptor: Where lines go; standard error unless told otherwise.
    ///   - hasPriority: Whether lines begin with their priority, as the system's journal reads it.
    ///   - metadataProvider: Adds to each line what the task knows.
    ///   - clock: The time.
    package init(
        label: String,
        level: Logger.Level = .info,
        descriptor: Int32 = STDERR_FILENO,
        hasPriority: Bool = false,
        metadataProvider: Logger.MetadataProvider? = nil,
        clock: any MusterClock = SystemClock()
    ) {
        self.label = label
        logLevel = level
        self.descriptor = descriptor
        self.hasPriority = hasPriority
        self.metadataProvider = metadataProvider
        self.clock = clock
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata {
            if all.isEmpty { all = own } else { all.merge(own) { $1 } }
        }
        var line = LogLine(metadata: all)
        // What an error says may hold what was asked for: its type is enough to find the place.
        if let error = event.error { line.add("error", "\(type(of: error))") }
        let bytes = line.bytes(
            time: LogLine.time(clock.now()),
            level: event.level.rawValue,
            label: label,
            message: event.message.description
        )
        write(hasPriority ? Array("<\(event.level.priority)>".utf8) + bytes : bytes)
    }

    /// Whether `descriptor` leads to the system's journal, which says so in JOURNAL_STREAM.
    ///
    /// The variable is left to every child, wherever its output goes: so the file is looked at.
    package static func isJournal(_ descriptor: Int32, journalStream: String?) -> Bool {
        var facts = stat()
        guard let journalStream, fstat(descriptor, &facts) == 0 else { return false }
        return journalStream == "\(facts.st_dev):\(facts.st_ino)"
    }

    private func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            // A signal may come in between; whatever else goes wrong has no place to be told.
            while Foundation.write(descriptor, bytes.baseAddress, bytes.count) < 0, errno == EINTR {
                continue
            }
        }
    }
}

extension Logger.Level {
    /// The priority by which the system's journal files a line.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
