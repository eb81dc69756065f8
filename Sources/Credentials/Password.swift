internal import Foundation

/// A password as somebody typed it: bounded, readable text that nothing prints.
///
/// Whatever goes over the bounds is refused and never cut, and it is refused before anybody is
/// looked up, so that the refusal says nothing of an account.
package struct Password: Sendable {
    /// The most that is taken; a hash of more would only cost time.
    package static let maximumCodePoints = 1024
    package static let maximumBytes = 4096

    /// What was typed.
    let typed: String
    /// What was typed in NFKC, so that every keyboard's way of writing a character is one.
    let normalised: String

    /// Takes what was typed.
    package init(_ typed: String) throws(PasswordRefusal) {
        // Bytes first: they are known without a walk, whatever was sent.
        guard typed.utf8.count <= Self.maximumBytes,
            typed.unicodeScalars.count <= Self.maximumCodePoints
        else { throw .tooLong(maximum: Self.maximumCodePoints) }
        guard !typed.isEmpty else { throw .empty }
        for scalar in typed.unicodeScalars {
            if scalar.properties.generalCategory == .control { throw .controlCharacter }
            // What stands where a byte or half a surrogate pair could not be read.
            if scalar == "\u{FFFD}" { throw .unreadable }
        }
        self.typed = typed
        normalised = typed.precomposedStringWithCompatibilityMapping
    }

    /// Takes bytes from outside, which must be UTF-8 to the last one: an encoded surrogate is not.
    package init(utf8 bytes: some Collection<UInt8>) throws(PasswordRefusal) {
        guard bytes.count <= Self.maximumBytes else {
            throw .tooLong(maximum: Self.maximumCodePoints)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadable }
        try self.init(text)
    }

    /// How many characters somebody had to choose.
    ///
    /// The lower of the two counts: one typed character may become eighteen in NFKC, and an accent
    /// typed on its own is no character.
    var codePoints: Int {
        min(typed.unicodeScalars.count, normalised.unicodeScalars.count)
    }

    /// What is hashed.
    var bytes: [UInt8] { Array(normalised.utf8) }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the password.
    package var description: String { "a password" }
    /// Never the password.
    package var debugDescription: String { description }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
