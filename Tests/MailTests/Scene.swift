import Foundation
import PostOffice
import Testing

@testable import Mail

extension MailMessage {
    /// A mail whose parts a test may choose.
    static func sample(
        from: MailAddress? = nil,
        to: String = "anna.smith@school.example",
        name: String? = nil,
        subject: String = "Choose your password",
        text: String = "Hello Anna,\n\nhttps://muster.school.example/set?t=abc\n",
        html: String = "<p>Hello <b>Anna</b></p>\n",
        date: Date = Date(timeIntervalSince1970: 1_790_000_000),
        id: String = "<7f3a@muster.school.example>"
    ) throws -> MailMessage {
        try MailMessage(
            from: from ?? MailAddress("muster@school.example", name: "Example School"),
            to: MailAddress(to, name: name),
            subject: subject,
            text: text,
            html: html,
            date: date,
            id: id
        )
    }

    /// The mail as a reader sees it.
    var read: ReceivedMail {
        ReceivedMail(sender: from.mailbox, recipients: [to.mailbox], content: encoded())
    }
}

extension SMTPSettings {
    /// Settings for a post office, patient enough for a slow machine.
    static func patient(_ office: PostOffice, _ security: Security = .none) -> SMTPSettings {
        SMTPSettings(
            host: "127.0.0.1",
            port: office.port,
            security: security,
            helloName: "muster.school.example",
            connectTimeout: .seconds(40),
            timeout: .seconds(40)
        )
    }
}

/// Runs a test body with a post office, and closes it.
func withPostOffice(
    _ conduct: PostOffice.Conduct = .init(),
    _ body: (PostOffice) async throws -> Void
) async throws {
    let office = try PostOffice(conduct)
    defer { office.close() }
    try await body(office)
}

extension MailOutcome {
    /// The code of a refusal or delay.
    var code: Int? {
        switch self {
        case .temporary(let code, _), .permanent(let code, _): code
        case .sent, .uncertain: nil
        }
    }

    /// What it says to the operator.
    var sentence: String {
        switch self {
        case .sent: ""
        case .temporary(_, let sentence), .permanent(_, let sentence): sentence
        case .uncertain(let sentence): sentence
        }
    }

    /// Its kind alone.
    var kind: String {
        switch self {
        case .sent: "sent"
        case .temporary: "temporary"
        case .permanent: "permanent"
        case .uncertain: "uncertain"
        }
    }
}
