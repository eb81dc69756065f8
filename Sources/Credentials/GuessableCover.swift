/// What is left of a password once everything is taken out that anybody would try first.
///
/// Words, rows of keys, runs, dates and repetitions are laid over the text so that as little as
/// possible stays uncovered. What stays is weighed; too little is a refusal.
struct GuessableCover {
    /// A stretch that costs a guesser nothing.
    struct Piece: Equatable {
        let start: Int
        let end: Int
        let reason: PasswordRefusal.Reason
    }

    /// The weight of five letters that nothing explains.
    private static let enough = 10

    /// What covers the text, in order.
    let pieces: [Piece]
    /// The weight of what is not covered.
    let rest: Int

    init(of text: FoldedText, words: WordTable) {
        let scalars = text.scalars
        var lowest = Array(repeating: 0, count: scalars.count + 1)
        var chosen: [Piece?] = Array(repeating: nil, count: scalars.count + 1)
        for start in scalars.indices.reversed() {
            lowest[start] = lowest[start + 1] + Self.weight(of: scalars[start])
            for (length, reason) in Self.candidates(in: scalars, at: start, words: words)
            where lowest[start + length] < lowest[start] {
                lowest[start] = lowest[start + length]
                chosen[start] = Piece(start: start, end: start + length, reason: reason)
            }
        }
        rest = lowest[0]
        var pieces: [Piece] = []
        var position = 0
        while position < scalars.count {
            if let piece = chosen[position] { pieces.append(piece) }
            position = chosen[position]?.end ?? position + 1
        }
        self.pieces = pieces
    }

    /// Why the password is refused, by what covers the most of it; nil where enough is left.
    ///
    /// Where nothing covers anything, a short password is simply short, which is another rule.
    var refusal: PasswordRefusal.Reason? {
        guard rest < Self.enough else { return nil }
        return PasswordRefusal.Reason.allCases
            .map { reason in
                (reason, pieces.filter { $0.reason == reason }.reduce(0) { $0 + $1.end - $1.start })
            }
            .filter { $0.1 > 0 }
            .max { $0.1 < $1.1 }?.0
    }

    /// Digits and what people put between words are soon tried; letters and the rest count double.
    private static func weight(of scalar: Unicode.Scalar) -> Int {
        let isCheap = ("0"..."9").contains(scalar) || " -_.,!?:;/'".unicodeScalars.contains(scalar)
        return isCheap ? 1 : 2
    }

    private static func candidates(
        in text: [Unicode.Scalar],
        at start: Int,
        words: WordTable
    ) -> [(length: Int, reason: PasswordRefusal.Reason)] {
        words.matches(in: text, at: start) + KeyRows.matches(in: text, at: start)
            + Dates.matches(in: text, at: start)
            + Repetitions.matches(in: text, at: start)
    }
}

/// Letters, digits and keys in a row, forwards and backwards.
private enum KeyRows {
    private struct Row {
        let keys: [Unicode.Scalar]
        let shortest: Int
        let reason: PasswordRefusal.Reason

        init(_ keys: String, _ shortest: Int, _ reason: PasswordRefusal.Reason) {
            self.keys = Array(keys.unicodeScalars)
            self.shortest = shortest
            self.reason = reason
        }
    }

    /// The British, American, German and French keyboards, by row and by column.
    private static let rows =
        [Row("abcdefghijklmnopqrstuvwxyz", 3, .sequence), Row("01234567890", 3, .sequence)]
        + [
            "qwertyuiop[]", "asdfghjkl;'#", "zxcvbnm,./", "qwertzuiop", "yxcvbnm", "azertyuiop",
            "qsdfghjklm", "wxcvbn", "!\"£$%^&*()", "!@#$%^&*()",
        ].map { Row($0, 4, .keyboard) }
        + ["1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol."]
        .map { Row($0, 3, .keyboard) }

    static func matches(
        in text: [Unicode.Scalar],
        at start: Int
    ) -> [(length: Int, reason: PasswordRefusal.Reason)] {
        rows.flatMap { row in
            row.keys.indices.filter { row.keys[$0] == text[start] }.flatMap { key in
                [1, -1].flatMap { step in
                    let length = length(of: row.keys, from: key, by: step, in: text, at: start)
                    return (row.shortest...max(row.shortest, length)).filter { $0 <= length }
                        .map { (length: $0, reason: row.reason) }
                }
            }
        }
    }

    private static func length(
        of keys: [Unicode.Scalar],
        from key: Int,
        by step: Int,
        in text: [Unicode.Scalar],
        at start: Int
    ) -> Int {
        var length = 0
        while start + length < text.count, keys.indices.contains(key + step * length),
            keys[key + step * length] == text[start + length]
        {
            length += 1
        }
        return length
    }
}

/// Years and dates in digits.
private enum Dates {
    static func matches(
        in text: [Unicode.Scalar],
        at start: Int
    ) -> [(length: Int, reason: PasswordRefusal.Reason)] {
        let digits = text[start...].prefix(8).prefix { ("0"..."9").contains($0) }
            .map { Int($0.value) - 0x30 }
        return [4, 6, 8].filter { $0 <= digits.count && isDate(Array(digits.prefix($0))) }
            .map { (length: $0, reason: .date) } + written(in: text, at: start)
    }

    /// A date with something between its numbers, as in `1/9/24`.
    private static func written(
        in text: [Unicode.Scalar],
        at start: Int
    ) -> [(length: Int, reason: PasswordRefusal.Reason)] {
        var position = start
        var numbers: [Int] = []
        while numbers.count < 3 {
            let digits = text[position...].prefix(4).prefix { ("0"..."9").contains($0) }
            guard !digits.isEmpty else { return [] }
            numbers.append(digits.reduce(0) { $0 * 10 + Int($1.value) - 0x30 })
            position += digits.count
            guard numbers.count < 3 else { break }
            guard position < text.count, " -./".unicodeScalars.contains(text[position]) else {
                return []
            }
            position += 1
        }
        let isWritten = isDay(numbers[0], numbers[1]) || isDay(numbers[1], numbers[2])
        return isWritten ? [(length: position - start, reason: .date)] : []
    }

    private static func isDay(_ first: Int, _ second: Int) -> Bool {
        ((1...12).contains(first) && (1...31).contains(second))
            || ((1...31).contains(first) && (1...12).contains(second))
    }

    private static func isDate(_ digits: [Int]) -> Bool {
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        func isYear(_ year: Int) -> Bool { (1900...2099).contains(year) }
        switch digits.count {
        case 4:
            return isYear(number(0..<4))
        case 6:
            return isDay(number(0..<2), number(2..<4)) || isDay(number(2..<4), number(4..<6))
        default:
            return (isYear(number(0..<4)) && isDay(number(4..<6), number(6..<8)))
                || (isYear(number(4..<8)) && isDay(number(0..<2), number(2..<4)))
        }
    }
}

/// What stood in the text before, anywhere.
private enum Repetitions {
    private static let shortest = 3
    private static let longest = 64

    static func matches(
        in text: [Unicode.Scalar],
        at start: Int
    ) -> [(length: Int, reason: PasswordRefusal.Reason)] {
        var longest = isRun(text, at: start) ? shortest : 0
        for earlier in 0..<start where text[earlier] == text[start] {
            var length = 0
            while length < Self.longest, start + length < text.count,
                text[earlier + length] == text[start + length]
            {
                length += 1
            }
            longest = max(longest, length)
        }
        guard longest >= shortest else { return [] }
        return (shortest...longest).map { (length: $0, reason: .repetition) }
    }

    /// One character three times.
    private static func isRun(_ text: [Unicode.Scalar], at start: Int) -> Bool {
        start + 2 < text.count && text[start] == text[start + 1] && text[start] == text[start + 2]
    }
}
