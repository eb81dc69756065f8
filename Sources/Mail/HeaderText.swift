internal import Foundation

/// Header fields as lines: in ASCII, folded, with encoded words (RFC 2047) where it takes them.
enum HeaderText {
    private static let maximumLine = 76
    private static let wordStart = "=?UTF-8?B?"
    private static let wordEnd = "?="

    /// Whether a text can stand in a header: no line break, no other control character.
    static func isOneLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// A field of free text, such as the subject.
    static func field(_ name: String, text: String) -> String {
        let isPlain =
            isPlain(text) && name.utf8.count + 2 + text.utf8.count <= maximumLine
            && text.first != " " && text.last != " "
        return "\(name): " + (isPlain ? text : words(text, after: name.utf8.count + 2))
    }

    /// A field with a mailbox.
    static func field(_ name: String, _ address: MailAddress) -> String {
        guard let shown = address.name else { return "\(name): \(address.mailbox)" }
        let quoted =
            "\""
            + shown.reduce(into: "") { text, character in
                if character == "\"" || character == "\\" { text.append("\\") }
                text.append(character)
            } + "\""
        let isPlain = isPlain(shown) && name.utf8.count + 2 + quoted.utf8.count <= maximumLine
        let phrase = isPlain ? quoted : words(shown, after: name.utf8.count + 2)
        let lastLine = phrase.utf8.split(separator: 0x0A).last?.count ?? 0
        let used = phrase.utf8.contains(0x0A) ? lastLine : name.utf8.count + 2 + lastLine
        let isShort = used + address.mailbox.utf8.count + 3 <= maximumLine
        return "\(name): \(phrase)\(isShort ? " " : "\r\n ")<\(address.mailbox)>"
    }

    /// Printable ASCII that nobody could take for an encoded word.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
    }

    /// Encoded words, one a line; `used` is what already stands on the first line.
    private static func words(_ text: String, after used: Int) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        func room(_ used: Int) -> Int {
            (maximumLine - used - wordStart.utf8.count - wordEnd.utf8.count) / 4 * 3
        }
        func finish() {
            words.append(wordStart + Data(bytes).base64EncodedString() + wordEnd)
            bytes = []
        }
        for scalar in text.unicodeScalars {
            // A word holds whole characters, as each is decoded on its own.
            let encoded = Array(String(scalar).utf8)
            if bytes.count + encoded.count > room(words.isEmpty ? used : 1) { finish() }
            bytes += encoded
        }
        finish()
        return words.joined(separator: "\r\n ")
    }
}
