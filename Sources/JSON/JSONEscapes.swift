/// Decodes the escapes of a JSON string that has been checked already.
enum JSONEscapes {
    /// Half of a surrogate pair stands alone: U+FFFD takes its place.
    ///
    /// One broken name must not cost a page of people, so this is not an error.
    private static let replacement: UInt32 = 0xFFFD

    /// The text of `raw`, the bytes between the quotes.
    ///
    /// No escape is shorter than the UTF-8 it stands for, so the result fits in `raw.count` bytes.
    @unsafe
    static func decode(_ raw: UnsafeBufferPointer<UInt8>) -> String {
        unsafe String(unsafeUninitializedCapacity: raw.count) { output in
            var read = 0
            var written = 0
            while read < raw.count {
                let byte = unsafe raw[read]
                if byte == ASCII.backslash {
                    let scalar = unsafe scalar(in: raw, at: &read)
                    unsafe write(scalar, to: output, at: &written)
                } else {
                    unsafe output[written] = byte
                    read &+= 1
                    written &+= 1
                }
            }
            return written
        }
    }

    /// Reads the escape that begins at `index` (two, for a surrogate pair) and moves behind it.
    private static func scalar(in raw: UnsafeBufferPointer<UInt8>, at index: inout Int) -> UInt32 {
        let letter = unsafe raw[index &+ 1]
        guard letter == ASCII.lowerU else {
            index &+= 2
            return UInt32(plain(letter))
        }
        let first = unsafe codeUnit(in: raw, at: index &+ 2)
        index &+= 6
        guard first & 0xF800 == 0xD800 else { return first }
        guard first < 0xDC00, index &+ 6 <= raw.count,
            unsafe raw[index] == ASCII.backslash && raw[index &+ 1] == ASCII.lowerU
        else { return replacement }
        let second = unsafe codeUnit(in: raw, at: index &+ 2)
        guard second & 0xFC00 == 0xDC00 else { return replacement }
        index &+= 6
        return 0x10000 &+ ((first & 0x3FF) << 10) &+ (second & 0x3FF)
    }

    private static func plain(_ letter: UInt8) -> UInt8 {
        switch letter {
        case ASCII.lowerB: 0x08
        case ASCII.lowerT: ASCII.tab
        case ASCII.lowerN: ASCII.lineFeed
        case ASCII.lowerF: 0x0C
        case ASCII.lowerR: ASCII.carriageReturn
        default: letter
        }
    }

    private static func codeUnit(in raw: UnsafeBufferPointer<UInt8>, at index: Int) -> UInt32 {
        var value: UInt32 = 0
        for place in index..<index &+ 4 {
            value = value << 4 | UInt32(ASCII.hexadecimalValue(unsafe raw[place]) ?? 0)
        }
        return value
    }

    private static func write(
        _ scalar: UInt32,
        to output: UnsafeMutableBufferPointer<UInt8>,
        at index: inout Int
    ) {
        let scalar = Unicode.Scalar(scalar) ?? "\u{FFFD}"
        for byte in scalar.utf8 {
            unsafe output[index] = byte
            index &+= 1
        }
    }
}
