import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// People whom nobody here knows yet, and people who come back.
@Suite(.timeLimit(.minutes(3))) struct NewcomerTests {
    private let ann = Observation.staff("100", email: "ann@school.example")
    private let annsName = LoginKey.email("Ann@School.Example")

    /// A school that was synced, and then got a new teacher.
    private func premises(
        _ change: (inout Policy) -> Void = { _ in }
    ) async throws -> Premises {
        let premises = try await Premises()
        for id in 1...120 { premises.source.put(.staff("\(id + 1000)")) }
        premises.clock.advance(by: .seconds(2 * 3600))
        try await premises.syncAll()
        try await premises.setPolicy(change)
        premises.clock.advance(by: .seconds(6 * 3600))
        premises.source.put(ann)
        return premises
    }

    private func reads(_ premises: Premises) -> Int {
        premises.source.asked.count {
            if case .page(_, _, _, changedSince: .some, sequence: _) = $0 { true } else { false }
        }
    }

    @Test func `somebody who started since the last sync is found by her address`() async throws {
        let premises = try await premises()
        let result = try await premises.login(annsName)
        #expect(result.decision == .allow && result.outcome == .refreshed)
        #expect(result.account?.account.email == "ann@school.example")
        #expect(result.requests == 1, "only who changed is read, not the school")
        #expect(reads(premises) == 1)
        #expect(try await premises.login(annsName).outcome == .fresh)
    }

    @Test func `one read serves everybody who waits`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("101", email: "ben@school.example"))
        let gate = Gate()
        premises.source.script { $0.pageFaults[1] = [.held(gate)] }
        async let ann = premises.login(annsName)
        try await gate.arrival()
        async let ben = premises.login(.email("ben@school.example"))
        async let nobody = premises.login(.email("nobody@school.example"))
        async let again = premises.login(annsName)
        try await premises.clock.sleepers(atLeast: 4, for: .milliseconds(800))
        gate.open()
        let outcomes = try await [ann, ben, nobody, again].map(\.outcome)
        #expect(outcomes[0] == .refreshed && outcomes[3] == .joined)
        #expect(outcomes[1] == .refreshed && outcomes[2] == .unknownPerson)
        #expect(reads(premises) == 1)
        #expect(try await premises.account("100") != nil)
    }

    @Test func `guessing names reads the school once in thirty seconds`() async throws {
        let premises = try await premises()
        for guess in 0..<50 {
            let result = try await premises.login(.email("guess\(guess)@school.example"))
            #expect(result.decision == .deny && result.account == nil)
        }
        #expect(reads(premises) == 1)
        premises.clock.advance(by: .seconds(30))
        try await premises.source.requests(atLeast: premises.source.requests)
        await premises.login.finishDeferred()
        #expect(reads(premises) <= 2)
    }

    @Test func `who comes between two reads is told when to come back, and is there then`()
        async throws
    {
        let premises = try await premises()
        _ = try await premises.login(.email("nobody@school.example"))
        premises.clock.advance(by: .seconds(10))
        let before = premises.source.requests
        let result = try await premises.login(annsName)
        #expect(result.decision == .deny && result.outcome == .unknownPerson)
        #expect(result.retryAfter == .seconds(20))
        try await premises.clock.sleepers(atLeast: 1, for: .seconds(20))
        premises.clock.advance(by: .seconds(20))
        try await premises.source.requests(atLeast: before + 1)
        await premises.login.finishDeferred()
        #expect(try await premises.login(annsName).decision == .allow)
    }

    @Test(arguments: [
        (LoginMethod.password, NewcomerRule.create), (.sso, .park), (.password, .park),
    ])
    func `an account is made only for an address that the host vouches for`(
        method: LoginMethod,
        rule: NewcomerRule
    ) async throws {
        let premises = try await premises { $0.newcomers = rule }
        let result = try await premises.login(annsName, method)
        #expect(result.decision == .deny && result.account == nil)
        let words = rule == .park ? "newcomers=park" : "only by single sign-on"
        #expect(result.trouble?.contains(words) == true, "\(result.trouble ?? "")")
        #expect(try await premises.account("100") == nil)
        let parked = try await premises.store.unlinkedRecords(in: .example)
        #expect(parked.map(\.observation.key) == [ann.key], "parked for a person to look at")
    }

    @Test(arguments: [(7, true), (70, false)])
    func `where so many are new that a sync would ask a person, a login makes no account`(
        newcomers: Int,
        isMade: Bool
    ) async throws {
        let premises = try await premises()
        for id in 2...newcomers { premises.source.put(.staff("new\(id)")) }
        let result = try await premises.login(annsName)
        #expect(result.decision == (isMade ? .allow : .deny), "\(result.outcome)")
        let account = try await premises.account("100")
        #expect((account != nil) == isMade)
        let parked = try await premises.store.unlinkedRecords(in: .example)
        #expect(parked.map(\.reason) == (isMade ? [] : [.manyNewcomers]))
        // Neither by trying again, nor by the id, nor with a password in between.
        _ = try await premises.login(annsName, .password)
        for key in [annsName, .sourceID("100"), .sourceID("new2")] where !isMade {
            let again = try await premises.login(key)
            #expect(again.decision == .deny, "\(again.outcome)")
            #expect(again.trouble?.contains("new in the MIS") == true)
        }
        #expect(try await premises.syncAll().state == (isMade ? .completed : .held))
    }

    @Test(arguments: [(true, 0), (false, 60)])
    func `logins by id make no more accounts than one sync would`(
        readsChanges: Bool,
        made: Int
    ) async throws {
        let premises = try await premises()
        premises.source.script { $0.readsChanges = readsChanges }
        for id in 1...70 { premises.source.put(.staff("new\(id)")) }
        var decisions: [LoginDecision] = []
        for id in 1...70 {
            decisions.append(try await premises.login(.sourceID("new\(id)")).decision)
        }
        // Where nobody can say how many are new, half of a hundred and twenty.
        #expect(decisions.count { $0 == .allow } == made)
        #expect(reads(premises) == (readsChanges ? 2 : 0), "the pages of one read")
        let last = try await premises.login(.sourceID("new70"))
        #expect(last.decision == .deny && last.trouble?.contains("new in the MIS") == true)
        let parked = try await premises.store.unlinkedRecords(in: .example)
        #expect(parked.count == 70 - made && parked.allSatisfy { $0.reason == .manyNewcomers })
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 71 - made, "\(result)")
    }

    @Test func `a few newcomers who log in by id are let in after one read`() async throws {
        let premises = try await premises()
        for id in 1...5 { premises.source.put(.staff("new\(id)")) }
        for id in 1...5 {
            let result = try await premises.login(.sourceID("new\(id)"))
            #expect(result.decision == .allow && result.outcome == .refreshed, "\(result)")
            #expect(result.requests == (id == 1 ? 2 : 1))
        }
        #expect(reads(premises) == 1)
        premises.clock.advance(by: .seconds(31))
        #expect(try await premises.login(.sourceID("100")).requests == 2)
    }

    @Test func `where nobody can say how many are new, an id makes no account`() async throws {
        let premises = try await premises()
        premises.source.script {
            $0.pageFaults[1] = [.error(.unavailable(reason: "The MIS is away."))]
        }
        let result = try await premises.login(.sourceID("100"))
        #expect(result.decision == .deny && result.outcome == .sourceUnavailable, "\(result)")
        #expect(result.trouble == "The MIS is away." && result.retryAfter == .seconds(30))
        #expect(try await premises.account("100") == nil)
        premises.source.script { $0.pageFaults = [:] }
        premises.clock.advance(by: .seconds(30))
        #expect(try await premises.login(.sourceID("100")).decision == .allow)
    }

    @Test(arguments: [LoginKey.email("ann@school.example"), .sourceID("100")])
    func `with newcomers refused nobody is asked for`(key: LoginKey) async throws {
        let premises = try await premises { $0.newcomers = .refuse }
        let before = premises.source.requests
        let result = try await premises.login(key)
        #expect(result.decision == .deny && result.outcome == .unknownPerson)
        #expect(premises.source.requests == before)
    }

    @Test func `two newcomers with one address are neither made`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("101", email: "ann@school.example"))
        let result = try await premises.login(annsName)
        #expect(result.decision == .deny && result.outcome == .disputed)
        #expect(try await premises.account("100") == nil)
        #expect(try await premises.account("101") == nil)
    }

    @Test func `somebody known whose address is new is found by it`() async throws {
        let premises = try await premises()
        let known = Observation.staff("1001").key
        premises.source.change(known) { $0.email = .value("married@school.example") }
        let result = try await premises.login(.email("married@school.example"))
        #expect(result.decision == .allow && result.outcome == .refreshed)
        #expect(result.changes.contains { $0.field == .email })
        #expect(try await premises.account("1001")?.email == "married@school.example")
    }

    @Test func `a source that cannot list changes is not read for a guess`() async throws {
        let premises = try await premises()
        premises.source.script { $0.readsChanges = false }
        let before = premises.source.requests
        #expect(try await premises.login(annsName).outcome == .unknownPerson)
        #expect(premises.source.requests == before)
    }

    @Test func `a read that fails denies and remembers nothing`() async throws {
        let premises = try await premises()
        premises.source.script {
            $0.pageFaults[1] = [.error(.unavailable(reason: "The MIS is away."))]
        }
        let result = try await premises.login(annsName)
        #expect(result.decision == .deny && result.outcome == .sourceUnavailable)
        premises.source.script { $0.pageFaults = [:] }
        let before = premises.source.requests
        let again = try await premises.login(annsName)
        #expect(
            again.decision == .deny && again.trouble == result.trouble,
            "the reason, not a guess"
        )
        #expect(again.retryAfter != nil)
        try await premises.clock.sleepers(atLeast: 1, for: .seconds(30))
        premises.clock.advance(by: .seconds(30))
        try await premises.source.requests(atLeast: before + 1)
        await premises.login.finishDeferred()
        #expect(try await premises.login(annsName).decision == .allow)
    }

    @Test(arguments: [
        String(repeating: "a", count: 10_000) + "@school.example", "ann\u{0}@school.example",
        "ann@school.example\r\nX: y", "", "no address",
    ])
    func `a name that cannot be one is denied like any unknown one, and nobody is asked`(
        name: String
    ) async throws {
        let premises = try await premises()
        let before = premises.source.requests
        for key in [LoginKey.email(name), .username(name), .sourceID(name)]
        where name != "no address" {
            let result = try await premises.login(key)
            #expect(result.decision == .deny && result.outcome == .unknownPerson)
        }
        #expect(premises.source.requests == before)
    }

    @Test func `somebody whom a sync suspended is asked for again and let in when she is back`()
        async throws
    {
        let premises = try await premises()
        let key = Observation.staff("1001").key
        premises.source.change(key) { $0.standing = .left(.notCurrent) }
        #expect(try await premises.login(.sourceID("1001")).outcome == .left)
        premises.source.change(key) { $0.standing = .current }
        let result = try await premises.login(.sourceID("1001"))
        #expect(result.decision == .allow && result.outcome == .refreshed)
        #expect(try await premises.account("1001")?.status == .active)
    }

    @Test func `who logs in by an address that the record gave up is not let in as that person`()
        async throws
    {
        let premises = try await premises { $0.newcomers = .park }
        #expect(try await premises.login(annsName).decision == .deny)
        try await premises.setPolicy { $0.newcomers = .create }
        premises.source.change(ann.key) { $0.email = .value("ann.new@school.example") }
        let result = try await premises.login(annsName)
        #expect(result.decision == .deny && result.account == nil)
        #expect(try await premises.account("100") == nil, "nobody vouched for the new address")
    }

    @Test func `a host's name for somebody is bound only by a name that is hers now`()
        async throws
    {
        let premises = try await premises()
        let key = Observation.staff("1001").key
        let former = try #require(try await premises.account("1001")?.email)
        premises.source.change(key) { $0.email = .value("married@school.example") }
        _ = try await premises.login(.sourceID("1001"))
        let school = try await premises.school()
        for (name, number, isBound) in [
            (former, "a", false), ("married@school.example", "b", true),
        ] {
            premises.letFreshnessPass()
            let subject = HostSubject(issuer: "https://id.example", subject: number)
            let event = LoginEvent(
                school: school,
                key: .email(name),
                method: .sso,
                subject: subject
            )
            #expect(await premises.login.refresh(event).decision == .allow)
            await premises.login.finishDeferred()
            let found = try await premises.store.person(
                .subject(subject),
                in: .example,
                of: .standard,
                formerSince: premises.clock.now()
            )
            #expect((found != nil) == isBound)
        }
    }
}
