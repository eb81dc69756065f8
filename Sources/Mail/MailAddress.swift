/// A mailbox, and maybe the name that goes with it.
///
/// Of what the standards allow it takes what mailboxes are really called: a dotted word, an @ and
/// a host name, all in ASCII.
package struct MailAddress: Sendable, Hashable {
    /// The mailbox, as in `anna@school.example`.
    package let mailbox: String
    /// What a reader sees instead.
    package let name: String?

    /// A mailbox with a name.
    package init(_ mailbox: String, name: String? = nil) throws(MailFault) {
        guard Self.isMailbox(mailbox) else { throw .address }
        if let name {
            guard HeaderText.isOneLine(name) else { throw .controlCharacter(.name) }
            guard name.utf8.count <= 300 else { throw .tooLong(.name) }
        }
        self.mailbox = mailbox
        self.name = name.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A mailbox with as much of a name as a header can show: one line, not too long.
    package init(_ mailbox: String, showing name: String) throws(MailFault) {
        var shown = MailValues.oneLine(name)
        while shown.utf8.count > 300 { shown.removeLast() }
        try self.init(mailbox, name: shown)
    }

    private static func isMailbox(_ text: String) -> Bool {
        // The path in SMTP has 256 bytes, two of them brackets.
        guard text.utf8.count <= 254, let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else {
            return false
        }
        let local = text.utf8[..<at]
        return local.count <= 64 && isDottedWord(local)
            && isHostName(text.utf8[text.utf8.index(after: at)...])
    }

    /// Words of ordinary characters with single dots between them.
    static func isDottedWord(_ text: Substring.UTF8View) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { word in !word.isEmpty && word.allSatisfy(isOrdinary) }
    }

    /// Labels of letters, digits and inner hyphens.
    static func isHostName(_ text: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return text.count <= 253
            && text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy { label in
                    (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
                        && label.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
                }
    }

    private static func isOrdinary(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension MailAddress: CustomStringConvertible, CustomReflectable {
    /// Not whose.
    package var description: String { "a mail address" }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
