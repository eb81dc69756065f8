/// The name of an object's member, compared in place and without a copy.
///
/// `switch key { case "surname": … }` compares the bytes; a name written with escapes equals its
/// decoded text. Valid only inside the closure that received it: take ``text`` to keep it.
@safe
package struct JSONKey {
    private let raw: UnsafeBufferPointer<UInt8>
    private let hasEscapes: Bool

    /// Names the raw bytes between the quotes, already checked.
    @unsafe
    init(_ raw: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        unsafe self.raw = unsafe raw
        self.hasEscapes = hasEscapes
    }

    /// The decoded name.
    package var text: String {
        unsafe hasEscapes ? JSONEscapes.decode(raw) : String(decoding: raw, as: UTF8.self)
    }

    /// Whether the decoded name is exactly `name`.
    package func equals(_ name: StaticString) -> Bool {
        if hasEscapes { return equalsDecoded(name) }
        guard let start = unsafe raw.baseAddress, unsafe raw.count == name.utf8CodeUnitCount
        else { return false }
        return unsafe equalBytes(start, name.utf8Start, raw.count)
    }

    package static func ~= (name: StaticString, key: JSONKey) -> Bool {
        key.equals(name)
    }

    private func equalsDecoded(_ name: StaticString) -> Bool {
        let bytes = unsafe UnsafeBufferPointer(
            start: name.utf8Start,
            count: name.utf8CodeUnitCount
        )
        return unsafe text.utf8.elementsEqual(bytes)
    }
}

/// Compares eight bytes at a time; the last step may overlap the one before.
private func equalBytes(
    _ left: UnsafePointer<UInt8>,
    _ right: UnsafePointer<UInt8>,
    _ count: Int
) -> Bool {
    let left = unsafe UnsafeRawPointer(left)
    let right = unsafe UnsafeRawPointer(right)
    guard count >= 8 else {
        for index in 0..<count {
            let one = unsafe left.load(fromByteOffset: index, as: UInt8.self)
            let other = unsafe right.load(fromByteOffset: index, as: UInt8.self)
            if one != other { return false }
        }
        return true
    }
    var index = 0
    while index < count {
        let place = min(index, count &- 8)
        let one = unsafe left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let other = unsafe right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        if one != other { return false }
        index &+= 8
    }
    return true
}
