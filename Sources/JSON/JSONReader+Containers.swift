extension JSONReader {
    /// Reads an object and calls `member` with each name, the reader standing at its value.
    ///
    /// A value that `member` leaves unread is skipped.
    package mutating func object(
        _ member: (JSONKey, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(.object)
        defer { depth &-= 1 }
        if try closes(with: ASCII.closeBrace) { return }
        repeat {
            let token = try scanMemberName()
            let start = offset
            let key = unsafe JSONKey(slice(token.range), hasEscapes: token.hasEscapes)
            try member(key, &self)
            if offset == start { try skip() }
        } while try continues(closing: ASCII.closeBrace)
    }

    /// Reads an array and calls `element` with the reader standing at each of its values.
    ///
    /// A value that `element` leaves unread is skipped.
    package mutating func array(
        _ element: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(.array)
        defer { depth &-= 1 }
        if try closes(with: ASCII.closeBracket) { return }
        repeat {
            let start = offset
            try element(&self)
            if offset == start { try skip() }
        } while try continues(closing: ASCII.closeBracket)
    }

    /// Enters the container that is next.
    ///
    /// Leaves everything as it was when it throws.
    private mutating func open(_ kind: JSONKind) throws(JSONError) {
        try expect(kind)
        guard depth < Self.depthLimit else { throw JSONError(.tooDeep, at: offset) }
        depth &+= 1
        offset &+= 1
        skipWhiteSpace()
    }

    /// Throws unless the next value is of `kind`; the value stays unread.
    mutating func expect(_ expected: JSONKind) throws(JSONError) {
        let found = try kind()
        guard found == expected else {
            throw JSONError(.wrongKind(expected: expected, found: found), at: offset)
        }
    }

    /// Passes over `closing` if it is the next byte: an empty container.
    mutating func closes(with closing: UInt8) throws(JSONError) -> Bool {
        guard try peek() == closing else { return false }
        offset &+= 1
        return true
    }

    /// After a value: passes over a comma (true) or the closing bracket (false).
    mutating func continues(closing: UInt8) throws(JSONError) -> Bool {
        skipWhiteSpace()
        let byte = try peek()
        guard byte == ASCII.comma || byte == closing else {
            throw JSONError(.unexpected(byte: byte), at: offset)
        }
        offset &+= 1
        guard byte == ASCII.comma else { return false }
        skipWhiteSpace()
        return true
    }

    /// Passes over a member's name and colon, up to its value.
    mutating func scanMemberName() throws(JSONError) -> JSONStringToken {
        try require(ASCII.quote)
        let token = try scanString()
        skipWhiteSpace()
        try require(ASCII.colon)
        offset &+= 1
        skipWhiteSpace()
        return token
    }

    private func require(_ expected: UInt8) throws(JSONError) {
        let byte = try peek()
        guard byte == expected else { throw JSONError(.unexpected(byte: byte), at: offset) }
    }
}
