extension MailTemplates {
    /// The mails there are, by the name of their templates.
    package enum Kind: String, Sendable, CaseIterable {
        /// A first password is to be set.
        case invitation
        /// A new password was asked for.
        case reset
        /// A password was changed.
        case changed
        /// An address was changed.
        case addressChanged
        /// The school signs people in, so there is no password.
        case signInThroughSchool

        /// What every template of this kind may use.
        var keys: Set<MailKey> {
            let own: Set<MailKey> =
                switch self {
                case .invitation: [.link, .days, .hours, .minutes, .loginName]
                case .reset: [.link, .days, .hours, .minutes]
                case .changed: [.time]
                case .addressChanged: [.time, .newAddress]
                case .signInThroughSchool: [.page]
                }
            return own.union([.tenant, .name, .colour, .onColour, .contact])
        }

        /// What its text and its HTML must use, or the mail would be of no use.
        var neededKeys: Set<MailKey> {
            switch self {
            case .invitation, .reset: [.link]
            case .addressChanged: [.newAddress]
            case .changed, .signInThroughSchool: []
            }
        }
    }
}
