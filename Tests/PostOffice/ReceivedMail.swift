import Foundation

/// A mail as it came in, and what a reader makes of it.
package struct ReceivedMail: Sendable {
    /// From the envelope.
    package let sender: String
    package let recipients: [String]
    /// What the client called itself.
    package let hello: String
    package let signedInAs: String?
    package let wasEncrypted: Bool
    /// The mail, with CRLF line ends.
    package let content: [UInt8]

    /// A mail that came in, or one that a test has written.
    package init(
        sender: String,
        recipients: [String],
        hello: String = "",
        signedInAs: String? = nil,
        wasEncrypted: Bool = false,
        content: [UInt8]
    ) {
        self.sender = sender
        self.recipients = recipients
        self.hello = hello
        self.signedInAs = signedInAs
        self.wasEncrypted = wasEncrypted
        self.content = content
    }

    /// The mail as text, bytes as they are.
    package var source: String { String(decoding: content, as: UTF8.self) }

    /// A header field, unfolded and decoded.
    package subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }.map { Self.decoded($0.value) }
    }

    /// All header fields, unfolded.
    package var fields: [(name: String, value: String)] { Self.split(source).fields }

    package var subject: String { self["Subject"] ?? "" }
    package var text: String { part("text/plain") ?? "" }
    package var html: String { part("text/html") ?? "" }

    /// The addresses of pages in the plain text.
    package var links: [String] {
        text.matches(of: /https?:\/\/[^\s<>"]+/).map { String($0.output) }
    }

    /// The decoded part of a type.
    private func part(_ type: String) -> String? {
        let (_, body) = Self.split(source)
        guard let header = self["Content-Type"],
            let boundary = header.firstMatch(of: /boundary="([^"]+)"/)?.output.1
        else { return nil }
        for piece in ("\r\n" + body).components(separatedBy: "\r\n--\(boundary)").dropFirst() {
            guard piece.hasPrefix("\r\n") else { continue }
            let (fields, content) = Self.split(String(piece.dropFirst()))
            let value = fields.first { $0.name.lowercased() == "content-type" }?.value ?? ""
            guard value.hasPrefix(type) else { continue }
            return Self.quotedPrintable(content)
        }
        return nil
    }

    private static func split(
        _ text: String
    ) -> (fields: [(name: String, value: String)], body: String) {
        // CRLF is one character in Swift, so this stays with the lines as they are.
        let halves = text.components(separatedBy: "\r\n\r\n")
        var fields: [(name: String, value: String)] = []
        for line in (halves.first ?? "").components(separatedBy: "\r\n") {
            if line.first == " " || line.first == "\t", let last = fields.popLast() {
                fields.append((last.name, last.value + line))
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                fields.append((String(line[..<colon]), String(value)))
            }
        }
        return (fields, halves.dropFirst().joined(separator: "\r\n\r\n"))
    }

    /// Encoded words decoded; blanks between two of them belong to neither.
    private static func decoded(_ value: String) -> String {
        let words = /=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=/
        let joined = value.replacing(/\?=\s+=\?/) { _ in "?==?" }
        return joined.replacing(words) { match in
            String(decoding: Data(base64Encoded: String(match.output.1)) ?? Data(), as: UTF8.self)
        }
    }

    private static func quotedPrintable(_ text: String) -> String {
        var output: [UInt8] = []
        var bytes = Array(text.replacing("=\r\n", with: "").utf8)[...]
        while let byte = bytes.popFirst() {
            guard byte == UInt8(ascii: "="), bytes.count >= 2,
                let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            else {
                output.append(byte)
                continue
            }
            output.append(value)
            bytes = bytes.dropFirst(2)
        }
        return String(decoding: output, as: UTF8.self)
    }
}
