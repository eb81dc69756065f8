import Foundation
import PostOffice
import StalledNames
import Testing

@testable import Mail

@Suite(.timeLimit(.minutes(2))) struct SMTPMailerTests {
    @Test func `a mail arrives as it was written`() async throws {
        try await withPostOffice { office in
            let message = try MailMessage.sample(subject: "Größe — 你好", text: ".\n..\nFrom me\n")
            let mailer = try SMTPMailer(settings: .patient(office))
            #expect(await mailer.send(message) == .sent)
            let mail = try #require(office.mails.first)
            #expect(office.mails.count == 1)
            #expect(mail.content == message.encoded())
            #expect(mail.sender == "muster@school.example")
            #expect(mail.recipients == ["anna.smith@school.example"])
            #expect(mail.hello == "muster.school.example")
            #expect(mail.subject == "Größe — 你好")
            #expect(mail.text == ".\r\n..\r\nFrom me\r\n")
            #expect(!mail.wasEncrypted && mail.signedInAs == nil)
        }
    }

    @Test func `a long mail arrives whole`() async throws {
        try await withPostOffice { office in
            let text =
                (0..<5000).map { ".line \($0) of a long — very long — mail" }
                .joined(separator: "\n") + "\n"
            let message = try MailMessage.sample(text: text)
            let mailer = try SMTPMailer(settings: .patient(office))
            #expect(await mailer.send(message) == .sent)
            #expect(office.mails.first?.content == message.encoded())
            #expect(office.mails.first?.text == text.replacing("\n", with: "\r\n"))
        }
    }

    @Test(arguments: [false, true])
    func `the connection turns to TLS before anything is said`(atOnce: Bool) async throws {
        let certificate = try await Certificate()
        defer { certificate.remove() }
        let conduct = PostOffice.Conduct(
            security: atOnce ? .tls(certificate) : .startTLS(certificate),
            signIn: ("muster", "a secret of ours")
        )
        try await withPostOffice(conduct) { office in
            var settings = SMTPSettings.patient(office, atOnce ? .tls : .startTLS)
            settings.caFile = certificate.file
            settings.signIn = .init(name: "muster", secret: "a secret of ours")
            let outcome = try await SMTPMailer(settings: settings).send(.sample())
            #expect(outcome == .sent)
            let mail = try #require(office.mails.first)
            #expect(mail.wasEncrypted)
            #expect(mail.signedInAs == "muster")
            #expect(try mail.content == MailMessage.sample().encoded())
        }
    }

    @Test func `a certificate that nobody vouches for gets no mail`() async throws {
        let certificate = try await Certificate()
        defer { certificate.remove() }
        try await withPostOffice(.init(security: .startTLS(certificate))) { office in
            var settings = SMTPSettings.patient(office, .startTLS)
            settings.signIn = .init(name: "muster", secret: "a secret of ours")
            let outcome = try await SMTPMailer(settings: settings).send(.sample())
            #expect(outcome.kind == "temporary")
            #expect(outcome.sentence.contains("certificate"))
            #expect(office.mails.isEmpty && office.visits(to: .signIn) == 0)
        }
    }

    @Test func `a certificate for another name gets no mail`() async throws {
        let certificate = try await Certificate(names: "DNS:elsewhere.example")
        defer { certificate.remove() }
        try await withPostOffice(.init(security: .startTLS(certificate))) { office in
            var settings = SMTPSettings.patient(office, .startTLS)
            settings.caFile = certificate.file
            let outcome = try await SMTPMailer(settings: settings).send(.sample())
            #expect(outcome.kind == "temporary")
            #expect(office.mails.isEmpty && office.visits(to: .sender) == 0)
        }
    }

    @Test func `a server without STARTTLS gets no mail where TLS is required`() async throws {
        try await withPostOffice { office in
            let mailer = try SMTPMailer(settings: .patient(office, .startTLS))
            let outcome = try await mailer.send(.sample())
            #expect(outcome.kind == "temporary")
            #expect(outcome.sentence.contains("STARTTLS"))
            #expect(office.mails.isEmpty && office.visits(to: .sender) == 0)
        }
    }

    @Test(arguments: ["PLAIN", "LOGIN"])
    func `name and secret are given the way the server asks`(mechanism: String) async throws {
        let conduct = PostOffice.Conduct(signIn: ("muster", "ge heim"), mechanisms: [mechanism])
        try await withPostOffice(conduct) { office in
            var settings = SMTPSettings.patient(office)
            settings.signIn = .init(name: "muster", secret: "ge heim")
            let outcome = try await SMTPMailer(settings: settings).send(.sample())
            #expect(outcome == .sent)
            #expect(office.mails.first?.signedInAs == "muster")
        }
    }

    @Test(arguments: [nil, "a wrong secret"])
    func `a sign-in that is refused puts the mail off`(secret: String?) async throws {
        try await withPostOffice(.init(signIn: ("muster", "the right one"))) { office in
            var settings = SMTPSettings.patient(office)
            settings.signIn = secret.map { .init(name: "muster", secret: $0) }
            let outcome = try await SMTPMailer(settings: settings).send(.sample())
            #expect(outcome.kind == "temporary")
            #expect(outcome.code == (secret == nil ? 530 : 535))
            #expect(outcome.sentence.contains("secret") && !outcome.sentence.contains("wrong"))
        }
    }

    @Test(arguments: [
        (PostOffice.Stage.sender, "550 5.7.1 anna.smith@school.example?", "permanent", 550),
        (.recipient, "550 5.1.1 <anna.smith@school.example> is unknown", "permanent", 550),
        (.recipient, "551 elsewhere", "permanent", 551),
        (.recipient, "451 4.7.1 greylisted, anna.smith@school.example", "temporary", 451),
        (.recipient, "452 4.2.2 full", "temporary", 452),
        (.sender, "421 closing", "temporary", 421),
        (.data, "554 5.7.1 no", "permanent", 554),
        (.data, "451 not now", "temporary", 451),
        (.body, "554 5.6.0 Choose your password is spam", "permanent", 554),
        (.body, "552 5.3.4 too big", "permanent", 552),
        (.body, "452 4.3.1 no room", "temporary", 452),
        (.greeting, "554 5.3.2 closed", "temporary", 554),
        (.greeting, "421 4.3.2 busy", "temporary", 421),
        (.hello, "550 5.7.1 you?", "temporary", 550),
    ])
    func `what the server says decides, and is not repeated`(
        stage: PostOffice.Stage,
        line: String,
        kind: String,
        code: Int
    ) async throws {
        let conduct = PostOffice.Conduct { at, _ in at == stage ? .answer(line) : .proceed }
        try await withPostOffice(conduct) { office in
            let mailer = try SMTPMailer(settings: .patient(office))
            let outcome = try await mailer.send(.sample())
            #expect(outcome.kind == kind, "\(outcome)")
            #expect(outcome.code == code)
            #expect(outcome.sentence.contains("\(code)") && outcome.sentence.hasSuffix("."))
            for word in ["anna", "school.example>", "spam", "Choose", "unknown"] {
                #expect(!outcome.sentence.contains(word), "\(outcome.sentence)")
            }
            #expect(office.mails.isEmpty)
        }
    }

    @Test func `a greylisted mail is taken the second time, and is the same`() async throws {
        try await withPostOffice(.once(.answer("451 4.7.1 later"), at: .recipient)) { office in
            let mailer = try SMTPMailer(settings: .patient(office))
            let message = try MailMessage.sample()
            #expect(await mailer.send(message).kind == "temporary")
            #expect(await mailer.send(message) == .sent)
            #expect(office.mails.map(\.content) == [message.encoded()])
        }
    }

    @Test(arguments: [
        PostOffice.Stage.greeting, .hello, .sender, .recipient, .data,
    ])
    func `a connection that breaks before the mail is tried again`(
        stage: PostOffice.Stage
    ) async throws {
        try await withPostOffice(.once(.drop, at: stage)) { office in
            let mailer = try SMTPMailer(settings: .patient(office))
            let outcome = try await mailer.send(.sample())
            #expect(outcome.kind == "temporary", "\(outcome)")
            #expect(try await mailer.send(.sample()) == .sent)
            #expect(office.mails.count == 1)
        }
    }

    @Test(arguments: [false, true])
    func `a connection that breaks behind the mail leaves it open`(wasKept: Bool) async throws {
        try await withPostOffice(.once(wasKept ? .keepAndDrop : .drop, at: .body)) { office in
            let mailer = try SMTPMailer(settings: .patient(office))
            let outcome = try await mailer.send(.sample())
            #expect(outcome.kind == "uncertain")
            #expect(outcome.sentence.contains("twice"))
            #expect(office.mails.count == (wasKept ? 1 : 0))
            // The same mail again, as its date and id are the caller's.
            #expect(try await mailer.send(.sample()) == .sent)
            #expect(Set(office.mails.map(\.content)).count == 1)
        }
    }

    @Test(arguments: [
        (PostOffice.Stage.greeting, "temporary"), (.hello, "temporary"), (.recipient, "temporary"),
        (.data, "temporary"), (.body, "uncertain"),
    ])
    func `a server that stalls is left after the time allowed`(
        stage: PostOffice.Stage,
        kind: String
    ) async throws {
        try await withPostOffice(PostOffice.Conduct { $0 == stage && $1 < 9 ? .stall : .proceed }) {
            office in
            // A busy machine may use up a short time before it comes to the stage.
            var allowed = Duration.milliseconds(150)
            var outcome = MailOutcome.sent
            repeat {
                var settings = SMTPSettings.patient(office)
                settings.timeout = allowed
                outcome = try await SMTPMailer(settings: settings).send(.sample())
                allowed *= 2
            } while office.visits(to: stage) == 0 && allowed < .seconds(20)
            #expect(outcome.kind == kind, "\(outcome)")
            #expect(office.mails.isEmpty)
        }
    }

    @Test(arguments: [(PostOffice.Stage.recipient, "temporary"), (.body, "uncertain")])
    func `a cancelled mail ends where it is`(
        stage: PostOffice.Stage,
        kind: String
    ) async throws {
        try await withPostOffice(PostOffice.Conduct { at, _ in at == stage ? .stall : .proceed }) {
            office in
            let mailer = try SMTPMailer(settings: .patient(office))
            let message = try MailMessage.sample()
            let outcome = await withTaskGroup(of: MailOutcome.self) { group in
                group.addTask { await mailer.send(message) }
                await office.waitForVisit(to: stage)
                group.cancelAll()
                return await group.next()
            }
            #expect(outcome?.kind == kind, "\(String(describing: outcome))")
        }
    }

    @Test func `a server that does not say goodbye holds up nobody`() async throws {
        try await withPostOffice(PostOffice.Conduct { at, _ in at == .quit ? .stall : .proceed }) {
            office in
            let start = ContinuousClock.now
            let mailer = try SMTPMailer(settings: .patient(office), farewell: .milliseconds(10))
            #expect(try await mailer.send(.sample()) == .sent)
            #expect(start.duration(to: .now) < .seconds(30))
            #expect(office.mails.count == 1)
        }
    }

    @Test func `the server hears a goodbye`() async throws {
        try await withPostOffice { office in
            let mailer = try SMTPMailer(settings: .patient(office))
            #expect(try await mailer.send(.sample()) == .sent)
            await office.waitForVisit(to: .quit)
        }
    }

    @Test func `many mails go side by side`() async throws {
        try await withPostOffice { office in
            let mailer = try SMTPMailer(settings: .patient(office))
            let outcomes = try await withThrowingTaskGroup(of: MailOutcome.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        try await mailer.send(.sample(id: "<\(number)@muster.school.example>"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0 == .sent })
            #expect(Set(office.mails.compactMap { $0["Message-ID"] }).count == 24)
        }
    }

    @Test func `nobody at the port is a matter of trying again`() async throws {
        let office = try PostOffice()
        let settings = SMTPSettings.patient(office)
        office.close()
        let outcome = try await SMTPMailer(settings: settings).send(.sample())
        #expect(outcome.kind == "temporary")
    }

    @Test func `a server without an address is a matter of trying again`() async throws {
        let settings = SMTPSettings(host: StalledResolver.unknownName)
        let outcome = try await SMTPMailer(settings: settings).send(.sample())
        #expect(outcome.kind == "temporary")
        #expect(outcome.sentence.contains("no address"))
    }

    /// libcurl joins its resolver's thread unless told otherwise, and waits as long as that does.
    @Test func `a name server that stalls holds the mail up no longer than allowed`() async throws {
        var settings = SMTPSettings(host: StalledResolver.mailName)
        settings.connectTimeout = .milliseconds(100)
        let start = ContinuousClock.now
        let outcome = try await SMTPMailer(settings: settings).send(.sample())
        #expect(outcome.kind == "temporary")
        #expect(start.duration(to: .now) < .seconds(20))
        StalledResolver.release(StalledResolver.mailName)
    }
}
