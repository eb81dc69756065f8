import Accounts
import Credentials
import Muster
import MusterTesting
import Roster
import Testing

@testable import Passwords

@Suite struct `Whose password it was` {
    @Test func `a leaver's password lets nobody in as the one who has her address now`()
        async throws
    {
        let office = try await SignInOffice()
        try await office.setPassword(of: 1)
        _ = try await office.mails()
        try await office.setPassword("another lantern copper meadow", of: 2)
        // The MIS gives the address of the one to the other, and no sync has run since.
        office.clock.advance(by: .seconds(3600))
        office.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        office.source.change(.staff("2")) { $0.email = .value("p1@school.example") }
        let first = try await office.verify(SignInOffice.password)
        #expect(first.decision == .deny && first.outcome == .left)
        // By now it is known that she left, so that whoever has her address is looked for.
        office.clock.advance(by: .seconds(700))
        let second = try await office.verify(SignInOffice.password)
        #expect(second == LoginRefreshResult(.deny, .wrongPassword))
        let result = try await office.verify("another lantern copper meadow")
        #expect(result.decision == .allow)
        let own = try await office.account(2)
        #expect(result.account?.account == own && own?.email == "p1@school.example")
    }

    @Test func `guesses that come at once are no more than those that come one by one`()
        async throws
    {
        let office = try await SignInOffice()
        // A hash must take longer than to note that the one before it was wrong.
        let cost = try #require(PasswordHash.Cost(logRounds: 12, blockSize: 8, parallelism: 1))
        let hasher = PasswordHasher(
            cost: cost,
            limits: PasswordHasher.Limits(atOnce: 1, waiting: 32, patience: .seconds(60))
        )
        let desk = PasswordDesk(
            store: office.store,
            workshop: office.workshop,
            login: office.login,
            hasher: hasher
        )
        try await office.ask()
        let account = try await desk.set(SignInOffice.password, by: try await office.link())
        let event = LoginEvent(
            school: try await office.school(),
            key: .email("p1@school.example"),
            method: .password
        )
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...30 { group.addTask { _ = try? await desk.verify("wrong", of: event) } }
        }
        let failures = try await office.store.password(of: account)?.failures ?? 0
        // Whoever was hashed while the fifth was noted counts too.
        #expect((5...15).contains(failures), "\(failures) were looked at")
    }

    @Test func `an administrator who had no address waits a day for a link to her new one`()
        async throws
    {
        let office = try await SignInOffice()
        let before = try #require(try await office.account())
        var without = before
        without.email = nil
        without.privileges = [Privilege(name: "admin", givenBy: nil)]
        var changes = ChangeSet(
            tenant: .standard,
            run: nil,
            cause: .administrator,
            at: office.clock.now()
        )
        changes.accounts = [AccountWrite(after: without, before: before)]
        try await office.store.apply(changes)
        office.clock.advance(by: .seconds(7 * 86_400))
        office.source.change(.staff("1")) { $0.email = .value("new@school.example") }
        try await office.sync()
        #expect(try await office.account()?.email == "new@school.example")
        try await office.ask(for: "new@school.example")
        #expect(try await office.mails().isEmpty)
        office.clock.advance(by: .seconds(86_400))
        try await office.ask(for: "new@school.example")
        #expect(try await office.mails().count == 1)
    }

    @Test func `where the host keeps the passwords, those from before count no more here`()
        async throws
    {
        let office = try await SignInOffice()
        try await office.setPassword()
        try await office.setPolicy { $0.passwords = .host }
        #expect(try await office.verify(SignInOffice.password).outcome == .wrongPassword)
    }
}
