/// Writes the members of one object.
package struct JSONObjectWriter: ~Copyable {
    var output = JSONOutput(isPretty: false)
    private(set) var isEmpty = true

    /// Writes text; nil becomes null.
    package mutating func member(_ name: String, _ value: String?) {
        begin(name)
        if let value { output.string(value) } else { output.null() }
    }

    /// Writes a whole number; nil becomes null.
    package mutating func member(_ name: String, _ value: Int?) {
        begin(name)
        if let value { output.integer(value) } else { output.null() }
    }

    /// Writes a number in the fewest digits that read back the same; nil becomes null.
    ///
    /// So do infinities and "not a number", which JSON cannot express.
    package mutating func member(_ name: String, _ value: Double?) {
        begin(name)
        if let value { output.double(value) } else { output.null() }
    }

    /// Writes true or false; nil becomes null.
    package mutating func member(_ name: String, _ value: Bool?) {
        begin(name)
        if let value { output.bool(value) } else { output.null() }
    }

    /// Writes text, or nothing at all when there is none.
    package mutating func member(_ name: String, ifPresent value: String?) {
        if let value { member(name, value) }
    }

    /// Writes a whole number, or nothing at all when there is none.
    package mutating func member(_ name: String, ifPresent value: Int?) {
        if let value { member(name, value) }
    }

    /// Writes null.
    package mutating func null(_ name: String) {
        begin(name)
        output.null()
    }

    /// Writes an array of texts.
    package mutating func member(_ name: String, _ values: some Sequence<String>) {
        array(name) { array in
            for value in values { array.element(value) }
        }
    }

    /// Writes a nested object.
    package mutating func object<Failure>(
        _ name: String,
        _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(name)
        try output.object(members)
    }

    /// Writes a nested array.
    package mutating func array<Failure>(
        _ name: String,
        _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(name)
        try output.array(elements)
    }

    private mutating func begin(_ name: String) {
        output.separate(isFirst: isEmpty)
        isEmpty = false
        output.name(name)
    }
}
