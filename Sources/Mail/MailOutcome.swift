/// What became of a mail, as far as the sender can know.
///
/// Codes are those of SMTP. No sentence holds an address, a secret, a word of the mail, or what
/// the server wrote, which may repeat all of that.
package enum MailOutcome: Sendable, Hashable {
    /// The server took it.
    case sent
    /// Not taken this time: to be tried again later.
    case temporary(code: Int?, sentence: String)
    /// Refused for good: trying again would change nothing.
    case permanent(code: Int?, sentence: String)
    /// The server may have taken it, but its answer did not come; a second one is the same mail.
    case uncertain(sentence: String)
}
