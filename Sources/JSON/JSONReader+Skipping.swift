extension JSONReader {
    /// Passes over the next value, which is checked as strictly as one that is read.
    package mutating func skip() throws(JSONError) {
        var nest = Nest()
        repeat {
            try skipToScalarEnd(&nest)
        } while try continues(&nest)
    }

    /// Passes over the next value and gives the bytes it takes, to hash or to read again.
    package mutating func skipCapturing() throws(JSONError) -> Range<Int> {
        skipWhiteSpace()
        let start = offset
        try skip()
        return start..<offset
    }
}

/// Which containers a skip has open: no recursion, so nesting cannot overflow the stack.
private struct Nest {
    /// The lowest bit is the innermost container: 1 is an object.
    ///
    /// Holds `depthLimit` of them.
    private var kinds: UInt128 = 0
    private(set) var depth = 0

    var isInObject: Bool { kinds & 1 == 1 }

    mutating func open(isObject: Bool) {
        kinds = kinds << 1 | (isObject ? 1 : 0)
        depth &+= 1
    }

    mutating func close() {
        kinds >>= 1
        depth &-= 1
    }
}

extension JSONReader {
    /// Passes over opening brackets and names up to a scalar or an empty container, and over that.
    private mutating func skipToScalarEnd(_ nest: inout Nest) throws(JSONError) {
        while true {
            switch try kind() {
            case .string:
                _ = try scanString()
                return
            case .number:
                _ = try scanNumber()
                return
            case .bool, .null:
                _ = try scanLiteral()
                return
            case .object:
                if try isEmptyAfterOpening(&nest, isObject: true) { return }
                _ = try scanMemberName()
            case .array:
                if try isEmptyAfterOpening(&nest, isObject: false) { return }
            }
        }
    }

    private mutating func isEmptyAfterOpening(
        _ nest: inout Nest,
        isObject: Bool
    ) throws(JSONError) -> Bool {
        guard depth &+ nest.depth < Self.depthLimit else { throw JSONError(.tooDeep, at: offset) }
        offset &+= 1
        skipWhiteSpace()
        if try closes(with: isObject ? ASCII.closeBrace : ASCII.closeBracket) { return true }
        nest.open(isObject: isObject)
        return false
    }

    /// After a value: closes what ends here; false when the outermost container has.
    private mutating func continues(_ nest: inout Nest) throws(JSONError) -> Bool {
        while nest.depth > 0 {
            let closing = nest.isInObject ? ASCII.closeBrace : ASCII.closeBracket
            if try continues(closing: closing) {
                if nest.isInObject { _ = try scanMemberName() }
                return true
            }
            nest.close()
        }
        return false
    }
}
