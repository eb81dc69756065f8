import Foundation
import PostOffice
import Testing

@testable import Mail

@Suite struct MailTemplatesTests {
    static let link = "https://muster.school.example/set?t=AAEC&x=1"
    static let occasions: [MailOccasion] = [
        .invitation(link: link, validFor: .seconds(86_400), loginName: "anna@school.example"),
        .reset(link: link, validFor: .seconds(3600)),
        .changed(at: Date(timeIntervalSince1970: 1_790_000_000)),
        .addressChanged(
            at: Date(timeIntervalSince1970: 1_790_000_000),
            newAddress: "a…@elsewhere.example"
        ),
        .signInThroughSchool(page: "https://login.school.example/"),
    ]

    private func reader(name: String? = "Anna", locale: String = "en") -> MailReader {
        MailReader(
            tenant: "Example Schools",
            colour: MailColour("#006b3f") ?? .standard,
            contact: "the office, 01632 960001",
            name: name,
            locale: locale
        )
    }

    /// Runs `body` with a folder of these files.
    private func withFolder<Result>(
        _ files: [String: String],
        _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "templates-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return try body(folder.path)
    }

    private func failure(of files: [String: String]) throws -> String? {
        try withFolder(files) { folder in
            do throws(MailTemplateError) {
                _ = try MailTemplates(folder: folder)
                return nil
            } catch {
                #expect(error.sentence.hasSuffix(".") && !error.sentence.contains("\n"))
                return error.sentence.replacing(folder, with: "FOLDER")
            }
        }
    }

    @Test(arguments: occasions)
    func `every mail says what it is for, in the tenant's name`(occasion: MailOccasion) throws {
        let mail = try MailTemplates().text(for: occasion, reader: reader())
        #expect(mail.subject.contains("Example Schools") && !mail.subject.contains("\n"))
        for body in [mail.text, mail.html] {
            #expect(body.contains("Hello Anna,"))
            #expect(body.contains("Example Schools"))
            #expect(body.contains("01632 960001"))
            #expect(!body.contains("{{") && !body.contains("}}"))
        }
        #expect(mail.html.contains("#006b3f"))
        #expect(mail.text.split(separator: "\n").allSatisfy { $0.count < 100 })
    }

    @Test(arguments: occasions)
    func `a mail without a name or a contact still reads well`(occasion: MailOccasion) throws {
        let reader = MailReader(tenant: "Example Schools")
        let mail = try MailTemplates().text(for: occasion, reader: reader)
        #expect(mail.text.hasPrefix("Hello,\n"))
        #expect(mail.html.contains("<p>Hello,</p>"))
        #expect(mail.html.contains(MailColour.standard.text))
        #expect(!mail.text.contains("  ") && !mail.text.contains("\n\n\n"))
    }

    @Test func `a link is in both parts, and escaped in HTML`() throws {
        for occasion in Self.occasions.prefix(2) {
            let mail = try MailTemplates().text(for: occasion, reader: reader())
            #expect(mail.text.contains("\n\(Self.link)\n"))
            #expect(mail.html.contains("href=\"https://muster.school.example/set?t=AAEC&amp;x=1\""))
        }
    }

    @Test(arguments: [
        (1, "2 minutes"), (600, "10 minutes"), (3600, "60 minutes"), (7200, "2 hours"),
        (86_400, "24 hours"), (7 * 86_400, "7 days"), (-5, "2 minutes"),
    ])
    func `how long a link holds is said in words`(seconds: Int, words: String) throws {
        let occasion = MailOccasion.reset(link: Self.link, validFor: .seconds(seconds))
        let mail = try MailTemplates().text(for: occasion, reader: reader())
        #expect(mail.text.contains("for \(words)."))
        #expect(mail.html.contains("for \(words)."))
    }

    @Test func `a time is that of the tenant's clocks`() throws {
        var reader = reader()
        reader.timeZone = try #require(TimeZone(identifier: "Europe/London"))
        let mail = try MailTemplates().text(for: Self.occasions[2], reader: reader)
        #expect(mail.text.contains("21 September 2026"))
        #expect(mail.text.contains("15:13"))
    }

    @Test func `what comes from outside stays text`() throws {
        var reader = reader(name: "<script>alert(1)</script>\r\nBcc: x\u{202E}\u{0}{{link}}")
        reader.tenant = "A & B \"Schools\"\nSubject: x"
        reader.contact = "<b>"
        for occasion in Self.occasions {
            let mail = try MailTemplates().text(for: occasion, reader: reader)
            #expect(!mail.html.contains("<script>") && !mail.html.contains("<b>"))
            #expect(mail.html.contains("&lt;script&gt;"))
            #expect(mail.html.contains("A &amp; B &quot;Schools&quot; Subject: x"))
            #expect(mail.subject.contains("A & B \"Schools\" Subject: x"))
            #expect(mail.text.contains("{{link}}"))
            #expect(!(mail.text + mail.html).contains("\u{202E}"))
            #expect(!mail.text.contains("\nBcc"))
            // And it can be sent.
            _ = try MailMessage.sample(
                subject: mail.subject,
                text: mail.text,
                html: mail.html
            )
        }
    }

    @Test func `a link that is none is left out rather than broken`() throws {
        let occasion = MailOccasion.signInThroughSchool(page: "https://x.example/\r\nBcc: y")
        let mail = try MailTemplates().text(for: occasion, reader: reader())
        #expect(!mail.text.contains("Bcc") && !mail.text.contains("x.example"))
    }

    @Test func `an operator's template goes before the built-in one, file by file`() throws {
        try withFolder([
            "en/reset.subject.mustache": "Neu & gut, {{name}}\n", ".x": "", "README": "",
        ]) {
            folder in
            let templates = try MailTemplates(folder: folder)
            let mail = templates.text(for: Self.occasions[1], reader: reader())
            #expect(mail.subject == "Neu & gut, Anna")
            #expect(mail.text.contains("Somebody, probably you"))
        }
    }

    @Test func `another language is used where it has the mail`() throws {
        let files = [
            "cy/reset.subject.mustache": "Cyfrinair newydd, {{tenant}}",
            "cy/reset.text.mustache": "Helo {{name}} {{link}} {{#hours}}{{hours}} awr{{/hours}}",
            "cy/reset.html.mustache": "<p>Helo {{name}} <a href=\"{{link}}\">yma</a></p>",
        ]
        try withFolder(files) { folder in
            let templates = try MailTemplates(folder: folder)
            for locale in ["cy", "cy-GB", "cy_GB", "CY"] {
                let mail = templates.text(for: Self.occasions[1], reader: reader(locale: locale))
                #expect(mail.subject == "Cyfrinair newydd, Example Schools")
                #expect(mail.text.hasPrefix("Helo Anna https://"))
            }
            for locale in ["en", "en-GB", "fr", "", "x/../y"] {
                let mail = templates.text(for: Self.occasions[1], reader: reader(locale: locale))
                #expect(mail.subject == "Set a new password for Example Schools")
            }
            let other = templates.text(for: Self.occasions[2], reader: reader(locale: "cy"))
            #expect(other.subject == "Your password for Example Schools was changed")
        }
    }

    @Test func `the built-in templates are good enough to begin with`() throws {
        #expect(MailTemplates.builtIn.count == 15)
        try withFolder(MailTemplates.builtIn) { _ = try MailTemplates(folder: $0) }
        let renamed = MailTemplates.builtIn.reduce(into: [String: String]()) { files, file in
            files[file.key.replacing("en/", with: "fr-CA/")] = file.value
        }
        try withFolder(renamed) { _ = try MailTemplates(folder: $0) }
    }

    @Test(
        arguments: [
            (
                ["en/reset.text.mustache": "{{frstName}} {{link}}"],
                "The mail template FOLDER/en/reset.text.mustache uses {{frstName}}, which this mail does"
                    + " not have; it has colour, contact, days, hours, link, minutes, name, onColour,"
                    + " tenant."
            ),
            (["en/reset.text.mustache": "{{link}}{{^name}}{{oops}}{{/name}}"], "uses {{oops}}"),
            (["en/reset.text.mustache": "{{link}}{{#name}}{{oops}}{{/name}}"], "uses {{oops}}"),
            (["en/reset.subject.mustache": "{{loginName}}"], "uses {{loginName}}"),
            (["en/reset.subject.mustache": "{{.}}"], "uses {{.}}"),
            (["en/reset.subject.mustache": "{{link.x.y}}{{#tenant}}"], "cannot be read at line 1"),
            (["en/reset.text.mustache": "Hello"], "does not use {{link}}"),
            (["en/reset.html.mustache": "<p>{{name}}</p>"], "does not use {{link}}"),
            (["en/reset.html.mustache": "{{link}} {{{name}}}"], "puts {{{name}}} into HTML"),
            (["en/reset.html.mustache": "{{link}} {{&name}}"], "puts {{{name}}} into HTML"),
            (["en/reset.text.mustache": "a\nb\n{{#name}}x"], "a section is never closed"),
            (["en/reset.text.mustache": "a\nb {{link"], "has no }} behind it"),
            (["en/reset.text.mustache": "{{#name}}x{{/nme}}"], "closed by another name"),
            (["en/reset.text.mustache": "a\n{{> head}}"], "at line 2, which mails do not have"),
            (["en/reset.text.mustache": "{{=<% %>=}}"], "at line 1, which mails do not have"),
            (["en/reset.html.mustache": "{{% CONTENT_TYPE: TEXT}}{{link}}"], "do not have"),
            (["en/reset.html.mustache": "{{<base}}{{/base}}{{link}}"], "do not have"),
            (["en/reste.text.mustache": "x"], "FOLDER/en/reste.text.mustache is no mail template"),
            (["en/reset.txt.mustache": "x"], "is no mail template"),
            (["en/reset.text.mustach": "x"], "is no mail template"),
            (["english/reset.text.mustache": "x"], "FOLDER/english is no mail template"),
            (["en/x/reset.text.mustache": "x"], "cannot be read (it is no file"),
            (["reset.text.mustache": "x"], "FOLDER/reset.text.mustache is no mail template"),
            (
                ["cy/reset.subject.mustache": "x"],
                "The mail templates in FOLDER/cy lack reset.text.mustache"
            ),
            (["en/reset.text.mustache": String(repeating: "x", count: 300_000)], "larger than"),
        ] as [([String: String], String)]
    )
    func `a template that is wrong is one sentence at start`(
        files: [String: String],
        words: String
    ) throws {
        let sentence = try failure(of: files)
        #expect(sentence?.contains(words) == true, "\(String(describing: sentence))")
    }

    @Test func `a folder that is not there is one sentence at start`() {
        #expect {
            _ = try MailTemplates(folder: "/nowhere/mails")
        } throws: { error in
            (error as? MailTemplateError)?.sentence.contains("/nowhere/mails") == true
        }
    }

    @Test func `bytes that are no text are refused`() throws {
        try withFolder(["en/reset.text.mustache": ""]) { folder in
            try Data([0xFF, 0xFE]).write(to: URL(filePath: "\(folder)/en/reset.text.mustache"))
            #expect {
                _ = try MailTemplates(folder: folder)
            } throws: { error in
                (error as? MailTemplateError)?.sentence.contains("UTF-8") == true
            }
        }
    }

    @Test(arguments: [
        ("#1d4f91", "#ffffff"), ("#FFFFFF", "#000000"), ("#000000", "#ffffff"),
        ("#ffd700", "#000000"), ("#767676", "#000000"), ("#ff0000", "#000000"),
        ("#0000ff", "#ffffff"), ("#757575", "#ffffff"),
    ])
    func `text on a colour can be read`(text: String, readable: String) throws {
        let colour = try #require(MailColour(text))
        #expect(colour.text == text.lowercased())
        #expect(colour.readable == readable)
    }

    @Test(arguments: [
        "", "#", "red", "#fff", "#1d4f9", "#1d4f911", "1d4f91", "#1d4f9g", "#+d4f91", "#-1d4f9",
        "#1d4f91;background:url(x)", "#1d4f9１", " #1d4f91",
    ])
    func `a colour that is none is none`(text: String) {
        #expect(MailColour(text) == nil)
    }

    @Test(arguments: occasions)
    func `a mail arrives in both its parts`(occasion: MailOccasion) async throws {
        let mail = try MailTemplates().text(for: occasion, reader: reader())
        let message = try MailMessage.sample(
            subject: mail.subject,
            text: mail.text,
            html: mail.html
        )
        #expect(message.read.subject == mail.subject)
        #expect(message.read.text == mail.text.replacing("\n", with: "\r\n"))
        #expect(message.read.html == mail.html.replacing("\n", with: "\r\n"))
    }
}
