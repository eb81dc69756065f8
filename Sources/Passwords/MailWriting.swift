import Accounts
import Foundation
package import Mail
import Muster
import Roster

/// Puts mails into words, in a tenant's name.
package struct MailWriting: Sendable {
    private let templates: MailTemplates
    private let sender: String
    private let pages: String
    private let settings: PasswordSettings

    /// Mails from `sender`, in the words of `templates`, with links to the pages under `pages`.
    /// - Throws: `MailFault` where nobody can have that address.
    package init(
        from sender: String,
        templates: MailTemplates,
        pages: String,
        settings: PasswordSettings = PasswordSettings()
    ) throws(MailFault) {
        _ = try MailAddress(sender)
        self.sender = sender
        self.templates = templates
        self.pages = pages
        self.settings = settings
    }

    /// The mail as it goes out: the same, byte by byte, in every attempt.
    /// - Throws: `PasswordTrouble.unwritable` where there is nobody to write to.
    func message(
        of mail: OutboxMail,
        to account: Account?,
        link: String?,
        at home: ConnectedSchool?,
        by policy: Policy
    ) throws(PasswordTrouble) -> MailMessage {
        guard let account, let home else { throw .unwritable("its account is gone.") }
        let tenant = policy.displayName ?? home.school.name
        let reader = MailReader(
            tenant: tenant,
            colour: policy.colour.flatMap { MailColour("#\($0)") } ?? .standard,
            name: account.forename,
            timeZone: home.school.timeZone.flatMap(TimeZone.init(identifier:)) ?? .gmt
        )
        let text = templates.text(
            for: try occasion(mail, account, link, home),
            reader: reader
        )
        do throws(MailFault) {
            return try MailMessage(
                from: MailAddress(sender, showing: tenant),
                to: MailAddress(mail.address, showing: account.fullName),
                subject: text.subject,
                text: text.text,
                html: text.html,
                date: Date(milliseconds: mail.writtenAt.milliseconds),
                id: "<\(mail.id)@\(sender.split(separator: "@").last ?? "localhost")>"
            )
        } catch {
            throw .unwritable(error.sentence)
        }
    }

    private func occasion(
        _ mail: OutboxMail,
        _ account: Account,
        _ link: String?,
        _ home: ConnectedSchool
    ) throws(PasswordTrouble) -> MailOccasion {
        let at = Date(milliseconds: mail.writtenAt.milliseconds)
        switch mail.kind {
        case .invitation, .reset:
            guard let link else { throw .unwritable("its link is gone.") }
            let page = "\(pages)/password/link/\(home.school.id.inPath)/\(link)"
            return mail.kind == .reset
                ? .reset(link: page, validFor: settings.resetLifetime)
                : .invitation(
                    link: page,
                    validFor: settings.invitationLifetime,
                    loginName: mail.address
                )
        case .passwordChanged: return .changed(at: at)
        case .addressChanged: return .addressChanged(at: at, newAddress: account.email ?? "none")
        case .signInThroughSchool: return .signInThroughSchool(page: nil)
        }
    }
}

extension Date {
    fileprivate init(milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

extension String {
    /// The text as one part of an address's path.
    package var inPath: String {
        let plain = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
        return addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
