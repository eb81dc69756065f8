/// Writes one JSON document by hand, in the order of the calls.
///
/// For answers and command output, where Foundation's encoding would cost more than the work. What
/// it writes is always valid JSON: an object takes only members, an array only elements, and every
/// bracket is closed, also when a closure throws. Names are not checked for being there twice.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { answer in
///     answer.member("outcome", "allowed")
///     answer.member("email", person.email)  // null when nil
///     answer.array("groups") { groups in
///         for group in person.groups { groups.element(group.name) }
///     }
/// }
/// let bytes = writer.finish()
/// ```
package struct JSONWriter: ~Copyable {
    private var output: JSONOutput
    private var isWritten = false

    /// Makes an empty document.
    ///
    /// `pretty` is for people: one member a line, two spaces for each level, no line break at the
    /// end. Otherwise no byte is spent on white space.
    package init(pretty: Bool = false) {
        output = JSONOutput(isPretty: pretty)
    }

    /// Writes the document's object.
    package mutating func object<Failure>(
        _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin()
        try output.object(members)
    }

    /// Writes the document's array.
    package mutating func array<Failure>(
        _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin()
        try output.array(elements)
    }

    /// The document's bytes, UTF-8.
    package consuming func finish() -> [UInt8] {
        precondition(isWritten, "A JSON document without a value was finished.")
        return output.bytes
    }

    private mutating func begin() {
        precondition(!isWritten, "A JSON document was given a second value.")
        isWritten = true
    }
}

extension JSONOutput {
    mutating func object<Failure>(
        _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        open(ASCII.openBrace)
        var writer = JSONObjectWriter()
        // The bytes move into the nested writer and back: two owners would copy them all.
        swap(&self, &writer.output)
        defer {
            swap(&self, &writer.output)
            close(ASCII.closeBrace, isEmpty: writer.isEmpty)
        }
        try members(&writer)
    }

    mutating func array<Failure>(
        _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        open(ASCII.openBracket)
        var writer = JSONArrayWriter()
        swap(&self, &writer.output)
        defer {
            swap(&self, &writer.output)
            close(ASCII.closeBracket, isEmpty: writer.isEmpty)
        }
        try elements(&writer)
    }
}
