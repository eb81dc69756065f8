/// Why bytes could not be read as JSON, and where.
///
/// It never quotes text from the document, so it may be logged.
package struct JSONError: Error, Sendable, Equatable {
    /// Where reading stopped, in bytes from the document's first.
    package let offset: Int
    package let fact: Fact

    package init(_ fact: Fact, at offset: Int) {
        self.offset = offset
        self.fact = fact
    }

    package enum Fact: Sendable, Equatable {
        /// The document breaks off inside a value. Every cut-off object or array ends so.
        case unexpectedEnd
        /// This byte cannot stand here.
        case unexpected(byte: UInt8)
        case invalidNumber
        /// Something that begins like `true`, `false` or `null` and is not.
        case invalidLiteral
        case invalidEscape
        case invalidUTF8
        /// Containers lie in each other more than ``JSONReader/depthLimit`` deep.
        case tooDeep
        /// Something follows the document's one value.
        case trailingBytes
        /// The JSON may be sound; the value is not of the kind that was asked for.
        case wrongKind(expected: JSONKind, found: JSONKind)
    }

    /// False when only the kind of a value surprised: the rest of the document can still be read.
    package var isMalformed: Bool {
        if case .wrongKind = fact { false } else { true }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch fact {
        case .unexpectedEnd:
            "The JSON breaks off at byte \(offset)."
        case .unexpected(let byte):
            "The JSON has the byte 0x\(String(byte, radix: 16, uppercase: true)) at byte"
                + " \(offset), where it cannot stand."
        case .invalidNumber:
            "The JSON has a malformed number at byte \(offset)."
        case .invalidLiteral:
            "The JSON has a word other than true, false and null at byte \(offset)."
        case .invalidEscape:
            "The JSON has a malformed escape in a string at byte \(offset)."
        case .invalidUTF8:
            "The JSON is not valid UTF-8 at byte \(offset)."
        case .tooDeep:
            "The JSON is nested more than \(JSONReader.depthLimit) deep at byte \(offset)."
        case .trailingBytes:
            "The JSON goes on at byte \(offset), after the end of its value."
        case .wrongKind(let expected, let found):
            "The JSON has \(found) at byte \(offset) where \(expected) was expected."
        }
    }
}
