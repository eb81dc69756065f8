import Testing

@testable import Credentials

@Suite struct PasswordTests {
    @Test(arguments: [
        ("four unlikely words", nil),
        ("  spaces count  ", nil),
        ("пароль из четырёх слов", nil),
        ("🐘 elephant 👩‍🏫", nil),
        (String(repeating: "x", count: 1024), nil),
        ("", PasswordRefusal.empty),
        (String(repeating: "x", count: 1025), .tooLong(maximum: 1024)),
        (String(repeating: "😀", count: 1024), nil),
        (String(repeating: "😀", count: 1025), .tooLong(maximum: 1024)),
        ("line\nbreak and more", .controlCharacter),
        ("a tab\tand more", .controlCharacter),
        ("nothing\u{0}and more", .controlCharacter),
        ("next line\u{85}and more", .controlCharacter),
        ("delete\u{7F}and more", .controlCharacter),
        ("replaced \u{FFFD} and more", .unreadable),
    ])
    func `what is typed is taken or refused, never changed`(
        text: String,
        refusal: PasswordRefusal?
    ) throws {
        guard let refusal else {
            #expect(try Password(text).typed == text)
            #expect(try Password(utf8: Array(text.utf8)).typed == text)
            return
        }
        #expect(throws: refusal) { try Password(text) }
        #expect(throws: refusal) { try Password(utf8: Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
            [0xC0, 0x80],
            [0xFF], [0xC3], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func `bytes that are no text are refused`(bytes: [UInt8]) {
        let around = Array("four unlikely ".utf8) + bytes + Array(" words".utf8)
        #expect(throws: PasswordRefusal.unreadable) { try Password(utf8: around) }
    }

    @Test func `a megabyte is refused by its length alone`() {
        let text = String(repeating: "a\u{301}", count: 400_000)
        #expect(throws: PasswordRefusal.tooLong(maximum: 1024)) { try Password(text) }
        let bytes = [UInt8](repeating: 0xFF, count: 1 << 20)
        #expect(throws: PasswordRefusal.tooLong(maximum: 1024)) { try Password(utf8: bytes) }
    }

    @Test(arguments: [
        ("caf\u{E9} au lait", "cafe\u{301} au lait"),
        ("ﬁve old ﬂutes", "five old flutes"),
        ("Ｐａｓｓ ｗｏｒｄｓ", "Pass words"),
        ("x² and ½", "x2 and 1⁄2"),
        ("a\u{A0}b", "a b"),
    ])
    func `however a keyboard writes it, it is the same password`(
        one: String,
        other: String
    )
        throws
    {
        #expect(try Password(one).bytes == Password(other).bytes)
    }

    @Test func `characters are counted as whoever typed them chose them`() throws {
        #expect(try Password("\u{FDFA}").codePoints == 1)
        #expect(try Password("e\u{301}e\u{301}").codePoints == 2)
        #expect(try Password("😀😀").codePoints == 2)
    }

    @Test func `the most that is taken stays bounded in NFKC`() throws {
        let longest = try Password(String(repeating: "\u{FDFA}", count: 1024))
        #expect(longest.bytes.count < 64 * 1024)
    }

    @Test func `a password does not print itself`() throws {
        let password = try Password("four unlikely words")
        #expect(!shown(password).contains("unlikely"))
        #expect(!shown([Optional(password)]).contains("unlikely"))
        #expect("\(password)" == "a password")
    }

    @Test func `every refusal is one sentence`() {
        let refusals: [PasswordRefusal] =
            [
                .empty, .tooShort(minimum: 15), .tooLong(maximum: 1024), .controlCharacter,
                .unreadable, .breached, .listUnreadable,
            ] + PasswordRefusal.Reason.allCases.map(PasswordRefusal.guessable)
        for refusal in refusals {
            #expect(refusal.sentence.hasSuffix("."))
            #expect(refusal.sentence.contains(";") && !refusal.sentence.contains("\n"))
        }
    }
}
