import Accounts
import Roster

/// Why a text cannot be used as a value.
public enum TextProblem: Error, Sendable, Hashable {
    /// It holds a character that cannot be shown, such as NUL.
    case controlCharacter
    /// It is longer than the field allows.
    case tooLong(limit: Int)
    /// It is not an e-mail address.
    case notAnEmail

    /// What is wrong, as the end of a sentence.
    public var phrase: String {
        switch self {
        case .controlCharacter: "it holds a character that cannot be shown"
        case .tooLong(let limit): "it is longer than \(limit) characters"
        case .notAnEmail: "it is not an e-mail address"
        }
    }
}

/// Text as accounts hold it: NFC, single spaces, nothing that cannot be shown.
package enum CleanText {
    /// A name, title or other short text; nil for one that is blank.
    static func line(_ raw: String, limit: Int) throws(TextProblem) -> String? {
        if isPlain(raw) {
            guard raw.utf8.count <= limit else { throw .tooLong(limit: limit) }
            return raw
        }
        let text = singleSpaced(raw)
        if text.isEmpty { return nil }
        guard text.unicodeScalars.allSatisfy({ !isControl($0) }) else { throw .controlCharacter }
        guard text.unicodeScalars.count <= limit else { throw .tooLong(limit: limit) }
        return text.composed
    }

    /// An e-mail address in the form in which addresses compare: NFC and lower case.
    static func email(_ raw: String) throws(TextProblem) -> String? {
        // Two addresses that look alike must not be two accounts.
        let isFormatted = raw.unicodeScalars.contains {
            // No letter of ASCII is one, and looking a letter up takes long.
            !$0.isASCII && $0.properties.generalCategory == .format
        }
        guard !isFormatted else { throw .notAnEmail }
        guard let line = try line(raw, limit: 254) else { return nil }
        // Asked of the text as it came: in NFC a disguised letter looks like the real one.
        guard EmailAddress.compared(raw) != nil, let text = EmailAddress.compared(line) else {
            throw .notAnEmail
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].unicodeScalars.count),
            parts[1].contains("."), !parts[1].hasPrefix("."), !parts[1].hasSuffix("."),
            text.unicodeScalars.allSatisfy({ !isForbidden($0) })
        else { throw .notAnEmail }
        return text
    }

    /// Whether no address has it: white space, and what sets addresses apart.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return scalar.properties.isWhitespace }
        return scalar.value <= 0x20 || "<>()[],;:\\\"".unicodeScalars.contains(scalar)
    }

    /// A name reduced to what must agree between two spellings of it.
    package static func folded(_ name: String) -> String {
        name.lowercased().composed.filter { $0.isLetter || $0.isNumber }
    }

    /// Printable ASCII with single inner spaces needs no work: the usual case.
    private static func isPlain(_ text: String) -> Bool {
        var previous = UInt8(ascii: " ")
        for byte in text.utf8 {
            guard (0x20..<0x7F).contains(byte), byte != 0x20 || previous != 0x20 else {
                return false
            }
            previous = byte
        }
        return previous != 0x20
    }

    private static func singleSpaced(_ text: String) -> String {
        var shown = text
        shown.unicodeScalars.removeAll(where: isUnseen)
        return shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Marks that show nothing and may turn the text around them; joiners, which some scripts and
    /// emoji need, are not among them.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B, 0x2060, 0xFEFF, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
