import Foundation
import Testing

@testable import Credentials

@Suite struct PasswordRulesTests {
    static let context = PasswordContext(
        places: ["St Anne's Primary School", "Muster", "stannes.school.example"],
        own: ["Björk", "Featherstonehaugh-Nwosu", "b.feather@stannes.school.example"],
        others: ["Food Technology"]
    )

    private func refusal(
        of text: String,
        minimum: Int = PasswordRules.defaultMinimum,
        breachFile: BreachFile? = nil
    ) throws -> PasswordRefusal? {
        let rules = PasswordRules(minimum: minimum, breachFile: breachFile)
        do throws(PasswordRefusal) {
            try rules.check(Password(text), context: Self.context)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "four unlikely quilts walk", "correct horse battery staple", "k7#qz9vmTr!x2wLp",
        "the kettle sings at noon", "пароль из четырёх слов", "我喜欢在下雨天喝热茶和看书听音乐",
        "839 201 746 352 918", "Wolves juggle 3 lemons", "MyAuntKeepsNineFerrets",
        "   seventeen otters   ", "violins+gravel+tapioca",
    ])
    func `a good password is taken`(text: String) throws {
        #expect(try refusal(of: text) == nil)
    }

    @Test(arguments: [
        ("passwordpassword", PasswordRefusal.Reason.word),
        ("P@$$w0rd-P4ssw0rd", .word),
        ("WelcomePassword2024!", .word),
        ("letmein letmein please", .word),
        ("FootballArsenal1!", .word),
        ("MathsTeacher2025", .word),
        ("FoodTechnology99!", .word),
        ("aaaaaaaaaaaaaaaaaaaa", .repetition),
        ("zxqvzxqvzxqvzxqv", .repetition),
        ("kwtkwtkwtkwtkwtkwt", .repetition),
        ("abcdefghijklmnop", .sequence),
        ("zyxwvutsrqponmlk", .sequence),
        ("1234567890123456", .sequence),
        ("abcdefgh12345678", .sequence),
        ("qwertyuiopasdfgh", .keyboard),
        ("QWERTZUIOPqwertz", .keyboard),
        ("1qaz2wsx3edc4rfv", .keyboard),
        ("poiuytrewqlkjhgfdsa", .keyboard),
        ("!\"£$%^&*()!\"£$%^", .keyboard),
        ("September2024!!", .date),
        ("Autumn Term 2025/26", .date),
        ("01/02/1985 12.04.1990", .date),
        ("1985041219850412", .date),
        ("stannesprimary2024", .place),
        ("St. Anne's - St Annes", .place),
        ("MusterMusterMuster1", .place),
        ("björkbjörk-BJORK", .ownName),
        ("Featherstonehaugh7", .ownName),
        ("b.feather@stannes.school.example", .ownName),
        ("p.a.s.s.w.o.r.d.2.0.2.4", .word),
        ("F34th3r5t0n3h4ugh!!", .ownName),
    ])
    func `a password that anybody would try is refused, and why`(
        text: String,
        reason: PasswordRefusal.Reason
    ) throws {
        #expect(try refusal(of: text) == .guessable(reason))
    }

    @Test func `thousands of likely passwords are refused`() throws {
        let words = [
            "password", "welcome", "teacher", "football", "summer", "dragon", "monday", "maths",
            "school", "liverpool", "chocolate", "sunshine",
        ]
        let ends = ["", "1", "!", "123", "2024", "2024!", "1!", "99", "@1", "#"]
        var tried = 0
        for first in words {
            for second in words {
                for end in ends {
                    for text in [first + second + end, "\(first.capitalized)-\(second)\(end)"]
                    where text.count >= PasswordRules.defaultMinimum {
                        tried += 1
                        let refusal = try refusal(of: text)
                        guard case .guessable = refusal else {
                            Issue.record("\(text) is taken")
                            continue
                        }
                    }
                }
            }
        }
        #expect(tried > 2000)
    }

    @Test func `length is a matter of the setting`() throws {
        #expect(try refusal(of: "kettle sings") == .tooShort(minimum: 15))
        #expect(try refusal(of: "kettle sings", minimum: 12) == nil)
        #expect(try refusal(of: "k7#qz9v", minimum: 1) == .tooShort(minimum: 8))
        #expect(try refusal(of: "k7#qz9vm", minimum: 1) == nil)
        #expect(PasswordRules(minimum: 1000).minimum == 64)
        #expect(PasswordRules(minimum: -5).minimum == 8)
        #expect(PasswordRules().minimum == 15)
    }

    @Test func `one character that NFKC makes long is still one character`() throws {
        #expect(try refusal(of: "\u{FDFA}") == .tooShort(minimum: 15))
    }

    @Test func `at eight characters the common ones are refused too`() throws {
        for text in [
            "password", "Passw0rd", "letmein1", "qwertyui", "12345678", "Maths2024", "björk123",
        ] {
            guard case .guessable = try refusal(of: text, minimum: 8) else {
                Issue.record("\(text) is taken")
                continue
            }
        }
    }

    @Test func `long passwords are judged quickly enough`() throws {
        let start = ContinuousClock.now
        #expect(try refusal(of: String(repeating: "a", count: 1024)) != nil)
        #expect(try refusal(of: String(repeating: "ab", count: 512)) != nil)
        // A wide limit: this is about seconds that would be minutes.
        #expect(start.duration(to: .now) < .seconds(60))
    }

    @Test func `names that are nobody's word are no trouble`() throws {
        let context = PasswordContext(
            places: ["", "  ", "'"],
            own: ["Li", "\u{301}", String(repeating: "n", count: 100_000)],
            others: Array(repeating: "subject", count: 5000)
        )
        try PasswordRules().check(Password("four unlikely quilts walk"), context: context)
    }

    @Test func `a password of the operator's list is refused`() throws {
        let lines = "violins+gravel+tapioca\nanother one of them\n"
        try withFile(lines.utf8) { path in
            let file = try BreachFile(path: path)
            #expect(try refusal(of: "violins+gravel+tapioca", breachFile: file) == .breached)
            #expect(try refusal(of: "VIOLINS+gravel+tapioca", breachFile: file) == .breached)
            #expect(try refusal(of: "violins+gravel+tapiocas", breachFile: file) == nil)
            // What is easy to guess is told first: it says more.
            #expect(try refusal(of: "passwordpassword", breachFile: file) == .guessable(.word))
        }
    }

    @Test func `a list that can no longer be read lets nothing through`() throws {
        let lines = (0..<2000).map { "unlikely password \($0 + 10_000)\n" }.joined()
        try withFile(lines.utf8) { path in
            let file = try BreachFile(path: path, maximumLoadedBytes: 0)
            #expect(try refusal(of: "four unlikely quilts walk", breachFile: file) == nil)
            try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 10)
            #expect(
                try refusal(of: "four unlikely quilts walk", breachFile: file) == .listUnreadable
            )
        }
    }
}
