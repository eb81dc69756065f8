/// Why a mail cannot be written; the text that is at fault is never shown.
package enum MailFault: Error, Sendable, Hashable {
    /// The address is none that a mail can be sent to.
    case address
    /// A line break or another control character, where it could become a header of its own.
    case controlCharacter(Part)
    /// More than a mail should have.
    case tooLong(Part)
    /// The Message-ID is not of the form `<left@right>`.
    case identifier

    /// Where the fault is.
    package enum Part: String, Sendable, Hashable {
        /// The name beside an address.
        case name
        /// The subject.
        case subject
        /// The plain text or the HTML.
        case body
    }

    /// One sentence: what happened, to what, what to do.
    package var sentence: String {
        switch self {
        case .address:
            "The mail cannot be written because its address is not one of a mailbox; correct the"
                + " address."
        case .controlCharacter(let part):
            "The mail cannot be written because its \(part.rawValue) holds a line break or another"
                + " control character; take it out."
        case .tooLong(let part):
            "The mail cannot be written because its \(part.rawValue) is too long; shorten it."
        case .identifier:
            "The mail cannot be written because its Message-ID is not of the form <left@right>;"
                + " correct it."
        }
    }
}
