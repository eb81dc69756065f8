package import Foundation

/// Why somebody gets a mail, with what it must say.
package enum MailOccasion: Sendable {
    /// A first password is to be set.
    case invitation(link: String, validFor: Duration, loginName: String)
    /// Somebody, probably she, asked for a new password.
    case reset(link: String, validFor: Duration)
    /// Her password was changed.
    case changed(at: Date)
    /// Her address was changed; goes to the old one, and to the new one.
    case addressChanged(at: Date, newAddress: String)
    /// She asked for a password where there is none: her school signs people in.
    case signInThroughSchool(page: String?)

    /// What its template is called.
    package var kind: MailTemplates.Kind {
        switch self {
        case .invitation: .invitation
        case .reset: .reset
        case .changed: .changed
        case .addressChanged: .addressChanged
        case .signInThroughSchool: .signInThroughSchool
        }
    }
}

/// A name that a template may use.
enum MailKey: String, Sendable, CaseIterable {
    /// The school or group of schools, or how the service calls itself there.
    case tenant
    /// The person's first name, where it is known.
    case name
    /// The tenant's colour.
    case colour
    /// Black or white: what can be read on that colour.
    case onColour
    /// Whom to ask, where the tenant says so.
    case contact
    /// The page that the mail is about.
    case link
    /// How long the link holds; one of the three is there, and it is two or more.
    case days
    case hours
    case minutes
    /// What she signs in as.
    case loginName
    /// When it happened, in the reader's language and the tenant's time.
    case time
    /// The address that was set.
    case newAddress
    /// Where she signs in, if that is known.
    case page
}

/// Whom a mail is for, and in whose name it goes out.
package struct MailReader: Sendable {
    /// The school or group of schools.
    package var tenant: String
    /// Its colour.
    package var colour: MailColour
    /// Whom to ask there: a name, an address, a number.
    package var contact: String?
    /// The reader's first name.
    package var name: String?
    /// The reader's language, as in `en` or `cy`.
    package var locale: String
    /// Where the tenant's clocks are.
    package var timeZone: TimeZone

    /// A reader of English unless said otherwise.
    package init(
        tenant: String,
        colour: MailColour = .standard,
        contact: String? = nil,
        name: String? = nil,
        locale: String = "en",
        timeZone: TimeZone = .gmt
    ) {
        self.tenant = tenant
        self.colour = colour
        self.contact = contact
        self.name = name
        self.locale = locale
        self.timeZone = timeZone
    }
}

/// A mail's words, ready for `MailMessage`.
package struct MailText: Sendable {
    /// One line.
    package let subject: String
    /// The plain text.
    package let text: String
    /// The same as a page.
    package let html: String
}
