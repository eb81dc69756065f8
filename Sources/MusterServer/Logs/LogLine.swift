import Foundation
import JSON
import Logging
import Roster

/// One line as it is put together: flat, with a bound on its length.
struct LogLine {
    /// What a member says.
    fileprivate enum Value {
        case text(String)
        case whole(Int)
        case real(Double)
        case bool(Bool)
    }

    /// The most bytes of a line, its end included: what a pipe takes in one piece.
    static let limit = 4096
    private static let longestText = 512
    private static let longestMessage = 1024
    private static let longestName = 64

    private var members: [(name: String, value: Value)] = []

    init(metadata: Logger.Metadata) {
        members.reserveCapacity(metadata.count + 1)
        add(metadata, prefix: "")
    }

    private mutating func add(_ metadata: Logger.Metadata, prefix: String) {
        // The names alone: sorting them with their values moves four times as much about.
        for name in metadata.keys.sorted() {
            if let value = metadata[name] { add(prefix + name, value) }
        }
    }

    mutating func add(_ name: String, _ text: String) {
        append(name, .text(text))
    }

    private mutating func append(_ name: String, _ value: Value) {
        switch name {
        case "time", "level", "label", "message", "cut":
            members.append(("metadata.\(name)", value))
        default: members.append((name, value))
        }
    }

    private mutating func add(_ name: String, _ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(name, .text(text))
        case .stringConvertible(let value): append(name, Value(value))
        case .dictionary(let inner): add(inner, prefix: "\(name).")
        case .array(let values):
            for (index, value) in values.enumerated() { add("\(name).\(index)", value) }
        }
    }

    /// The line, with its end.
    func bytes(time: String, level: String, label: String, message: String) -> [UInt8] {
        var room = Self.limit - 128
        var writer = JSONWriter()
        writer.object { line in
            line.member("time", time)
            line.member("level", level)
            let label = Self.cleaned(label, 128, &room)
            line.member("label", label)
            let message = Self.cleaned(message, Self.longestMessage, &room)
            line.member("message", message)
            for (name, value) in members {
                room -= 32
                let name = Self.cleaned(name, Self.longestName, &room)
                let text = value.text.map { Self.cleaned($0, Self.longestText, &room) }
                guard room > 0 else { return line.member("cut", true) }
                switch value {
                case .text: line.member(name, text)
                case .whole(let number): line.member(name, number)
                case .real(let number): line.member(name, number)
                case .bool(let flag): line.member(name, flag)
                }
            }
        }
        var bytes = writer.finish()
        bytes.append(0x0A)
        return bytes
    }
}

// Text that is safe to show and short enough to keep.
extension LogLine {
    /// The text without controls that JSON does not escape, cut so that it takes no more than
    /// `length` bytes in JSON, which `room` then has less.
    private static func cleaned(_ text: String, _ length: Int, _ room: inout Int) -> String {
        var text = text
        let (size, isPlain) = text.withUTF8 { bytes in
            var size = 2
            var highest: UInt8 = 0
            for byte in bytes {
                size += written(byte)
                highest = max(highest, byte)
            }
            return (size, highest < 0x7F)
        }
        if isPlain, size <= length {
            room -= size
            return text
        }
        return cleanedSlowly(text, length, isShort: size <= length, &room)
    }

    private static func cleanedSlowly(
        _ text: String,
        _ length: Int,
        isShort: Bool,
        _ room: inout Int
    ) -> String {
        var result = ""
        // For the quotes and the mark of the cut.
        var size = 5
        defer { room -= size }
        for scalar in text.unicodeScalars {
            let isHidden = (0x7F...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
            let shown: Unicode.Scalar = isHidden ? "\u{FFFD}" : scalar
            let more = shown.utf8.reduce(0) { $0 + written($1) }
            // A replaced control may be longer than it was; the room has space for that.
            guard isShort || size + more <= length else { return result + "…" }
            size += more
            result.unicodeScalars.append(shown)
        }
        return result
    }

    private static func written(_ byte: UInt8) -> Int {
        switch byte {
        case ..<0x20: 6
        case 0x22, 0x5C: 2
        default: 1
        }
    }
}

extension LogLine {
    /// As in `2026-09-01T08:15:00.000Z`.
    static func time(_ moment: Timestamp) -> String {
        let (whole, milliseconds) = moment.milliseconds.quotientAndRemainder(dividingBy: 1000)
        var seconds = time_t(whole)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let fields: [(value: Int, width: Int, end: UInt8)] = [
            (Int(parts.tm_year) + 1900, 4, 0x2D), (Int(parts.tm_mon) + 1, 2, 0x2D),
            (Int(parts.tm_mday), 2, 0x54), (Int(parts.tm_hour), 2, 0x3A),
            (Int(parts.tm_min), 2, 0x3A), (Int(parts.tm_sec), 2, 0x2E),
            (Int(milliseconds), 3, 0x5A),
        ]
        var text: [UInt8] = []
        text.reserveCapacity(24)
        for field in fields {
            var divisor = field.width == 4 ? 1000 : field.width == 3 ? 100 : 10
            while divisor > 0 {
                text.append(UInt8(0x30 + field.value / divisor % 10))
                divisor /= 10
            }
            text.append(field.end)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension LogLine.Value {
    /// The value as JSON has it: a number or a truth where it is one, else its text.
    fileprivate init(_ value: any CustomStringConvertible & Sendable) {
        // Types are compared first: a cast that fails costs more than all the rest.
        let type = ObjectIdentifier(type(of: value))
        if type == ObjectIdentifier(Int.self), let number = value as? Int {
            self = .whole(number)
        } else if type == ObjectIdentifier(Int64.self), let number = value as? Int64 {
            self = .whole(Int(number))
        } else if type == ObjectIdentifier(Double.self), let number = value as? Double {
            self = .real(number)
        } else if type == ObjectIdentifier(Bool.self), let truth = value as? Bool {
            self = .bool(truth)
        } else {
            self = .text(value.description)
        }
    }

    /// The text, where it is one.
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}
