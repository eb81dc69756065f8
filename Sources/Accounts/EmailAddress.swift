import Roster

/// The form in which e-mail addresses are kept and compared.
public enum EmailAddress {
    /// `raw` in NFC and lower case without white space around it; nil where nothing is left.
    public static func compared(_ raw: String) -> String? {
        let text = raw.lowercased().composed.drop(while: \.isWhitespace)
        guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(text[...end])
    }
}
