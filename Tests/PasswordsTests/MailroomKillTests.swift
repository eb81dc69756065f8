import Accounts
import Muster
import MusterTesting
import PostOffice
import Testing

@testable import Passwords

@Suite(.timeLimit(.minutes(3))) struct `A mail room that is killed` {
    /// Kills the mail room before its n-th call of the store, lets another one finish after
    /// `seconds`, and says whether the first one was killed at all.
    private func visit(killedAfter calls: Int, restartedAfter seconds: Int) async throws -> Bool {
        let scene = try await MailroomScene()
        try await scene.office.desk.request("p1@school.example", of: .standard)
        let mortal = MortalStore(scene.office.store, calls: calls)
        let doomed = try scene.mailroom(over: mortal)
        while !mortal.isDead, await doomed.work() > 0 {}
        #expect(scene.livingTokens() <= 1)
        scene.office.clock.advance(by: .seconds(seconds))
        for round in 0...3 {
            try await scene.work()
            #expect(scene.livingTokens() <= 1, "after \(calls) calls, round \(round)")
            scene.office.clock.advance(by: .seconds(301))
        }
        let mails = scene.server.mails
        let place: Comment = "killed after \(calls) calls, again after \(seconds) s"
        #expect((1...2).contains(mails.count), place)
        #expect(Set(mails.compactMap { $0["Message-ID"] }).count == 1, place)
        let links = Set(mails.flatMap(MailroomScene.links))
        #expect(links.count == 1, place)
        for link in links {
            _ = try await scene.office.desk.set(SignInOffice.password, by: link)
        }
        #expect(scene.livingTokens() == 0, place)
        #expect(scene.kept().allSatisfy { $0.state != .waiting || $0.token == nil }, place)
        #expect(try await scene.office.store.requests(limit: 10).isEmpty, place)
        return mortal.isDead
    }

    @Test(arguments: [0, 301, 601])
    func `sends one link after all, and twice at most`(restartedAfter seconds: Int) async throws {
        var calls = 0
        while try await visit(killedAfter: calls, restartedAfter: seconds) { calls += 1 }
        // request, issues, issue, forget, take, look, settle, and the look that finds nothing.
        #expect(calls >= 8)
    }

    @Test func `never leaves a link that was used up to count, nor a password half set`()
        async throws
    {
        var calls = 0
        while true {
            let scene = try await MailroomScene()
            try await scene.ask()
            let link = try #require(
                scene.server.mails.first.flatMap {
                    MailroomScene.links(in: $0).first
                }
            )
            let mortal = MortalStore(scene.office.store, calls: calls)
            let desk = PasswordDesk(
                store: mortal,
                workshop: scene.office.workshop,
                login: scene.office.login,
                hasher: scene.office.desk.hasher
            )
            let isSet = (try? await desk.set(SignInOffice.password, by: link)) != nil
            #expect(scene.livingTokens() == (isSet ? 0 : 1))
            let decision = try await scene.office.verify(SignInOffice.password).decision
            #expect(decision == (isSet ? .allow : .resetPassword) || !isSet && decision == .deny)
            guard mortal.isDead else { break }
            calls += 1
        }
        #expect(calls >= 2)
    }
}
