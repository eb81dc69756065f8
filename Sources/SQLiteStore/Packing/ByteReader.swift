import Roster

/// Bytes that are not what the store wrote.
struct DamagedBytes: Error {}

/// Reads values one after the other out of bytes; whatever the bytes are, it ends or throws.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int

    /// A reader from the start of `bytes`.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
    }

    private var remaining: Int { bytes.count - position }

    mutating func byte() throws(DamagedBytes) -> UInt8 {
        guard remaining > 0 else { throw DamagedBytes() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func count() throws(DamagedBytes) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            let next = try byte()
            // The tenth byte holds the one bit that is left.
            guard shift < 63 || next <= 1 else { throw DamagedBytes() }
            result |= UInt64(next & 0x7F) << shift
            if next & 0x80 == 0 { return result }
        }
        throw DamagedBytes()
    }

    mutating func number() throws(DamagedBytes) -> Int64 {
        let count = try count()
        return Int64(bitPattern: count >> 1) ^ -Int64(bitPattern: count & 1)
    }

    mutating func text() throws(DamagedBytes) -> String {
        let length = try count()
        guard length <= UInt64(remaining) else { throw DamagedBytes() }
        let end = position + Int(length)
        defer { position = end }
        let span = bytes.span.extracting(position..<end)
        do {
            return String(copying: try UTF8Span(validating: span))
        } catch {
            throw DamagedBytes()
        }
    }

    mutating func day() throws(DamagedBytes) -> Day {
        let packed = try count()
        guard packed < 10_000 * 512,
            let day = Day(
                year: Int(packed / 512),
                month: Int(packed / 32 % 16),
                day: Int(packed % 32)
            )
        else { throw DamagedBytes() }
        return day
    }

    mutating func term() throws(DamagedBytes) -> Term {
        let parts = try byte()
        guard parts <= 3 else { throw DamagedBytes() }
        let start = parts & 1 == 0 ? nil : try day()
        let end = parts & 2 == 0 ? nil : try day()
        return Term(start: start, end: end)
    }

    mutating func flag() throws(DamagedBytes) -> Bool {
        switch try byte() {
        case 0: false
        case 1: true
        default: throw DamagedBytes()
        }
    }

    mutating func optionalText() throws(DamagedBytes) -> String? {
        try flag() ? try text() : nil
    }

    /// Whether somebody has parental responsibility, as far as that is said.
    mutating func responsibility() throws(DamagedBytes) -> Bool? {
        switch try byte() {
        case 0: nil
        case 1: true
        case 2: false
        default: throw DamagedBytes()
        }
    }

    /// The length of a list.
    mutating func length() throws(DamagedBytes) -> Int {
        let length = try count()
        // Every item takes a byte or more, so a longer list cannot be meant.
        guard length <= UInt64(remaining) else { throw DamagedBytes() }
        return Int(length)
    }

    /// Nothing may follow what was read.
    func finish() throws(DamagedBytes) {
        guard remaining == 0 else { throw DamagedBytes() }
    }
}
