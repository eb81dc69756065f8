import Foundation
import PostOffice
import Testing

@testable import Mail

@Suite struct MailMessageTests {
    private func lines(_ message: MailMessage) -> [String] {
        String(decoding: message.encoded(), as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test func `a mail is the same byte by byte each time`() throws {
        #expect(try MailMessage.sample().encoded() == MailMessage.sample().encoded())
        let source = try MailMessage.sample().read.source
        #expect(
            source.hasPrefix(
                """
                Date: Mon, 21 Sep 2026 14:13:20 +0000\r
                From: "Example School" <muster@school.example>\r
                To: anna.smith@school.example\r
                Message-ID: <7f3a@muster.school.example>\r
                Subject: Choose your password\r
                Auto-Submitted: auto-generated\r
                MIME-Version: 1.0\r
                Content-Type: multipart/alternative; boundary="=_alternatives"\r
                \r
                --=_alternatives\r

                """
            )
        )
    }

    static let texts = [
        "plain", "", " ", "ends with a blank ", "tab\tinside and at the end\t", "a=b == c",
        ".", "..", ".dot first\n.again", "--=_alternatives", "--=_alternatives--", "=_",
        "Größe, Æther, 你好, 👩‍🏫", String(repeating: "ü", count: 500),
        String(repeating: "word ", count: 500), String(repeating: "x", count: 3000),
        "one\ntwo\r\nthree\rfour\n\n\nfive", "nothing\u{0}here", "line\u{2028}separator",
        "From the beginning", String(repeating: "x", count: 75), String(repeating: "x", count: 76),
        String(repeating: "x", count: 77), String(repeating: "x", count: 75) + " ",
        String(repeating: "x", count: 75) + "=",
    ]

    @Test(arguments: texts)
    func `a body comes back as it was`(text: String) throws {
        let message = try MailMessage.sample(text: text, html: "<p>\(text)</p>")
        var expected = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        if !expected.hasSuffix("\n"), !expected.isEmpty { expected += "\n" }
        #expect(message.read.text == expected.replacing("\n", with: "\r\n"))
        #expect(message.read.html.hasPrefix("<p>") && message.read.html.hasSuffix("</p>\r\n"))
    }

    @Test(arguments: texts)
    func `every line is short and plain`(text: String) throws {
        let message = try MailMessage.sample(
            name: String(text.filter { !$0.isNewline && $0 != "\0" && $0 != "\t" }.prefix(100)),
            text: text
        )
        let bytes = message.encoded()
        #expect(bytes.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A })
        for line in lines(message) {
            #expect(line.utf8.count <= 78)
            #expect(line.last != " ", "\(line)")
            #expect(line.first != ".")
        }
        let feeds = bytes.indices.filter { bytes[$0] == 0x0A }
        #expect(feeds.allSatisfy { $0 > 0 && bytes[$0 - 1] == 0x0D })
        #expect(bytes.filter { $0 == 0x0D }.count == feeds.count)
    }

    @Test(arguments: [
        "Choose your password", "Größe", "=?UTF-8?B?AAAA?=", "", " blanks around ",
        String(repeating: "long ", count: 40) + "end", String(repeating: "ü", count: 150),
        String(repeating: "👩‍🏫", count: 20), "a: b, <c@d> \"e\" \\", "你好，请设置您的密码",
        "line\u{2028}separator",
    ])
    func `a subject and a name come back as they were`(text: String) throws {
        let message = try MailMessage.sample(name: text, subject: text)
        #expect(message.read.subject == text)
        let to = try #require(message.read["To"])
        #expect(
            to.hasSuffix(text.isEmpty ? "anna.smith@school.example" : "<anna.smith@school.example>")
        )
        let phrase = to.dropLast("<anna.smith@school.example>".count)
            .trimmingCharacters(in: .whitespaces)
        let shown =
            phrase.hasPrefix("\"") && phrase.hasSuffix("\"")
            ? String(phrase.dropFirst().dropLast()).replacing(/\\(.)/) { $0.output.1 } : phrase
        #expect(shown == text.trimmingCharacters(in: .whitespaces) || shown == text)
    }

    @Test(arguments: [
        "a\r\nBcc: everybody@school.example", "a\nb", "a\rb", "a\u{0}b", "a\tb", "a\u{7F}b",
        "a\u{85}b",
    ])
    func `a line break in a header is refused`(text: String) {
        #expect(throws: MailFault.controlCharacter(.subject)) {
            try MailMessage.sample(subject: text)
        }
        #expect(throws: MailFault.controlCharacter(.name)) { try MailMessage.sample(name: text) }
        #expect(throws: MailFault.controlCharacter(.name)) {
            try MailAddress("muster@school.example", name: text)
        }
        #expect(throws: MailFault.address) {
            try MailMessage.sample(to: "anna\(text)@school.example")
        }
        #expect(throws: MailFault.identifier) {
            try MailMessage.sample(id: "<\(text)@school.example>")
        }
    }

    @Test(arguments: [
        ("anna@school.example", true), ("o'brien+x@sub.school.example", true), ("a@b", true),
        ("anna.smith@192.0.2.7", true), (String(repeating: "a", count: 64) + "@b.example", true),
        ("", false), ("anna", false), ("@school.example", false), ("anna@", false),
        ("anna@@school.example", false), ("anna smith@school.example", false),
        ("anna@school .example", false), ("anna@school..example", false),
        (".anna@b.example", false),
        ("anna.@b.example", false), ("a..b@b.example", false), ("anna@-b.example", false),
        ("anna@b-.example", false), ("<anna@b.example>", false), ("anna@b.example>", false),
        ("anna@b.example,bob@b.example", false), ("\"anna x\"@b.example", false),
        ("ännä@b.example", false), ("anna@bücher.example", false), ("anna@b.example ", false),
        (String(repeating: "a", count: 65) + "@b.example", false),
        ("a@" + String(repeating: "b.", count: 130) + "example", false),
        ("a@" + String(repeating: "b", count: 64), false), ("anna@b.example\u{301}", false),
    ])
    func `an address is a mailbox or is refused`(text: String, isMailbox: Bool) throws {
        guard isMailbox else {
            #expect(throws: MailFault.address) { try MailAddress(text) }
            return
        }
        #expect(try MailAddress(text).mailbox == text)
    }

    @Test(arguments: [
        "", "a@b", "<a@b", "a@b>", "<>", "<@>", "<a@>", "<@b>", "<a b@c>", "<a@b@c>", "<a@b> x",
        "<\(String(repeating: "a", count: 300))@b>",
    ])
    func `an id that is none is refused`(id: String) {
        #expect(throws: MailFault.identifier) { try MailMessage.sample(id: id) }
    }

    @Test func `what is too long is refused`() {
        let long = String(repeating: "x", count: MailMessage.maximumBodyBytes + 1)
        #expect(throws: MailFault.tooLong(.body)) { try MailMessage.sample(text: long) }
        #expect(throws: MailFault.tooLong(.body)) { try MailMessage.sample(html: long) }
        #expect(throws: MailFault.tooLong(.subject)) { try MailMessage.sample(subject: long) }
        #expect(throws: MailFault.tooLong(.name)) { try MailMessage.sample(name: long) }
    }

    @Test func `no fault and no mail prints what it is about`() throws {
        let message = try MailMessage.sample(name: "Anna Smith")
        var dumped = ""
        dump(message, to: &dumped)
        dump(message.to, to: &dumped)
        for word in ["anna", "Anna", "Choose", "set?t"] {
            #expect(!"\(message) \(message.to) \(dumped)".contains(word))
        }
        let faults: [MailFault] = [
            .address, .controlCharacter(.name), .tooLong(.body), .identifier,
        ]
        for fault in faults { #expect(fault.sentence.hasSuffix(".")) }
    }
}
