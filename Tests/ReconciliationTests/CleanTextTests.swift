import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// A raw text and what is to become of it.
struct TextRow: Sendable, CustomTestStringConvertible {
    var raw: String
    var expected: Observed<String>
    var problem: TextProblem?

    init(_ raw: String, _ expected: String) {
        self.raw = raw
        self.expected = .value(expected)
    }

    init(_ raw: String, unusable problem: TextProblem) {
        self.raw = raw
        self.problem = problem
        expected = .notSupplied(.notAskedFor)
    }

    init(saysNothing raw: String) {
        self.raw = raw
        expected = .notSupplied(.notGranted)
    }

    var testDescription: String { raw.prefix(30).debugDescription }
}

@Suite struct CleanTextTests {
    private func facts(_ change: (inout Observation) -> Void) -> Facts {
        Facts(of: Observation.staff("1").with(change), on: .example, policy: Policy())
    }

    @Test(arguments: [
        TextRow("Brown", "Brown"),
        TextRow("  Brown ", "Brown"),
        TextRow("Ní\u{A0} Bhriain", "Ní Bhriain"),
        TextRow("van  der\tMeer\r\n", "van der Meer"),
        TextRow("Ni\u{301} Bhriain", "N\u{ED} Bhriain"),
        TextRow("O'Hara", "O'Hara"),
        TextRow("O\u{2019}Hara", "O\u{2019}Hara"),
        TextRow("אבו-ליל", "אבו-ליל"),
        TextRow("النجار", "النجار"),
        TextRow("👩🏽‍🏫", "👩🏽‍🏫"),
        TextRow("\u{C5}\u{2126}\u{1E9B}\u{323}", "\u{C5}\u{3A9}\u{1E9B}\u{323}"),
        TextRow(String(repeating: "a", count: 200), String(repeating: "a", count: 200)),
        TextRow(saysNothing: ""),
        TextRow(saysNothing: " \t\u{2003}"),
        TextRow("Bro\u{0}wn", unusable: .controlCharacter),
        TextRow("Bro\u{1B}wn", unusable: .controlCharacter),
        TextRow("Bro\u{85}\u{9F}wn", unusable: .controlCharacter),
        TextRow(String(repeating: "x", count: 10_000), unusable: .tooLong(limit: 200)),
        TextRow("\u{202E}Brown\u{202C}", "Brown"),
        TextRow("\u{FEFF}Bro\u{2066}wn\u{AD}", "Brown"),
        TextRow("שלום\u{200F}", "שלום\u{200F}"),
        TextRow(saysNothing: "\u{200B}"),
    ])
    func `a name is cleaned or not used`(row: TextRow) {
        let facts = facts { $0.surname = .value(row.raw) }
        #expect(facts[text: .surname] == row.expected)
        #expect(facts.problems[.surname] == row.problem)
        if let value = facts[text: .surname].value, let wanted = row.expected.value {
            #expect(Array(value.unicodeScalars) == Array(wanted.unicodeScalars))
        }
    }

    @Test(arguments: [
        TextRow("Ann.O'Hara@School.Example", "ann.o'hara@school.example"),
        TextRow(" a@school.example\u{A0}", "a@school.example"),
        TextRow("ZO\u{45}\u{308}@school.example", "zo\u{EB}@school.example"),
        TextRow(saysNothing: "   "),
        TextRow("school.example", unusable: .notAnEmail),
        TextRow("a@b@school.example", unusable: .notAnEmail),
        TextRow("a@oa\u{212A}field.example", unusable: .notAnEmail),
        TextRow("@school.example", unusable: .notAnEmail),
        TextRow("a@school", unusable: .notAnEmail),
        TextRow("a@.school.example", unusable: .notAnEmail),
        TextRow("a@school.example.", unusable: .notAnEmail),
        TextRow("a b@school.example", unusable: .notAnEmail),
        TextRow("a@school.example, b@school.example", unusable: .notAnEmail),
        TextRow("Ann <a@school.example>", unusable: .notAnEmail),
        TextRow("a\u{0}@school.example", unusable: .controlCharacter),
        TextRow("a\u{202E}@school.example", unusable: .notAnEmail),
        TextRow("a\u{200D}@school.example", unusable: .notAnEmail),
        TextRow("a\u{AD}@school.example", unusable: .notAnEmail),
        TextRow(String(repeating: "a", count: 65) + "@school.example", unusable: .notAnEmail),
        TextRow(
            "a@" + String(repeating: "b", count: 10_000) + ".example",
            unusable: .tooLong(limit: 254)
        ),
    ])
    func `an address is cleaned or not used`(row: TextRow) {
        let facts = facts { $0.email = .value(row.raw) }
        #expect(facts.email == row.expected)
        #expect(facts.problems[.email] == row.problem)
    }

    @Test(arguments: [
        (TextProblem.controlCharacter, "it holds a character that cannot be shown"),
        (.tooLong(limit: 50), "it is longer than 50 characters"),
        (.notAnEmail, "it is not an e-mail address"),
    ])
    func `a problem says what is wrong`(problem: TextProblem, phrase: String) {
        #expect(problem.phrase == phrase)
    }
}
