import Roster

/// The form in which e-mail addresses are kept and compared.
public enum EmailAddress {
    /// `raw` in NFC and lower case without white space around it; nil where nothing is left, and
    /// for a text that would become somebody else's address: see `isDisguised`.
    public static func compared(_ raw: String) -> String? {
        // The usual case, in which no table of Unicode has to be asked.
        if isPlain(raw) { return raw.lowercased() }
        guard !raw.unicodeScalars.contains(where: isDisguised) else { return nil }
        let text = raw.lowercased().composed.drop(while: \.isWhitespace)
        guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(text[...end])
    }

    /// Whether it is visible ASCII only, and not empty.
    private static func isPlain(_ raw: String) -> Bool {
        !raw.isEmpty && raw.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
    }

    /// Whether a scalar outside ASCII becomes ASCII in the form that is compared, as the sign of
    /// the kelvin becomes a k; an address that is written with it is no address.
    private static func isDisguised(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return false }
        return String(scalar).lowercased().composed.unicodeScalars.allSatisfy(\.isASCII)
    }
}
