/// An id as one segment of an address, so that no id can lead to another resource.
struct PathSegment: Sendable, Hashable {
    /// The id with everything but letters, digits, `-`, `_`, `.` and `~` written as `%XX`.
    let escaped: String

    /// Nil where the id is empty, far too long, or steps up or down a path.
    init?(_ id: String) {
        guard !id.isEmpty, id.utf8.count <= 200, id != ".", id != ".." else { return nil }
        escaped = id.utf8.reduce(into: "") { text, byte in
            if Self.isUnreserved(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
