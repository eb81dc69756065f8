/// A string's bytes between its quotes, checked but not decoded.
struct JSONStringToken {
    let range: Range<Int>
    let hasEscapes: Bool
}

extension JSONReader {
    @inline(__always)
    mutating func skipWhiteSpace() {
        if offset < end, byte(at: offset) > ASCII.space { return }
        skipWhiteSpaceRun()
    }

    private mutating func skipWhiteSpaceRun() {
        var cursor = offset
        loop: while cursor < end {
            switch byte(at: cursor) {
            case ASCII.space, ASCII.lineFeed, ASCII.carriageReturn, ASCII.tab: cursor &+= 1
            default: break loop
            }
        }
        offset = cursor
    }

    /// Passes over the string whose opening quote is next.
    mutating func scanString() throws(JSONError) -> JSONStringToken {
        let start = offset &+ 1
        var cursor = start
        var hasEscapes = false
        while true {
            cursor = endOfPlainRun(from: cursor)
            let byte = try checkedByte(at: cursor)
            if byte == ASCII.quote { break }
            if byte == ASCII.backslash {
                hasEscapes = true
                cursor = try endOfEscape(from: cursor)
            } else if byte >= 0x80 {
                cursor = try endOfSequence(from: cursor)
            } else {
                throw JSONError(.unexpected(byte: byte), at: cursor)
            }
        }
        offset = cursor &+ 1
        return JSONStringToken(
            range: start..<cursor,
            hasEscapes: hasEscapes
        )
    }

    /// The first place from `cursor` that is not plain ASCII: a quote, a backslash, a control
    /// character, a byte of a longer sequence, or the end.
    @inline(__always)
    private func endOfPlainRun(from cursor: Int) -> Int {
        var cursor = cursor
        while cursor &+ 8 <= end {
            let marks = Self.specialBytes(in: word(at: cursor))
            if marks != 0 { return cursor &+ marks.trailingZeroBitCount >> 3 }
            cursor &+= 8
        }
        while cursor < end {
            let byte = byte(at: cursor)
            if byte == ASCII.quote || byte == ASCII.backslash || byte < 0x20 || byte >= 0x80 {
                break
            }
            cursor &+= 1
        }
        return cursor
    }

    /// Sets the top bit of each byte that ends a plain run; only the lowest mark can be trusted,
    /// because a borrow may run into the bytes above it.
    @inline(__always)
    private static func specialBytes(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* UInt64(ASCII.quote))
        let backslashes = word ^ (ones &* UInt64(ASCII.backslash))
        let found =
            ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
            | ((word &- ones &* 0x20) & ~word) | word
        return found & tops
    }

    /// Checks the escape whose backslash stands at `start`.
    private func endOfEscape(from start: Int) throws(JSONError) -> Int {
        switch try checkedByte(at: start &+ 1) {
        case ASCII.quote, ASCII.backslash, ASCII.slash, ASCII.lowerB, ASCII.lowerF, ASCII.lowerN,
            ASCII.lowerR, ASCII.lowerT:
            return start &+ 2
        case ASCII.lowerU:
            for index in start &+ 2..<start &+ 6 {
                guard ASCII.hexadecimalValue(try checkedByte(at: index)) != nil else {
                    throw JSONError(.invalidEscape, at: start)
                }
            }
            return start &+ 6
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    /// Checks the UTF-8 sequence of two to four bytes at `start`: no overlong form, no surrogate,
    /// nothing above U+10FFFF.
    private func endOfSequence(from start: Int) throws(JSONError) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch byte(at: start) {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONError(.invalidUTF8, at: start)
        }
        guard second.contains(try checkedByte(at: start &+ 1)) else {
            throw JSONError(.invalidUTF8, at: start)
        }
        for index in start &+ 2..<max(start &+ 2, start &+ length) {
            guard try checkedByte(at: index) & 0xC0 == 0x80 else {
                throw JSONError(.invalidUTF8, at: start)
            }
        }
        return start &+ length
    }

    /// Passes over the number that is next and gives its bytes.
    mutating func scanNumber() throws(JSONError) -> Range<Int> {
        let start = offset
        var cursor = start
        if byte(at: cursor) == ASCII.minus { cursor &+= 1 }
        if try checkedByte(at: cursor) == ASCII.zero {
            cursor &+= 1
            if cursor < end, ASCII.isDigit(byte(at: cursor)) {
                throw JSONError(.invalidNumber, at: cursor)
            }
        } else {
            cursor = try endOfDigits(from: cursor)
        }
        if cursor < end, byte(at: cursor) == ASCII.dot {
            cursor = try endOfDigits(from: cursor &+ 1)
        }
        if cursor < end, byte(at: cursor) | ASCII.caseBit == ASCII.lowerE {
            let sign = try checkedByte(at: cursor &+ 1)
            let isSigned = sign == ASCII.plus || sign == ASCII.minus
            cursor = try endOfDigits(from: cursor &+ (isSigned ? 2 : 1))
        }
        offset = cursor
        return start..<cursor
    }

    /// Passes over digits, at least one.
    private func endOfDigits(from start: Int) throws(JSONError) -> Int {
        guard ASCII.isDigit(try checkedByte(at: start)) else {
            throw JSONError(.invalidNumber, at: start)
        }
        var cursor = start &+ 1
        while cursor < end, ASCII.isDigit(byte(at: cursor)) { cursor &+= 1 }
        return cursor
    }

    /// Passes over `true`, `false` or `null`, whose first letter is next.
    mutating func scanLiteral() throws(JSONError) -> Bool? {
        switch byte(at: offset) {
        case ASCII.lowerT:
            try expect("true")
            return true
        case ASCII.lowerF:
            try expect("false")
            return false
        default:
            try expect("null")
            return nil
        }
    }

    private mutating func expect(_ literal: StaticString) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            let expected = unsafe literal.utf8Start[index]
            guard try checkedByte(at: offset &+ index) == expected else {
                throw JSONError(.invalidLiteral, at: offset)
            }
        }
        offset &+= literal.utf8CodeUnitCount
    }
}
