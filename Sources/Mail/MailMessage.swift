package import Foundation

/// A mail to one person: plain text and the same in HTML.
///
/// Date and Message-ID come from the caller, who keeps them, so that sending it a second time
/// sends the same mail, byte by byte.
package struct MailMessage: Sendable {
    /// The most that the text or the HTML may have.
    package static let maximumBodyBytes = 256 * 1024

    let from: MailAddress
    let to: MailAddress
    private let subject: String
    private let text: String
    private let html: String
    private let date: Date
    private let id: String

    /// A mail; `id` is its Message-ID with the brackets.
    package init(
        from: MailAddress,
        to: MailAddress,
        subject: String,
        text: String,
        html: String,
        date: Date,
        id: String
    ) throws(MailFault) {
        guard HeaderText.isOneLine(subject) else { throw .controlCharacter(.subject) }
        guard subject.utf8.count <= 1000 else { throw .tooLong(.subject) }
        guard max(text.utf8.count, html.utf8.count) <= Self.maximumBodyBytes else {
            throw .tooLong(.body)
        }
        guard Self.isIdentifier(id) else { throw .identifier }
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.date = date
        self.id = id
    }

    /// The mail as it goes over the wire, in ASCII with CRLF line ends; dots are curl's business.
    func encoded() -> [UInt8] {
        // No line of quoted-printable can hold it: an equals sign is followed by two digits there.
        let boundary = "=_alternatives"
        let head = [
            "Date: \(Self.written(date))",
            HeaderText.field("From", from),
            HeaderText.field("To", to),
            "Message-ID: \(id)",
            HeaderText.field("Subject", text: subject),
            // Keeps holiday answers from coming back.
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        var lines = head.joined(separator: "\r\n") + "\r\n\r\n"
        var output: [UInt8] = []
        // The last one is the best, as readers choose it.
        for (type, body) in [("text/plain", text), ("text/html", html)] {
            lines +=
                "--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            output += Array(lines.utf8) + QuotedPrintable.encode(body) + [0x0D, 0x0A]
            lines = ""
        }
        return output + Array("--\(boundary)--\r\n".utf8)
    }

    private static func isIdentifier(_ id: String) -> Bool {
        guard id.utf8.count <= 250, id.hasPrefix("<"), id.hasSuffix(">") else { return false }
        let parts = id.dropFirst().dropLast().utf8.split(
            separator: UInt8(ascii: "@"),
            omittingEmptySubsequences: false
        )
        return parts.count == 2 && MailAddress.isDottedWord(parts[0])
            && MailAddress.isHostName(parts[1])
    }

    /// A time as mail writes it, always in UTC.
    private static func written(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.weekday, .day, .month, .year, .hour, .minute, .second],
            from: date
        )
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func digits(_ number: Int?) -> String {
            let text = "\(number ?? 0)"
            return text.count < 2 ? "0\(text)" : text
        }
        let day = days[((parts.weekday ?? 1) - 1) % days.count]
        let month = months[((parts.month ?? 1) - 1) % months.count]
        return "\(day), \(digits(parts.day)) \(month) \(parts.year ?? 0) "
            + "\(digits(parts.hour)):\(digits(parts.minute)):\(digits(parts.second)) +0000"
    }
}

extension MailMessage: CustomStringConvertible, CustomReflectable {
    /// Nothing of what it says.
    package var description: String { "a mail" }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
