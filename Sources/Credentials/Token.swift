internal import Crypto

/// The secret part of a link that was mailed to somebody: 32 random bytes that nothing prints.
///
/// Its text goes into the mail; only its digest is stored, and it is looked up by that.
package struct Token: Sendable, Hashable {
    static let length = 32
    /// Of the text: four characters for three bytes, without padding.
    static let textLength = 43

    private let bytes: [UInt8]

    /// A new token from the system's generator.
    package init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    init(bytes: [UInt8]) {
        precondition(bytes.count == Self.length, "A token has \(Self.length) bytes.")
        self.bytes = bytes
    }

    /// The token that a link holds, or nil where the text is none; each token has one text only.
    package init?(parsing text: String) {
        let utf8 = text.utf8
        guard utf8.count == Self.textLength else { return nil }
        var bytes: [UInt8] = []
        var bits = 0
        var count = 0
        for character in utf8 {
            guard let value = Self.alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            bits &= (1 << count) - 1
        }
        // Two bits are left over, and a second way of writing the same bytes would use them.
        guard bytes.count == Self.length, bits == 0 else { return nil }
        self.bytes = bytes
    }

    /// The text for the one place that must have it: the link in the mail.
    package func revealed() -> String {
        var text: [UInt8] = []
        var bits = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(Self.alphabet[bits >> count & 63])
            }
            bits &= (1 << count) - 1
        }
        text.append(Self.alphabet[bits << (6 - count) & 63])
        return String(decoding: text, as: UTF8.self)
    }

    /// The SHA-256 of the text, which is what is stored; 256 random bits need no slow hash.
    package var digest: [UInt8] { Array(SHA256.hash(data: Array(revealed().utf8))) }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the token.
    package var description: String { "a token" }
    /// Never the token.
    package var debugDescription: String { description }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
