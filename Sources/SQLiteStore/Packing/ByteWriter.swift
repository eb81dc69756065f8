import Roster

/// Writes values one after the other into bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(byte: UInt8) { bytes.append(byte) }

    /// Seven bits a byte, low ones first; the high bit says that more follow.
    mutating func write(count: UInt64) {
        var rest = count
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Signed numbers alternate, so that small ones are short whatever their sign.
    mutating func write(number: Int64) {
        write(count: UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// The length in bytes, then UTF-8.
    mutating func write(text: String) {
        write(count: UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(day: Day) {
        write(count: UInt64(day.year * 512 + day.month * 32 + day.day))
    }

    /// A byte that says which of the two days follow, then these.
    mutating func write(term: Term) {
        write(byte: (term.start == nil ? 0 : 1) | (term.end == nil ? 0 : 2))
        if let start = term.start { write(day: start) }
        if let end = term.end { write(day: end) }
    }

    mutating func write(optional text: String?) {
        write(byte: text == nil ? 0 : 1)
        if let text { write(text: text) }
    }
}
