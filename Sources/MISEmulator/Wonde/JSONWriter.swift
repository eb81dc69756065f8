/// Writes JSON bytes straight into one buffer.
///
/// Every value leaves a comma behind it, which the end of its container takes away again.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let escapesText: Bool
    private static let hexDigits = Array("0123456789abcdef".utf8)

    init(escapesText: Bool = false, capacity: Int = 4_096) {
        self.escapesText = escapesText
        bytes.reserveCapacity(capacity)
    }

    /// The finished document.
    consuming func finished() -> [UInt8] {
        if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
        return bytes
    }

    mutating func beginObject() {
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func endObject() {
        end(UInt8(ascii: "}"))
    }

    mutating func beginList() {
        bytes.append(UInt8(ascii: "["))
    }

    mutating func endList() {
        end(UInt8(ascii: "]"))
    }

    private mutating func end(_ bracket: UInt8) {
        if bytes.last == UInt8(ascii: ",") {
            bytes[bytes.count - 1] = bracket
        } else {
            bytes.append(bracket)
        }
        bytes.append(UInt8(ascii: ","))
    }

    /// Writes the name of a member; the name needs no escaping.
    mutating func key(_ name: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func null() {
        bytes.append(contentsOf: "null,".utf8)
    }

    mutating func value(_ flag: Bool?) {
        guard let flag else { return null() }
        bytes.append(contentsOf: (flag ? "true," : "false,").utf8)
    }

    mutating func value(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
        bytes.append(UInt8(ascii: ","))
    }

    mutating func value(_ id: ObjectID) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: "A"))
        bytes.append(contentsOf: String(id.number).utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ","))
    }

    mutating func value(_ text: String?) {
        guard let text else { return null() }
        bytes.append(UInt8(ascii: "\""))
        if escapesText {
            appendASCII(text)
        } else {
            appendEscaped(text)
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ","))
    }

    mutating func member(_ name: String, _ text: String?) {
        key(name)
        value(text)
    }

    mutating func member(_ name: String, _ flag: Bool?) {
        key(name)
        value(flag)
    }

    mutating func member(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    mutating func member(_ name: String, _ id: ObjectID) {
        key(name)
        value(id)
    }

    /// Writes text that needs no escaping and is already between quotes or no string at all.
    mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Overwrites two zeros that were written before with the digits of a number below 100.
    mutating func fill(_ number: Int, at place: Int) {
        bytes[place] += UInt8(truncatingIfNeeded: number / 10)
        bytes[place + 1] += UInt8(truncatingIfNeeded: number % 10)
    }

    private mutating func appendEscaped(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        guard !isPlain else { return bytes.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                bytes.append(byte)
            } else {
                appendEscape(UInt16(byte))
            }
        }
    }

    private mutating func appendASCII(_ text: String) {
        for unit in text.utf16 {
            if unit >= 0x20, unit < 0x7F, unit != 0x22, unit != 0x5C, unit != 0x2F {
                bytes.append(UInt8(truncatingIfNeeded: unit))
            } else {
                appendEscape(unit)
            }
        }
    }

    private mutating func appendEscape(_ unit: UInt16) {
        bytes.append(UInt8(ascii: "\\"))
        switch unit {
        case 0x22, 0x5C, 0x2F: bytes.append(UInt8(truncatingIfNeeded: unit))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] {
                bytes.append(Self.hexDigits[Int(unit >> UInt16(shift)) & 15])
            }
        }
    }
}
