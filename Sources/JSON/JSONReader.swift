/// Reads a JSON document value by value, straight from its bytes.
///
/// Strict RFC 8259: what it accepts is valid JSON in valid UTF-8. A byte order mark is passed over,
/// members that bear the same name are all reported, in order, and containers may lie in each other
/// up to ``depthLimit``. Half of a surrogate pair written as an escape reads as U+FFFD.
///
/// A value asked for in the wrong kind throws ``JSONError/Fact/wrongKind(expected:found:)`` and
/// stays unread. To pass over one bad element and go on with the array:
///
/// ```swift
/// try reader.array { element throws(JSONError) in
///     let start = element.position
///     do throws(JSONError) {
///         people.append(try Person(&element))
///     } catch {
///         element.rewind(to: start)  // the array then skips it, and throws if it is malformed
///     }
/// }
/// ```
@safe
package struct JSONReader: ~Copyable {
    /// How many containers may lie in each other.
    package static let depthLimit = 128

    // Points into the array that `read` keeps alive around the body. A reader cannot be copied and
    // is only ever lent, so the pointer does not outlive the array.
    private let base: UnsafePointer<UInt8>
    /// One past the last byte that may be read.
    let end: Int
    /// The next byte to read; never beyond `end`.
    var offset: Int
    /// The number of containers now open.
    var depth = 0

    private init(base: UnsafePointer<UInt8>, range: Range<Int>) {
        unsafe self.base = unsafe base
        offset = range.lowerBound
        end = range.upperBound
    }

    /// Runs `body` with a reader at the document's first value.
    ///
    /// Nothing but white space may follow that value. If `body` leaves it unread, it is skipped.
    package static func read<Value>(
        _ bytes: [UInt8],
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return try read(bytes, in: mark..<bytes.count, body)
    }

    /// Reads the one value in `range`, such as a record that ``skipCapturing()`` passed over.
    ///
    /// Offsets in errors still count from the first of all `bytes`.
    package static func read<Value>(
        _ bytes: [UInt8],
        in range: Range<Int>,
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= bytes.count,
            "The range to read lies outside the bytes."
        )
        return try unsafe bytes.withUnsafeBufferPointer { buffer throws(JSONError) -> Value in
            guard let base = buffer.baseAddress else { throw JSONError(.unexpectedEnd, at: 0) }
            var reader = unsafe JSONReader(base: base, range: range)
            return try reader.document(body)
        }
    }

    private mutating func document<Value>(
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        skipWhiteSpace()
        let start = offset
        let value = try body(&self)
        if offset == start { try skip() }
        skipWhiteSpace()
        guard offset == end else { throw JSONError(.trailingBytes, at: offset) }
        return value
    }

    /// Where the next byte is read, from the first byte of the document.
    package var position: Int { offset }

    /// Goes back to a value's start, taken from ``position`` inside the same closure.
    package mutating func rewind(to position: Int) {
        precondition(position >= 0 && position <= offset, "A reader can only go back.")
        offset = position
    }

    /// What the next value is; the value stays unread.
    package mutating func kind() throws(JSONError) -> JSONKind {
        skipWhiteSpace()
        let byte = try peek()
        guard let kind = JSONKind(startingWith: byte) else {
            throw JSONError(.unexpected(byte: byte), at: offset)
        }
        return kind
    }
}

// The only doors to the bytes.
extension JSONReader {
    /// The byte at `index`, which the caller knows to lie before `end`.
    @inline(__always)
    func byte(at index: Int) -> UInt8 {
        unsafe base[index]
    }

    /// The eight bytes from `index`, first byte lowest; the caller knows them to lie before `end`.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        UInt64(
            littleEndian: unsafe UnsafeRawPointer(base)
                .loadUnaligned(fromByteOffset: index, as: UInt64.self)
        )
    }

    /// The bytes of `range`; they must not outlive the call in which they were taken.
    @unsafe
    func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// The next byte, unread.
    @inline(__always)
    func peek() throws(JSONError) -> UInt8 {
        guard offset < end else { throw JSONError(.unexpectedEnd, at: end) }
        return byte(at: offset)
    }

    /// The byte at `index`, or an error when the document ends before it.
    @inline(__always)
    func checkedByte(at index: Int) throws(JSONError) -> UInt8 {
        guard index < end else { throw JSONError(.unexpectedEnd, at: end) }
        return byte(at: index)
    }
}
