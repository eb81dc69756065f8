import Accounts
import Muster
import MusterTesting
import Roster
import Testing

@testable import Passwords

@Suite struct `Links to set a password` {
    @Test func `a request gets one mail, and the link in it sets the password once`()
        async throws
    {
        let office = try await SignInOffice()
        #expect(try await office.account()?.credential == Credential.none)
        try await office.ask()
        let link = try await office.link()
        #expect(try await office.desk.holder(of: link)?.account.email == "p1@school.example")
        #expect(try await office.desk.holder(of: link) != nil, "looking uses it up")
        _ = try await office.desk.set(SignInOffice.password, by: link)
        #expect(try await office.account()?.credential == .set)
        await #expect(throws: PasswordTrouble.linkNotValid) {
            try await office.desk.set("another lantern copper meadow", by: link)
        }
        #expect(try await office.desk.holder(of: link) == nil)
        #expect(try await office.mails().map(\.kind) == [.passwordChanged])
    }

    @Test(arguments: ["nobody@school.example", "", "\u{0}", String(repeating: "a", count: 5000)])
    func `a request for somebody who is not there leaves nothing behind`(
        _ email: String
    )
        async throws
    {
        let office = try await SignInOffice()
        try await office.ask(for: email)
        #expect(try await office.mails().isEmpty)
        #expect(try await office.store.requests(limit: 10).isEmpty)
    }

    @Test func `one link in five minutes and five in a day, whoever asks`() async throws {
        let office = try await SignInOffice()
        for _ in 1...3 { try await office.ask() }
        #expect(try await office.mails().count == 1)
        for _ in 1...10 {
            office.clock.advance(by: .seconds(300))
            try await office.ask()
        }
        let account = try #require(try await office.account())
        let issues = try await office.store.issues(of: .reset, for: account.id, since: .example)
        #expect(issues.count == 5)
    }

    @Test func `a link counts for an hour`() async throws {
        let office = try await SignInOffice()
        try await office.ask()
        let link = try await office.link()
        office.clock.advance(by: .seconds(3599))
        #expect(try await office.desk.holder(of: link) != nil)
        office.clock.advance(by: .seconds(1))
        #expect(try await office.desk.holder(of: link) == nil)
        await #expect(throws: PasswordTrouble.linkNotValid) {
            try await office.desk.set(SignInOffice.password, by: link)
        }
    }

    @Test func `a newer link takes the place of the older one`() async throws {
        let office = try await SignInOffice()
        try await office.ask()
        let first = try await office.link()
        office.clock.advance(by: .seconds(300))
        try await office.ask()
        #expect(try await office.desk.holder(of: first) == nil)
    }

    @Test func `a password that is refused leaves the link as it is`() async throws {
        let office = try await SignInOffice()
        try await office.ask()
        let link = try await office.link()
        for password in [
            "short", "password password", "name1name1name1name1", "aaaaaaaaaaaaaaaaaa",
        ] {
            await #expect(throws: PasswordTrouble.self) {
                try await office.desk.set(password, by: link)
            }
        }
        _ = try await office.desk.set(SignInOffice.password, by: link)
    }

    @Test func `of two clicks at once one sets the password`() async throws {
        let office = try await SignInOffice()
        try await office.ask()
        let link = try await office.link()
        let passwords = (1...8).map { "number \($0) lantern copper meadow" }
        let done = await withTaskGroup(of: Bool.self) { group in
            for password in passwords {
                group.addTask { (try? await office.desk.set(password, by: link)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 1)
    }

    @Test func `a leaver's link counts no more, and her mail is not sent`() async throws {
        let office = try await SignInOffice()
        try await office.ask()
        office.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await office.sync()
        #expect(try await office.account()?.credentialSeen == "disabled")
        #expect(try await office.mails().isEmpty)
    }

    @Test func `who gets another address is told at both, and an open link counts no more`()
        async throws
    {
        let office = try await SignInOffice()
        try await office.setPassword()
        _ = try await office.mails()
        office.clock.advance(by: .seconds(300))
        try await office.ask()
        let link = try await office.link()
        office.source.change(.staff("1")) { $0.email = .value("new@school.example") }
        try await office.sync()
        #expect(try await office.desk.holder(of: link) == nil)
        let told = try await office.mails().filter { $0.kind == .addressChanged }.map(\.address)
        #expect(Set(told) == ["p1@school.example", "new@school.example"])
        #expect(
            try await office.verify(SignInOffice.password, of: "new@school.example").decision
                == .allow
        )
    }

    @Test func `an administrator whose address was changed gets no link for a day`() async throws {
        let office = try await SignInOffice()
        office.source.change(.staff("1")) {
            $0.roles = Observation.staff("1", roles: ["Head"]).roles
        }
        try await office.setPolicy { $0.privileges = ["head": ["administrator"]] }
        try await office.sync()
        office.source.change(.staff("1")) { $0.email = .value("new@school.example") }
        try await office.sync()
        try await office.ask(for: "new@school.example")
        #expect(try await office.mails().isEmpty)
        office.clock.advance(by: .seconds(86_400))
        try await office.ask(for: "new@school.example")
        #expect(try await office.mails().map(\.kind) == [.reset])
    }

    @Test(arguments: [(29, Credential.set), (31, .resetRequired)])
    func `a returner's old password counts within thirty days`(
        _ days: Int,
        _ credential: Credential
    ) async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        office.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await office.sync()
        office.clock.advance(by: .seconds(days * 86_400))
        office.source.change(.staff("1")) { $0.standing = .current }
        try await office.sync()
        #expect(try await office.account()?.credential == credential)
        let result = try await office.verify(SignInOffice.password)
        #expect(result.decision == (credential == .set ? .allow : .resetPassword))
    }

    @Test func `a tenant that signs in elsewhere gets a pointer and never a link`() async throws {
        let office = try await SignInOffice()
        try await office.setPolicy { $0.passwords = .never }
        try await office.ask()
        try await office.ask()
        #expect(try await office.mails().map(\.kind) == [.signInThroughSchool])
        let result = try await office.invitations.invite(try await office.school())
        #expect(result.invited == 0)
    }

    @Test func `a host that keeps passwords uses the link up itself`() async throws {
        let office = try await SignInOffice()
        try await office.setPolicy { $0.passwords = .host }
        try await office.ask()
        let link = try await office.link()
        await #expect(throws: PasswordTrouble.keptElsewhere) {
            try await office.desk.set(SignInOffice.password, by: link)
        }
        let account = try await office.desk.redeemForHost(link)
        #expect(try await office.account()?.id == account)
        #expect(try await office.account()?.credential == .host)
    }

    @Test func `everybody without a password is invited once, one after the other`() async throws {
        let office = try await SignInOffice(people: 61)
        try await office.setPassword(of: 1)
        _ = try await office.mails()
        let school = try await office.school()
        let trial = try await office.invitations.invite(school, isTrial: true)
        #expect(trial.invited == 60)
        #expect(try await office.mails().isEmpty)
        let result = try await office.invitations.invite(school)
        #expect(result == trial)
        // Thirty a minute: the last is due two seconds before two minutes are over.
        #expect(result.lastDue == office.clock.now().advanced(by: .seconds(118)))
        #expect(try await office.invitations.invite(school).invited == 0)
        let due = try await office.store.takeMails(
            dueAt: office.clock.now().advanced(by: .seconds(59)),
            until: office.clock.now().advanced(by: .seconds(400)),
            limit: 1000
        )
        #expect(due.count == 30)
        #expect(try await office.account(2)?.credential == .firstLogin)
    }
}
