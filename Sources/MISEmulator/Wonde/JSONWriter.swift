/// Writes JSON bytes straight into one block of memory.
///
/// Every value leaves a comma behind it, which the end of its container takes away again.
///
/// A page of two hundred people is written by some fifty thousand small steps, so the writer keeps
/// a plain pointer instead of an array, which would ask at every step whether it is shared. The
/// pointer is safe for these reasons: `storage` owns the memory and lives as long as the writer;
/// `makeRoom` comes before every write and is the only place that replaces both; and a copy of a
/// writer is never written to (there is one writer to an answer, passed on as `inout`).
struct JSONWriter {
    private final class Storage {
        let base: UnsafeMutablePointer<UInt8>

        init(capacity: Int) {
            base = .allocate(capacity: capacity)
        }

        deinit {
            base.deallocate()
        }
    }

    private var storage: Storage
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// How many bytes were written.
    private(set) var count = 0
    private let escapesText: Bool
    private static let hexDigits = Array("0123456789abcdef".utf8)

    init(escapesText: Bool = false, capacity: Int = 4_096) {
        self.escapesText = escapesText
        self.capacity = max(64, capacity)
        storage = Storage(capacity: self.capacity)
        base = storage.base
    }

    /// The finished document.
    consuming func finished() -> [UInt8] {
        if last == UInt8(ascii: ",") { count -= 1 }
        return Array(UnsafeBufferPointer(start: base, count: count))
    }

    private var last: UInt8? {
        count > 0 ? base[count - 1] : nil
    }

    private mutating func makeRoom(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = max(capacity * 2, count + more)
        let larger = Storage(capacity: capacity)
        larger.base.initialize(from: base, count: count)
        storage = larger
        base = larger.base
    }

    private mutating func append(_ byte: UInt8) {
        makeRoom(1)
        base[count] = byte
        count += 1
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        makeRoom(text.count)
        (base + count).initialize(from: start, count: text.count)
        count += text.count
    }

    mutating func beginObject() {
        append(UInt8(ascii: "{"))
    }

    mutating func endObject() {
        end(UInt8(ascii: "}"))
    }

    mutating func beginList() {
        append(UInt8(ascii: "["))
    }

    mutating func endList() {
        end(UInt8(ascii: "]"))
    }

    private mutating func end(_ bracket: UInt8) {
        if last == UInt8(ascii: ",") {
            base[count - 1] = bracket
        } else {
            append(bracket)
        }
        append(UInt8(ascii: ","))
    }

    /// Writes the name of a member; the name needs no escaping.
    mutating func key(_ name: String) {
        append(UInt8(ascii: "\""))
        raw(name)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
    }

    mutating func null() {
        raw("null,")
    }

    mutating func value(_ flag: Bool?) {
        guard let flag else { return null() }
        raw(flag ? "true," : "false,")
    }

    mutating func value(_ number: Int) {
        raw(String(number))
        append(UInt8(ascii: ","))
    }

    mutating func value(_ id: ObjectID) {
        makeRoom(32)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: "A"))
        raw(String(id.number))
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ","))
    }

    /// Writes a UPI as its 32 digits.
    mutating func value(_ upi: UPI) {
        makeRoom(36)
        append(UInt8(ascii: "\""))
        for word in [upi.high, upi.low] {
            for shift in stride(from: 60, through: 0, by: -4) {
                append(Self.hexDigits[Int(truncatingIfNeeded: word >> UInt64(shift)) & 15])
            }
        }
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ","))
    }

    mutating func value(_ text: String?) {
        guard let text else { return null() }
        append(UInt8(ascii: "\""))
        if escapesText {
            appendASCII(text)
        } else {
            appendEscaped(text)
        }
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ","))
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

    /// Writes text as it stands: numbers, literals, and objects that are known to be right.
    mutating func raw(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Overwrites two zeros that were written before with the digits of a number below 100.
    mutating func fill(_ number: Int, at place: Int) {
        precondition(place >= 0 && place + 1 < count, "only what was written can be overwritten")
        base[place] += UInt8(truncatingIfNeeded: number / 10)
        base[place + 1] += UInt8(truncatingIfNeeded: number % 10)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func appendEscaped(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if utf8.allSatisfy(Self.isPlain) { return append(utf8) }
            for byte in utf8 {
                if Self.isPlain(byte) { append(byte) } else { appendEscape(UInt16(byte)) }
            }
        }
    }

    private mutating func appendASCII(_ text: String) {
        for unit in text.utf16 {
            if unit >= 0x20, unit < 0x7F, unit != 0x22, unit != 0x5C, unit != 0x2F {
                append(UInt8(truncatingIfNeeded: unit))
            } else {
                appendEscape(unit)
            }
        }
    }

    private mutating func appendEscape(_ unit: UInt16) {
        append(UInt8(ascii: "\\"))
        switch unit {
        case 0x22, 0x5C, 0x2F: append(UInt8(truncatingIfNeeded: unit))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        default:
            append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] {
                append(Self.hexDigits[Int(unit >> UInt16(shift)) & 15])
            }
        }
    }
}
