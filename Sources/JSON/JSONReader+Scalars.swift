extension JSONReader {
    /// Reads a string; any other kind is an error.
    package mutating func string() throws(JSONError) -> String {
        try expect(.string)
        return decode(try scanString())
    }

    /// Reads any scalar as text: a string as it is, the rest as the document writes it.
    ///
    /// Null is nil; objects and arrays are skipped and nil.
    package mutating func text() throws(JSONError) -> String? {
        switch try kind() {
        case .string:
            return decode(try scanString())
        case .number:
            let range = try scanNumber()
            return unsafe String(decoding: slice(range), as: UTF8.self)
        case .bool, .null:
            return try scanLiteral().map { $0 ? "true" : "false" }
        case .object, .array:
            try skip()
            return nil
        }
    }

    /// Reads `true` and `false`, also as strings, and 1 and 0 in either form; anything else is
    /// skipped and nil.
    package mutating func bool() throws(JSONError) -> Bool? {
        switch try kind() {
        case .bool, .null:
            return try scanLiteral()
        case .string:
            let token = try scanString()
            return switch unsafe JSONKey(slice(token.range), hasEscapes: token.hasEscapes) {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        case .number:
            let range = try scanNumber()
            guard range.count == 1 else { return nil }
            return switch byte(at: range.lowerBound) {
            case ASCII.one: true
            case ASCII.zero: false
            default: nil
            }
        case .object, .array:
            try skip()
            return nil
        }
    }

    /// Reads a whole number, also from a string of digits; anything else is skipped and nil.
    ///
    /// `3.0` is 3; a number too large for `Int` or written with an exponent is nil.
    package mutating func integer() throws(JSONError) -> Int? {
        switch try kind() {
        case .number:
            let range = try scanNumber()
            return wholeNumber(range)
        case .string:
            return Int(strictly: decode(try scanString()))
        case .bool, .null, .object, .array:
            try skip()
            return nil
        }
    }

    private func decode(_ token: JSONStringToken) -> String {
        let raw = unsafe slice(token.range)
        return unsafe token.hasEscapes
            ? JSONEscapes.decode(raw) : String(decoding: raw, as: UTF8.self)
    }

    /// The worth of a checked number, if it is whole, written without an exponent, and fits.
    private func wholeNumber(_ range: Range<Int>) -> Int? {
        var value = 0
        var cursor = range.lowerBound
        let isNegative = byte(at: cursor) == ASCII.minus
        if isNegative { cursor &+= 1 }
        while cursor < range.upperBound, ASCII.isDigit(byte(at: cursor)) {
            let digit = Int(byte(at: cursor) &- ASCII.zero)
            let (tenfold, overflowed) = value.multipliedReportingOverflow(by: 10)
            // Counting downwards for negative numbers reaches `Int.min`.
            let (sum, spilled) = tenfold.addingReportingOverflow(isNegative ? -digit : digit)
            if overflowed || spilled { return nil }
            value = sum
            cursor &+= 1
        }
        guard cursor < range.upperBound else { return value }
        guard byte(at: cursor) == ASCII.dot else { return nil }
        for index in cursor &+ 1..<range.upperBound where byte(at: index) != ASCII.zero {
            return nil
        }
        return value
    }
}

extension Int {
    /// Digits with at most a minus before them; `Int.init` would take a plus too.
    fileprivate init?(strictly text: String) {
        guard text.utf8.first != ASCII.plus else { return nil }
        self.init(text)
    }
}
