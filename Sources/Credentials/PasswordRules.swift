/// What a new password must be: long enough, and not what anybody would try first.
///
/// There are no rules about kinds of characters, and a password never runs out: length and a look
/// at what is commonly chosen do more, as NIST SP 800-63B has it.
package struct PasswordRules: Sendable {
    /// The least that a minimum may be set to.
    package static let leastMinimum = 8
    /// What NIST asks of a password that is the only factor.
    package static let defaultMinimum = 15

    /// The fewest characters.
    package let minimum: Int
    private let breachFile: BreachFile?

    /// Rules; a minimum below 8 or over 64 is set to that.
    package init(minimum: Int = Self.defaultMinimum, breachFile: BreachFile? = nil) {
        self.minimum = min(max(minimum, Self.leastMinimum), 64)
        self.breachFile = breachFile
    }

    /// Throws where `password` must not be set for the person that `context` tells of.
    package func check(
        _ password: Password,
        context: PasswordContext
    ) throws(PasswordRefusal) {
        guard password.codePoints >= minimum else { throw .tooShort(minimum: minimum) }
        let cover = GuessableCover(of: FoldedText(password.normalised), words: context.words)
        if let reason = cover.refusal { throw .guessable(reason) }
        guard let breachFile else { return }
        let isKnown: Bool
        do {
            isKnown = try breachFile.contains(password)
        } catch {
            throw .listUnreadable
        }
        if isKnown { throw .breached }
    }
}

/// What is known of a person and her school, which her password must not be made of.
package struct PasswordContext: Sendable {
    /// The school, the service and whatever else its people have in common.
    package var places: [String]
    /// The person's names, login name and addresses.
    package var own: [String]
    /// Other words that are near at hand, such as the subjects she teaches.
    package var others: [String]

    /// A context; what is empty is left out.
    package init(places: [String] = [], own: [String] = [], others: [String] = []) {
        self.places = places
        self.own = own
        self.others = others
    }

    /// All of it as words to look for.
    var words: WordTable {
        var table = WordTable.common
        // The last one counts where a word is in two of them, as a school is in an address.
        for (texts, reason) in [
            (others, PasswordRefusal.Reason.word), (own, .ownName), (places, .place),
        ] {
            for text in texts.prefix(100) {
                for word in Self.parts(of: text) { table.insert(word, reason) }
            }
        }
        return table
    }

    /// The words of a name or an address, and each few of them that stand side by side as one:
    /// `St Anne's Primary` is also `stannes`.
    private static func parts(of text: String) -> [FoldedText] {
        // Nobody's name is longer, and what comes from outside must not make the check slow.
        let folded = FoldedText(String(text.prefix(200)))
        let apostrophes: Set<Unicode.Scalar> = ["'", "’"]
        let words = folded.scalars
            .filter { !apostrophes.contains($0) }
            .split { !$0.properties.isAlphabetic }
            .prefix(12)
        return words.indices.flatMap { first in
            words.indices[first...].map { last in
                FoldedText(scalars: words[first...last].flatMap { $0 })
            }
        }
    }
}
