/// Words that passwords are commonly made of, found at any place of a text.
struct WordTable: Sendable {
    private struct Entry: Sendable {
        let word: [Unicode.Scalar]
        let reason: PasswordRefusal.Reason
    }

    private static let shortest = 3
    private var entries: [Unicode.Scalar: [Entry]] = [:]

    mutating func insert(_ word: FoldedText, _ reason: PasswordRefusal.Reason) {
        guard let first = word.scalars.first, word.scalars.count >= Self.shortest else { return }
        // The last one first, so that what is known of a person goes before common words.
        entries[first, default: []].insert(Entry(word: word.scalars, reason: reason), at: 0)
    }

    /// The words that begin at `start`, seen through letter swaps and what is put between letters.
    func matches(
        in text: [Unicode.Scalar],
        at start: Int
    ) -> [(length: Int, reason: PasswordRefusal.Reason)] {
        let firsts = [text[start]] + (FoldedText.swaps[text[start]] ?? [])
        return firsts.flatMap { entries[$0] ?? [] }.compactMap { entry in
            Self.length(of: entry.word, in: text[start...])
                .map { (length: $0, reason: entry.reason) }
        }
    }

    /// How much of the text a word takes up, or nil where the text does not begin with it.
    private static func length(
        of word: [Unicode.Scalar],
        in text: ArraySlice<Unicode.Scalar>
    ) -> Int? {
        var position = text.startIndex
        for letter in word {
            while position < text.endIndex, text[position] != letter,
                !FoldedText.isSwap(text[position], for: letter)
            {
                // The first letter is there already, so nothing is left out before it.
                guard separators.contains(text[position]) else { return nil }
                position += 1
            }
            guard position < text.endIndex else { return nil }
            position += 1
        }
        return position - text.startIndex
    }

    /// What people put between letters and words.
    private static let separators = Set(" -_.,'’@+/".unicodeScalars)

    /// What everybody's password might be made of.
    static let common: WordTable = {
        var table = WordTable()
        for (words, reason) in [
            (CommonWords.words, PasswordRefusal.Reason.word), (CommonWords.dates, .date),
        ] {
            for word in words.split(whereSeparator: \.isWhitespace) {
                table.insert(FoldedText(String(word)), reason)
            }
        }
        return table
    }()
}
