/// Why a password was not taken: facts for whoever chose it, never the password.
package enum PasswordRefusal: Error, Sendable, Hashable {
    /// Nothing was typed.
    case empty
    /// Fewer characters than the rules want.
    case tooShort(minimum: Int)
    /// More characters or bytes than are taken.
    case tooLong(maximum: Int)
    /// It holds a line break, a tab or another character that is not text.
    case controlCharacter
    /// It holds something that is no character, such as half a surrogate pair.
    case unreadable
    /// It is made of what anybody would try first.
    case guessable(Reason)
    /// It stands in the operator's list of passwords that became known.
    case breached
    /// The operator's list cannot be read any more.
    case listUnreadable

    /// What a guessable password is mostly made of.
    package enum Reason: Sendable, Hashable, CaseIterable {
        /// A common word, as in `password`.
        case word
        /// Letters or digits in a row, as in `abcdef` or `4321`.
        case sequence
        /// Neighbours on a keyboard, as in `qwerty`.
        case keyboard
        /// One thing again and again.
        case repetition
        /// A year, a month, a day or a date.
        case date
        /// The name of the school or of this service.
        case place
        /// The person's own name or address.
        case ownName
    }

    /// One sentence for the person who chose the password.
    package var sentence: String {
        switch self {
        case .empty:
            "The password is empty; type one."
        case .tooShort(let minimum):
            "The password is too short; use at least \(minimum) characters, for example four words."
        case .tooLong(let maximum):
            "The password is too long; use at most \(maximum) characters."
        case .controlCharacter:
            "The password holds a line break, a tab or another hidden character; leave it out."
        case .unreadable:
            "The password holds something that is not a character; type it again."
        case .guessable(let reason):
            "The password is easy to guess because it is mostly \(reason.words); choose words that"
                + " have nothing to do with one another."
        case .breached:
            "The password is in a list of passwords that became known elsewhere; choose another"
                + " one, and change it wherever else you use it."
        case .listUnreadable:
            "Passwords cannot be checked just now; try again later, or tell your administrator."
        }
    }
}

extension PasswordRefusal.Reason {
    fileprivate var words: String {
        switch self {
        case .word: "words that many people use in passwords"
        case .sequence: "letters or digits in a row"
        case .keyboard: "keys that lie side by side"
        case .repetition: "the same thing again and again"
        case .date: "a date, a year or a month"
        case .place: "the name of your school or of this service"
        case .ownName: "your own name or address"
        }
    }
}
