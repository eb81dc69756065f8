import Foundation
import JSON

/// Standard output, for the answer, and standard error, for messages.
enum Console {
    /// Writes a text and a line break to standard output.
    ///
    /// Whatever others wrote into it, the terminal gets no command: only line breaks stay.
    static func print(_ text: String) {
        write(Array("\(TerminalText.lines(text))\n".utf8), to: STDOUT_FILENO)
    }

    /// Writes one JSON object to standard output, laid out for people on a terminal.
    static func print(json members: (inout JSONObjectWriter) -> Void) {
        var writer = JSONWriter(pretty: isatty(STDOUT_FILENO) == 1)
        writer.object(members)
        write(writer.finish() + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
    }

    /// Writes a message of one line to standard error.
    static func say(_ sentence: String) {
        write(Array("\(TerminalText.line(sentence))\n".utf8), to: STDERR_FILENO)
    }

    /// Writes a message of several lines to standard error.
    static func say(lines text: String) {
        write(Array("\(TerminalText.lines(text))\n".utf8), to: STDERR_FILENO)
    }

    /// Writes everything, or gives up where nobody reads any more.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}
