import Accounts
import Muster
import MusterTesting
import PostOffice
import Roster
import Testing

@testable import Passwords

@Suite(.timeLimit(.minutes(2))) struct `Mails with links` {
    @Test func `the link in the mail sets the password, and she is told that it was set`()
        async throws
    {
        let scene = try await MailroomScene()
        try await scene.ask()
        let mail = try #require(scene.server.mails.first)
        #expect(mail.recipients == ["p1@school.example"])
        #expect(mail.html.contains(MailroomScene.page))
        let links = MailroomScene.links(in: mail)
        let link = try #require(links.first)
        #expect(links.count == 1)
        #expect(!mail.subject.contains(link), "the link is in the subject")
        _ = try await scene.office.desk.set(SignInOffice.password, by: link)
        try await scene.work()
        #expect(scene.server.mails.count == 2)
        let told = try #require(scene.server.mails.last)
        #expect(told.subject.contains("was changed") && told.links.isEmpty)
        #expect(try await scene.office.verify(SignInOffice.password).decision == .allow)
        // What was sealed is gone with the mails.
        #expect(scene.kept().allSatisfy { $0.state == .sent && $0.sealed == nil })
    }

    @Test func `who is unknown gets no mail, and who asks often gets one`() async throws {
        let scene = try await MailroomScene()
        for _ in 1...3 { try await scene.ask() }
        try await scene.ask(for: "nobody@school.example")
        #expect(scene.server.mails.count == 1)
    }

    @Test(arguments: [PostOffice.Stage.sender, .recipient, .body])
    func `a mail that is refused has failed, and nothing sealed is left`(
        stage: PostOffice.Stage
    ) async throws {
        let scene = try await MailroomScene(.once(.answer("550 5.1.1 no such person"), at: stage))
        try await scene.ask()
        scene.office.clock.advance(by: .seconds(3000))
        try await scene.work()
        #expect(scene.server.mails.isEmpty)
        let kept = scene.kept()
        #expect(kept.map(\.state) == [.failed])
        #expect(kept.allSatisfy { $0.sealed == nil && $0.trouble != nil })
        let trouble = kept[0].trouble ?? ""
        #expect(!trouble.contains("p1@") && !trouble.contains("no such person"))
    }

    @Test func `a greylist is waited for`() async throws {
        let scene = try await MailroomScene(
            .once(.answer("451 4.7.1 greylisted"), at: .recipient)
        )
        try await scene.ask()
        let asked = scene.office.clock.now()
        #expect(scene.server.mails.isEmpty)
        let kept = try #require(scene.kept().first)
        #expect(kept.state == .waiting && kept.sealed != nil)
        #expect(kept.dueAt == asked.advanced(by: .seconds(120)))
        scene.office.clock.advance(by: .seconds(119))
        try await scene.work()
        #expect(scene.server.visits(to: .sender) == 1, "it was tried too early")
        scene.office.clock.advance(by: .seconds(1))
        try await scene.work()
        #expect(scene.server.mails.count == 1)
        let link = try #require(MailroomScene.links(in: scene.server.mails[0]).first)
        #expect(try await scene.office.desk.holder(of: link) != nil)
    }

    @Test func `a server that stalls keeps nobody waiting for ever`() async throws {
        let scene = try await MailroomScene(
            .once(.stall, at: .data),
            patience: .milliseconds(300)
        )
        try await scene.ask()
        #expect(scene.kept().map(\.state) == [.waiting])
        #expect(scene.server.mails.isEmpty)
    }

    @Test func `a server that hangs up after the mail gets the same one once more`() async throws {
        let scene = try await MailroomScene(.once(.keepAndDrop, at: .body))
        try await scene.ask()
        #expect(scene.kept().map(\.state) == [.waiting])
        scene.office.clock.advance(by: .seconds(120))
        try await scene.work()
        scene.office.clock.advance(by: .seconds(3000))
        try await scene.work()
        let mails = scene.server.mails
        #expect(mails.count == 2)
        #expect(Set(mails.compactMap { $0["Message-ID"] }).count == 1)
        #expect(Set(mails.flatMap(MailroomScene.links)).count == 1)
        #expect(mails[0].content == mails[1].content)
    }

    @Test func `a link that has expired is not sent any more`() async throws {
        let scene = try await MailroomScene(
            .init { stage, count in
                stage == .recipient && count < 6 ? .answer("451 4.7.1 later") : .proceed
            }
        )
        try await scene.ask()
        for _ in 1...30 {
            scene.office.clock.advance(by: .seconds(1200))
            try await scene.work()
        }
        #expect(scene.server.mails.isEmpty)
        #expect(scene.kept().map(\.state) == [.failed])
        #expect(scene.kept().allSatisfy { $0.sealed == nil })
    }

    @Test func `a server that is away for two days is given up`() async throws {
        let scene = try await MailroomScene(
            .init { stage, _ in
                stage == .greeting ? .answer("421 4.3.2 not now") : .proceed
            }
        )
        try await scene.office.setPassword()
        for _ in 1...80 where scene.kept().contains(where: { $0.state == .waiting }) {
            scene.office.clock.advance(by: .seconds(3600))
            try await scene.work()
        }
        let told = try #require(scene.kept().first { $0.kind == .passwordChanged })
        #expect(told.state == .failed && told.attempts == 16)
        #expect(scene.office.clock.now().since(told.writtenAt) >= .seconds(48 * 3600))
    }

    @Test func `a mail whose link counts no more is not sent`() async throws {
        let scene = try await MailroomScene()
        try await scene.office.ask()
        scene.office.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await scene.office.sync()
        try await scene.work()
        #expect(scene.server.mails.isEmpty)
        #expect(scene.kept().map(\.state) == [.dropped])
    }

    @Test func `invitations wait while they are paused, and keep their pace`() async throws {
        let scene = try await MailroomScene(people: 4)
        let school = try await scene.office.school()
        try await scene.office.store.setPaused(true, of: .standard)
        #expect(try await scene.office.invitations.invite(school).invited == 4)
        scene.office.clock.advance(by: .seconds(60))
        try await scene.work()
        #expect(scene.server.mails.isEmpty)
        // A link that somebody asks for herself does not wait with them.
        try await scene.ask(for: "p4@school.example")
        #expect(scene.server.mails.count == 1)
        try await scene.office.store.setPaused(false, of: .standard)
        try await scene.work()
        #expect(scene.server.mails.count == 5)
        for mail in scene.server.mails.dropFirst() {
            let link = try #require(MailroomScene.links(in: mail).first)
            #expect(try await scene.office.desk.holder(of: link) != nil)
        }
    }

    @Test(arguments: [
        "Oak\r\nBcc: thief@else.example", "Oak\nSubject: hello", "Oak\u{0}", "\u{2028}Oak",
        "Oak\" <thief@else.example>, \"", String(repeating: "Oak ", count: 500),
        "<img src=x onerror=alert(1)>", "{{link}}", "\u{202E}kaO",
    ])
    func `a school's name is a name in a mail, whatever is in it`(_ name: String) async throws {
        let scene = try await MailroomScene()
        try await scene.office.setPolicy { $0.displayName = name }
        try await scene.ask()
        try Self.expectHarmless(scene)
    }

    @Test(arguments: [
        "Ann\r\nBcc: thief@else.example", "Ann\u{85}Bcc: x@y", "=?UTF-8?B?QmNj?=",
        "Ann\" <thief@else.example>", String(repeating: "Ann", count: 300),
    ])
    func `a person's name is a name in a mail, whatever is in it`(_ name: String) async throws {
        let scene = try await MailroomScene()
        scene.office.source.change(.staff("1")) { $0.forename = .value(name) }
        try await scene.office.sync()
        try await scene.ask()
        try Self.expectHarmless(scene)
    }

    private static func expectHarmless(_ scene: MailroomScene) throws {
        let mail = try #require(scene.server.mails.first, "\(scene.kept().map(\.trouble))")
        #expect(scene.server.mails.count == 1)
        #expect(mail.recipients == ["p1@school.example"])
        let names = mail.fields.map { $0.name.lowercased() }
        #expect(Set(names).count == names.count, "\(names)")
        #expect(!names.contains("bcc"))
        #expect(mail["Subject"]?.hasPrefix("Set a new password") ?? false)
        #expect(!mail.html.contains("<img"))
        #expect(MailroomScene.links(in: mail).count == 1)
        #expect(mail.content.split(separator: UInt8(ascii: "\n")).allSatisfy { $0.count <= 998 })
    }
}
