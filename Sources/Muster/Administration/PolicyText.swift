public import Accounts
import Roster

/// A setting of a policy that was not understood.
public struct PolicyProblem: Error, Sendable, Hashable {
    /// What is wrong and what to do, in one sentence.
    public let sentence: String
}

/// The settings of a policy as operators write them: `KEY=VALUE`.
public enum PolicyText {
    /// Every key with a fixed name, and what it is for.
    public static let keys: [(key: String, meaning: String)] =
        Field.owned.map {
            ("owner.\($0.rawValue)", "who decides about it: \(words(Ownership.self))")
        } + [
            (
                "lineManager.departed",
                "people whose manager left: \(words(DepartedManagerRule.self))"
            ),
            ("match.trustEmail", "whether an address may join a record to an account: true, false"),
            ("freeze", "days without inferred leaving, in summer the end of a year: FIRST..LAST,…"),
            ("newcomers", "unknown people who log in: \(words(NewcomerRule.self))"),
            ("login.budgetMS", "milliseconds a login may take; 0: sources are not asked"),
            ("login.freshSeconds", "seconds a login's look-up serves later logins"),
            (
                "login.held",
                "people whose losses a guard holds back: \(words(HeldLoginRule.self))"
            ),
            ("login.staleHours", "hours after which an account is stale; none: never"),
            ("login.stale", "people whose account is stale: \(words(StaleLoginRule.self))"),
            ("batch.freshSeconds", "seconds a sync makes everybody fresh"),
            ("firstSync", "a connection's first sync by itself: \(words(FirstSyncRule.self))"),
            (
                "administrators",
                "rights, with commas, whose last holder is never suspended by a sync"
            ),
            ("passwords", "where passwords are kept: \(words(PasswordRule.self))"),
            ("pages.name", "what mails and pages call the tenant; default: the name of its school"),
            ("pages.colour", "the colour of mails and pages, as six hexadecimal digits"),
            ("role.NAME", "job titles, with commas, that give the right NAME"),
        ]

    /// The settings of `policy`, the ones that differ from the default and those with fixed names.
    public static func entries(of policy: Policy) -> [(key: String, value: String)] {
        var entries = Field.owned.map {
            ("owner.\($0.rawValue)", policy.owner(of: $0).rawValue)
        }
        entries += [
            ("lineManager.departed", policy.departedManager.rawValue),
            ("match.trustEmail", String(policy.trustsEmail)),
            ("freeze", policy.freezes.map(text).joined(separator: ",")),
            ("newcomers", policy.newcomers.rawValue),
            ("login.budgetMS", policy.loginBudget.map { String($0.milliseconds) } ?? "default"),
            (
                "login.freshSeconds",
                policy.freshness.map { String($0.components.seconds) } ?? "default"
            ),
            ("login.held", policy.heldLogins.rawValue),
            (
                "login.staleHours",
                policy.maximumStaleness.map { String($0.components.seconds / 3600) } ?? "none"
            ),
            ("login.stale", policy.staleLogins.rawValue),
            ("batch.freshSeconds", String(policy.batchFreshness.components.seconds)),
            ("firstSync", policy.firstSync.rawValue),
            ("administrators", policy.administrators.sorted().joined(separator: ",")),
            ("passwords", policy.passwords.rawValue),
            ("pages.name", policy.displayName ?? "default"),
            ("pages.colour", policy.colour ?? "default"),
        ]
        let rights = Set(policy.privileges.values.joined()).sorted()
        entries += rights.map { right in
            let titles = policy.privileges.filter { $0.value.contains(right) }.keys.sorted()
            return ("role.\(right)", titles.joined(separator: ","))
        }
        return entries
    }

    /// Sets `key` in `policy`; the value `default` takes the setting back.
    /// - Throws: `PolicyProblem` where key or value is not understood; nothing is changed then.
    public static func set(
        _ key: String,
        to value: String,
        in policy: inout Policy
    ) throws(PolicyProblem) {
        let isDefault = value == "default"
        let plain = Policy()
        if let field = Field.owned.first(where: { key == "owner.\($0.rawValue)" }) {
            policy.ownership[field] = isDefault ? nil : try owner(of: field, value, key)
            return
        }
        if key.hasPrefix("role."), key.count > 5 {
            setTitles(isDefault ? "" : value, for: String(key.dropFirst(5)), in: &policy)
            return
        }
        switch key {
        case "lineManager.departed":
            policy.departedManager = isDefault ? plain.departedManager : try word(value, key)
        case "newcomers":
            policy.newcomers = isDefault ? plain.newcomers : try word(value, key)
        case "match.trustEmail":
            policy.trustsEmail = isDefault ? plain.trustsEmail : try truth(value, key)
        case "freeze":
            policy.freezes = isDefault ? [] : try terms(value, key)
        case "login.budgetMS":
            policy.loginBudget = isDefault ? nil : .milliseconds(try number(value, key))
        case "login.freshSeconds":
            policy.freshness = isDefault ? nil : .seconds(try number(value, key))
        case "login.held":
            policy.heldLogins = isDefault ? plain.heldLogins : try word(value, key)
        case "login.stale":
            policy.staleLogins = isDefault ? plain.staleLogins : try word(value, key)
        case "login.staleHours":
            policy.maximumStaleness =
                isDefault || value == "none" ? nil : .seconds(try number(value, key) * 3600)
        case "administrators":
            policy.administrators = isDefault ? plain.administrators : names(value)
        case "passwords":
            policy.passwords = isDefault ? plain.passwords : try word(value, key)
        case "pages.name":
            policy.displayName = isDefault || value.isEmpty ? nil : try line(value, key)
        case "pages.colour":
            policy.colour = isDefault ? nil : try colour(value, key)
        case "firstSync":
            policy.firstSync = isDefault ? plain.firstSync : try word(value, key)
        case "batch.freshSeconds":
            policy.batchFreshness = isDefault ? .zero : .seconds(try number(value, key))
        default:
            throw PolicyProblem(
                sentence:
                    "There is no policy setting \(key); choose one of \(keys.map(\.key).joined(separator: ", "))."
            )
        }
    }

    // MARK: Values

    private static func line(_ value: String, _ key: String) throws(PolicyProblem) -> String {
        guard value.count <= 100, !value.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw PolicyProblem(
                sentence: "\(key) must be one line of at most 100 characters."
            )
        }
        return value
    }

    private static func colour(_ value: String, _ key: String) throws(PolicyProblem) -> String {
        let digits = value.hasPrefix("#") ? value.dropFirst() : value[...]
        guard digits.count == 6, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw PolicyProblem(
                sentence: "\(key) must be six hexadecimal digits, such as 1F4E79."
            )
        }
        return digits.lowercased()
    }

    private static func owner(
        of field: Field,
        _ value: String,
        _ key: String
    ) throws(PolicyProblem) -> Ownership {
        let ownership: Ownership = try word(value, key)
        guard field != .email || ownership != .local else {
            throw PolicyProblem(
                sentence:
                    "owner.email cannot be local because new accounts need an address; choose untilEdited or onceAtCreation."
            )
        }
        return ownership
    }

    private static func setTitles(_ titles: String, for right: String, in policy: inout Policy) {
        for title in policy.privileges.keys {
            policy.privileges[title]?.remove(right)
            if policy.privileges[title]?.isEmpty == true { policy.privileges[title] = nil }
        }
        for title in titles.split(separator: ",") {
            let words = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !words.isEmpty { policy.privileges[words.lowercased(), default: []].insert(right) }
        }
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ value: String,
        _ key: String
    ) throws(PolicyProblem) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: value) else {
            throw PolicyProblem(
                sentence: "\(key) cannot be \(value); choose one of \(words(Word.self))."
            )
        }
        return word
    }

    private static func words<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> String
    where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func truth(_ value: String, _ key: String) throws(PolicyProblem) -> Bool {
        guard let truth = Bool(value) else {
            throw PolicyProblem(sentence: "\(key) cannot be \(value); choose true or false.")
        }
        return truth
    }

    private static func number(_ value: String, _ key: String) throws(PolicyProblem) -> Int64 {
        guard let number = Int64(value), (0...1_000_000_000).contains(number) else {
            throw PolicyProblem(
                sentence: "\(key) cannot be \(value); give a whole number from 0 to 1000000000."
            )
        }
        return number
    }

    static func terms(_ value: String, _ key: String) throws(PolicyProblem) -> [Term] {
        var terms: [Term] = []
        for part in value.split(separator: ",") {
            let days = part.split(separator: ".", omittingEmptySubsequences: true)
            guard part.contains(".."), days.count == 2, let first = Day(days[0]),
                let last = Day(days[1]), first <= last
            else {
                throw PolicyProblem(
                    sentence:
                        "\(key) cannot be \(part); give days as 2026-07-20..2026-09-06, several with commas."
                )
            }
            terms.append(Term(start: first, end: last))
        }
        return terms
    }

    private static func names(_ value: String) -> Set<String> {
        let names = value.split(separator: ",").map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return Set(names.filter { !$0.isEmpty })
    }

    static func text(_ term: Term) -> String {
        "\(term.start.map(\.description) ?? "")..\(term.end.map(\.description) ?? "")"
    }
}

extension Duration {
    /// Whole milliseconds; fractions are dropped.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
