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
    private static let ownNames: Set<String> = ["time", "level", "label", "message", "cut"]

    private var members: [(name: String, value: Value)] = []

    init(metadata: Logger.Metadata) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { add(name, value) }
    }

    mutating func add(_ name: String, _ text: String) {
        append(name, .text(text))
    }

    private mutating func append(_ name: String, _ value: Value) {
        let name = Self.ownNames.contains(name) ? "metadata.\(name)" : name
        members.append((Self.cleaned(name, 64), value))
    }

    private mutating func add(_ name: String, _ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(name, .text(text))
        case .stringConvertible(let number as Int): append(name, .whole(number))
        case .stringConvertible(let number as Int64): append(name, .whole(Int(number)))
        case .stringConvertible(let number as Double): append(name, .real(number))
        case .stringConvertible(let flag as Bool): append(name, .bool(flag))
        case .stringConvertible(let other): append(name, .text(other.description))
        case .dictionary(let inner):
            for (key, value) in inner.sorted(by: { $0.key < $1.key }) {
                add("\(name).\(key)", value)
            }
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
            for (name, text, length) in [
                ("label", label, 128), ("message", message, Self.longestMessage),
            ] {
                let clean = Self.cleaned(text, length)
                room -= Self.written(clean)
                line.member(name, clean)
            }
            for (name, value) in members {
                let text = value.text.map { Self.cleaned($0, Self.longestText) }
                room -= Self.written(name) + Self.written(text ?? "") + 32
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
    /// `length` bytes in JSON.
    private static func cleaned(_ text: String, _ length: Int) -> String {
        let isShort = written(text) <= length
        if isShort, text.utf8.allSatisfy({ $0 < 0x7F }) { return text }
        var result = ""
        // For the quotes and the mark of the cut.
        var room = length - 5
        for scalar in text.unicodeScalars {
            let isHidden = (0x7F...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
            let shown: Unicode.Scalar = isHidden ? "\u{FFFD}" : scalar
            room -= shown.utf8.reduce(0) { $0 + written($1) }
            guard isShort || room >= 0 else { return result + "…" }
            result.unicodeScalars.append(shown)
        }
        return result
    }

    /// The bytes that the text takes in JSON, its quotes included.
    private static func written(_ text: String) -> Int {
        text.utf8.reduce(2) { $0 + written($1) }
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
    /// The text, where it is one.
    fileprivate var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
}
