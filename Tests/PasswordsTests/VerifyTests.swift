import Accounts
import Muster
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Passwords

@Suite struct `Checking a password` {
    @Test func `the right one lets her in and refreshes her`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        office.source.change(.staff("1")) { $0.surname = .value("Brown") }
        office.clock.advance(by: .seconds(601))
        let result = try await office.verify(SignInOffice.password)
        #expect(result.decision == .allow && result.outcome == .refreshed)
        #expect(result.account?.account.surname == "Brown")
    }

    @Test func `it is compared in one form of Unicode, whatever the keyboard sends`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword("crème brûlée après midi")
        let result = try await office.verify("cre\u{300}me bru\u{302}le\u{301}e apre\u{300}s midi")
        #expect(result.decision == .allow)
    }

    @Test(arguments: [
        ("p1@school.example", "not the right password"),
        ("p2@school.example", SignInOffice.password),
        ("nobody@school.example", SignInOffice.password),
        ("p1@school.example", ""),
        ("p1@school.example", "a\u{0}b"),
    ])
    func `a wrong one, none at all and a stranger get one answer, and the source is not asked`(
        _ email: String,
        _ password: String
    ) async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        let before = office.source.requests
        let result = try await office.verify(password, of: email)
        #expect(result == LoginRefreshResult(.deny, .wrongPassword))
        #expect(office.source.requests == before)
    }

    @Test func `after five wrong ones even the right one waits, longer each time`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        for _ in 1...5 { _ = try await office.verify("wrong") }
        #expect(try await office.verify(SignInOffice.password).decision == .deny)
        office.clock.advance(by: .seconds(29))
        #expect(try await office.verify(SignInOffice.password).decision == .deny)
        office.clock.advance(by: .seconds(1))
        _ = try await office.verify("wrong")
        office.clock.advance(by: .seconds(59))
        #expect(try await office.verify(SignInOffice.password).decision == .deny)
        office.clock.advance(by: .seconds(1))
        #expect(try await office.verify(SignInOffice.password).decision == .allow)
        // Failures count from none again.
        for _ in 1...4 { _ = try await office.verify("wrong") }
        #expect(try await office.verify(SignInOffice.password).decision == .allow)
    }

    @Test func `after a hundred wrong ones only another password helps`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        for _ in 1...100 {
            office.clock.advance(by: .seconds(3600))
            _ = try await office.verify("wrong")
        }
        office.clock.advance(by: .seconds(86_400))
        #expect(try await office.verify(SignInOffice.password).decision == .deny)
        try await office.setPassword("another lantern copper meadow")
        #expect(try await office.verify("another lantern copper meadow").decision == .allow)
    }

    @Test func `trouble with the source is no wrong password`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        let account = try #require(try await office.account())
        office.source.script { $0.everyAnswer = .failed(.unavailable(reason: "gone")) }
        office.clock.advance(by: .seconds(601))
        for _ in 1...10 {
            #expect(try await office.verify(SignInOffice.password).decision == .allow)
        }
        #expect(try await office.store.password(of: account.id)?.failures == 0)
    }

    @Test func `whoever an administrator suspended has no password that counts`() async throws {
        let office = try await SignInOffice()
        try await office.setPassword()
        _ = try await Administration(office.workshop).edit(
            [.suspend],
            email: "p1@school.example",
            in: try await office.school()
        )
        #expect(try await office.verify(SignInOffice.password).outcome == .wrongPassword)
    }

    @Test func `people of a tenant that signs in elsewhere have no password that counts`()
        async throws
    {
        let office = try await SignInOffice()
        try await office.setPassword()
        try await office.setPolicy { $0.passwords = .never }
        #expect(try await office.account()?.credential == .ssoOnly)
        #expect(try await office.verify(SignInOffice.password).outcome == .wrongPassword)
    }
}
