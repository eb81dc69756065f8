/// Writes the elements of one array.
package struct JSONArrayWriter: ~Copyable {
    var output = JSONOutput(isPretty: false)
    private(set) var isEmpty = true

    /// Writes text; nil becomes null.
    package mutating func element(_ value: String?) {
        begin()
        if let value { output.string(value) } else { output.null() }
    }

    /// Writes a whole number; nil becomes null.
    package mutating func element(_ value: Int?) {
        begin()
        if let value { output.integer(value) } else { output.null() }
    }

    /// Writes a number in the fewest digits that read back the same; nil becomes null.
    ///
    /// So do infinities and "not a number", which JSON cannot express.
    package mutating func element(_ value: Double?) {
        begin()
        if let value { output.double(value) } else { output.null() }
    }

    /// Writes true or false; nil becomes null.
    package mutating func element(_ value: Bool?) {
        begin()
        if let value { output.bool(value) } else { output.null() }
    }

    /// Writes null.
    package mutating func null() {
        begin()
        output.null()
    }

    /// Writes a nested object.
    package mutating func object<Failure>(
        _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin()
        try output.object(members)
    }

    /// Writes a nested array.
    package mutating func array<Failure>(
        _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin()
        try output.array(elements)
    }

    private mutating func begin() {
        output.separate(isFirst: isEmpty)
        isEmpty = false
    }
}
