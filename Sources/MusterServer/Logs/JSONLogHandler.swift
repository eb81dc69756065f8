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
    private let clock: any MusterClock

    /// Writes the lines of the logger called `label`.
    /// - Parameters:
    ///   - label: The logger's name.
    ///   - level: The least level that is written.
    ///   - descriptor: Where lines go; standard error unless told otherwise.
    ///   - metadataProvider: Adds to each line what the task knows.
    ///   - clock: The time.
    package init(
        label: String,
        level: Logger.Level = .info,
        descriptor: Int32 = STDERR_FILENO,
        metadataProvider: Logger.MetadataProvider? = nil,
        clock: any MusterClock = SystemClock()
    ) {
        self.label = label
        logLevel = level
        self.descriptor = descriptor
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
        write(
            line.bytes(
                time: LogLine.time(clock.now()),
                level: event.level.rawValue,
                label: label,
                message: event.message.description
            )
        )
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
