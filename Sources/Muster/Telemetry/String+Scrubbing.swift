import Accounts
import Roster

extension String {
    /// The sentence without what could tell whom it is about: `names`, and everything with an @.
    func scrubbed(of names: [String]) -> String {
        var text = self
        for name in Set(names + names.map { $0.lowercased() }) where !name.isEmpty {
            for range in text.ranges(of: name).reversed() where text.isWord(range) {
                text.replaceSubrange(range, with: "…")
            }
        }
        guard text.contains("@") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.contains("@") ? "…" : $0 }
            .joined(separator: " ")
    }

    /// Whether no letter or digit touches `range`: an id of one digit is in many numbers.
    private func isWord(_ range: Range<Index>) -> Bool {
        let before = self[..<range.lowerBound].last
        let after = self[range.upperBound...].first
        return ![before, after].contains { $0?.isLetter == true || $0?.isNumber == true }
    }
}

extension LoginEvent {
    /// The texts by which somebody could tell who logs in.
    var names: [String] {
        let key =
            switch self.key {
            case .email(let text), .sourceID(let text, _), .username(let text): text
            case .subject(let subject): subject.subject
            }
        return [key, subject?.subject].compactMap(\.self)
    }
}

extension AccountSummary {
    /// The texts by which somebody could tell whose account it is.
    var names: [String] {
        [
            account.email, account.surname, account.forename, account.phone, account.address,
        ].compactMap(\.self) + links.map(\.key.id)
    }
}
