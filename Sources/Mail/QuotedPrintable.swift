/// Text as lines of 76 ASCII characters at most that no server on the way has reason to change.
enum QuotedPrintable {
    private static let maximumLine = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The text with CRLF line ends, whatever it had before; it ends with one.
    static func encode(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count + text.utf8.count / 8)
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
            .utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        // A line end at the end is the end of the last line, and no empty one after it.
        for line in lines.last?.isEmpty == true ? lines.dropLast() : lines[...] {
            encode(Array(line), to: &output)
        }
        return output
    }

    private static func encode(_ line: [UInt8], to output: inout [UInt8]) {
        var length = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let piece =
                isSafe(byte, isFirst: length == 0, isLast: isLast)
                ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            // One place is kept for the mark of a broken line.
            if length + piece.count > maximumLine - (isLast ? 0 : 1) {
                output += [0x3D, 0x0D, 0x0A]
                length = 0
            }
            output += piece
            length += piece.count
        }
        output += [0x0D, 0x0A]
    }

    private static func isSafe(_ byte: UInt8, isFirst: Bool, isLast: Bool) -> Bool {
        switch byte {
        case 0x20: !isLast
        case 0x3D: false
        // A dot at the start of a line means something to SMTP.
        case 0x2E: !isFirst
        case 0x21...0x7E: true
        default: false
        }
    }
}
