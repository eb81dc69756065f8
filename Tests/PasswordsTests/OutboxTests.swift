import Accounts
import Foundation
import Logging
import Mail
import Muster
import MusterTesting
import Roster
import Testing

@testable import Passwords

@Suite struct `What becomes of mails` {
    /// A mail room whose mail server cannot be reached.
    private func mailroom(_ office: SignInOffice) throws -> Mailroom {
        let settings = SMTPSettings(host: "127.0.0.1", port: 9, security: .none)
        return Mailroom(
            store: office.store,
            workshop: office.workshop,
            seal: office.seal,
            mailer: try SMTPMailer(settings: settings),
            writing: try MailWriting(
                from: "accounts@school.example",
                templates: try MailTemplates(),
                pages: "https://accounts.school.example"
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func states(_ office: SignInOffice) async throws -> [MailState: Int] {
        try await office.store.mailCounts(of: .standard).states
    }

    @Test func `a request that nobody answered in time gets no mail any more`() async throws {
        let office = try await SignInOffice()
        try await office.desk.request("p1@school.example", of: .standard)
        office.clock.advance(by: .seconds(3601))
        _ = try await office.clerk.answerAll()
        #expect(try await states(office) == [:])
        #expect(try await office.store.requests(limit: 10).isEmpty)
    }

    @Test func `mails that are settled are forgotten after a month`() async throws {
        let office = try await SignInOffice()
        try await office.ask()
        var mail = try #require(try await office.mails().first)
        mail.state = .sent
        try await office.store.settle(mail)
        let room = try mailroom(office)
        office.clock.advance(by: .seconds(20 * 86_400))
        await room.forgetOld()
        #expect(try await states(office) == [.sent: 1])
        office.clock.advance(by: .seconds(20 * 86_400))
        await room.forgetOld()
        #expect(try await states(office) == [:])
    }

    @Test func `nobody is told of another's address because it was hers before`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        office.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await office.sync()
        var newcomer = Observation.staff("9", forename: "Zoe", surname: "New")
        newcomer.email = .value("p1@school.example")
        office.source.put(newcomer)
        try await office.sync()
        #expect(try await office.account(9)?.email == "p1@school.example")
        #expect(try await office.mails().filter { $0.kind == .addressChanged }.isEmpty)
    }
}
