import Accounts
import Muster
import MusterTesting
import Roster
import Testing

@Suite(.timeLimit(.minutes(3))) struct LoginRefreshTests {
    private let amara = Observation.staff("1", roles: ["Head"])

    /// A school that has seen Amara, a while ago.
    private func premises(
        _ settings: LoginSettings = LoginSettings(),
        sourceError: SourceError? = nil
    ) async throws -> Premises {
        let premises = try await Premises(settings: settings)
        premises.source.put(amara)
        try await premises.syncAll()
        premises.letFreshnessPass()
        premises.store.forget()
        return premises
    }

    private func requests(_ premises: Premises) -> Int {
        premises.source.asked.filter { if case .lookUp = $0 { true } else { false } }.count
    }

    // MARK: Without asking

    @Test(arguments: [
        LoginKey.email("nobody@school.example"), .username("nobody"), .email(""), .sourceID(""),
    ])
    func `an unknown name is denied without a request`(key: LoginKey) async throws {
        let premises = try await premises()
        let result = try await premises.login(key)
        #expect(result.decision == .deny && result.outcome == .unknownPerson)
        #expect(requests(premises) == 0 && result.requests == 0)
        #expect(result.account == nil)
    }

    @Test func `an account that an administrator suspended is denied without a request`()
        async throws
    {
        let premises = try await premises()
        var account = try #require(try await premises.account("1"))
        account.status = .suspended(by: .administrator)
        try await premises.write(account)
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == .suspended)
        #expect(requests(premises) == 0)
    }

    @Test func `the second login is answered from the first one's look-up`() async throws {
        let premises = try await premises()
        _ = try await premises.login(.email("1@school.example"))
        premises.clock.advance(by: .seconds(300))
        let result = try await premises.login(.email("1@School.Example"))
        #expect(result.decision == .allow && result.outcome == .fresh)
        await premises.login.finishDeferred()
        #expect(requests(premises) == 1 && result.requests == 0)
        premises.clock.advance(by: .seconds(300))
        #expect(try await premises.login(.sourceID("1")).outcome == .unchanged)
        #expect(requests(premises) == 2)
    }

    @Test func `past half of its life a look-up answers at once and is renewed behind`()
        async throws
    {
        let premises = try await premises()
        _ = try await premises.login(.sourceID("1"))
        premises.source.change(amara.key) { $0.surname = .value("Renewed") }
        premises.clock.advance(by: .seconds(301))
        let gate = Gate()
        premises.source.script { $0.answers[amara.key] = .held(gate) }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.outcome == .fresh && result.requests == 0)
        #expect(result.account?.account.surname != "Renewed")
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("1")?.surname == "Renewed")
        #expect(try await premises.login(.sourceID("1")).outcome == .fresh)
        #expect(requests(premises) == 2)
    }

    @Test func `a batch makes nobody fresh`() async throws {
        let premises = try await premises()
        try await premises.syncAll()
        #expect(try await premises.login(.sourceID("1")).outcome == .unchanged)
    }

    @Test func `a tenant's own freshness counts`() async throws {
        let premises = try await premises()
        try await premises.setPolicy { $0.freshness = .zero }
        _ = try await premises.login(.sourceID("1"))
        _ = try await premises.login(.sourceID("1"))
        #expect(requests(premises) == 2)
        try await premises.setPolicy { $0.freshness = .seconds(5000) }
        premises.clock.advance(by: .seconds(4999))
        #expect(try await premises.login(.sourceID("1")).outcome == .fresh)
    }

    @Test func `a clock that goes back makes nobody fresh`() async throws {
        let premises = try await premises()
        _ = try await premises.login(.sourceID("1"))
        premises.clock.setWall(premises.clock.now().advanced(by: .seconds(-1)))
        #expect(try await premises.login(.sourceID("1")).outcome == .unchanged)
        #expect(requests(premises) == 2)
    }

    @Test func `nobody is fresh on the day that a job ends`() async throws {
        let premises = try await premises()
        try await premises.setPolicy { $0.freshness = .seconds(5 * 86_400) }
        premises.source.change(amara.key) {
            $0.roles = .value([StaffRole(title: "Head", term: Term(end: .example))])
        }
        _ = try await premises.login(.sourceID("1"))
        // 22:30 in London, then 00:10.
        premises.clock.setWall(Timestamp.example.advanced(by: .seconds(13 * 3600 + 1800)))
        #expect(try await premises.login(.sourceID("1")).outcome == .fresh)
        premises.clock.advance(by: .seconds(6000))
        let result = try await premises.login(.sourceID("1"))
        #expect(result.outcome == .refreshed)
        #expect(result.account?.account.jobTitle == nil)
    }

    @Test(arguments: [LoginKey.sourceID("1"), .sourceID("new"), .email("parked@school.example")])
    func `with a budget of zero nobody is asked for`(key: LoginKey) async throws {
        let premises = try await premises()
        premises.source.put(.staff("new"))
        let parked = Observation.staff("2", email: "parked@school.example")
        premises.source.put(parked)
        _ = try await premises.login(.sourceID("2"), .password)
        premises.source.change(amara.key) { $0.surname = .value("New") }
        let before = requests(premises)
        try await premises.setPolicy { $0.loginBudget = .zero }
        let result = try await premises.login(key)
        #expect(requests(premises) == before && result.requests == 0)
        #expect(result.decision == (key == .sourceID("1") ? .allow : .deny))
    }

    // MARK: Asking

    @Test func `a login that changes nothing sends one request and writes no account or link`()
        async throws
    {
        let premises = try await premises()
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .allow && result.outcome == .unchanged)
        #expect(result.requests == 1 && requests(premises) == 1)
        #expect(result.run == nil && result.changes.isEmpty)
        let counts = premises.store.counts
        #expect(counts.accounts == 0 && counts.links == 0 && counts.applies == 0)
        #expect(counts.marks == 1)
        #expect(counts.reads == 0, "what she is was read before")
    }

    @Test func `what changed is in the account before the answer`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("2"))
        try await premises.syncAll()
        premises.source.change(amara.key) {
            $0.surname = .value("Brown")
            $0.managers = .value([ManagerEntry(key: .staff("2"))])
        }
        let result = try await premises.login(.email("1@school.example"))
        #expect(result.decision == .allow && result.outcome == .refreshed)
        #expect(result.account?.account.surname == "Brown")
        #expect(result.account?.lineManager?.email == "2@school.example")
        #expect(result.run != nil)
        let changes = Dictionary(
            uniqueKeysWithValues: result.changes.map { ($0.field, [$0.from, $0.to]) }
        )
        #expect(
            changes == [
                .surname: ["Abdi", "Brown"], .lineManager: [nil, "2@school.example"],
            ]
        )
        let history = try await premises.store.history(of: try #require(result.account?.account.id))
        #expect(history.filter { $0.cause == .login && $0.run == result.run }.count == 2)
    }

    @Test func `two logins at once send one request`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let first = premises.login(.sourceID("1"))
        try await gate.arrival()
        async let second = premises.login(.email("1@school.example"))
        try await premises.clock.sleepers(atLeast: 2, for: .milliseconds(800))
        gate.open()
        let outcomes = [try await first.outcome, try await second.outcome]
        let sent = [try await first.requests, try await second.requests]
        // The second may have read the person before the flight landed and come to it after: on a
        // machine that is busy enough she asks for herself.
        let isLate = outcomes.last == .unchanged
        #expect(requests(premises) == (isLate ? 2 : 1) && sent.reduce(0, +) == (isLate ? 2 : 1))
        #expect(outcomes.first == .unchanged)
        #expect(isLate || outcomes.last == .joined || outcomes.last == .fresh)
    }

    @Test func `a source that hangs defers the answer, and the refresh follows`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.change(amara.key) { $0.surname = .value("Brown") }
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        let result = try await login
        #expect(result.decision == .allow && result.outcome == .deferred)
        #expect(result.account?.account.surname == "Abdi")
        #expect(result.time == .milliseconds(800))
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("1")?.surname == "Brown")
    }

    @Test func `who joins a look-up that failed is not confirmed by it, nor bound`() async throws {
        let premises = try await premises()
        try await premises.setPolicy { $0.loginBudget = .seconds(60) }
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        let subject = HostSubject(issuer: "https://id.example", subject: "amara")
        async let first = premises.login(.sourceID("1"))
        try await gate.arrival()
        let event = LoginEvent(
            school: try await premises.school(),
            key: .email("1@school.example"),
            method: .sso,
            subject: subject
        )
        async let second = premises.login.refresh(event)
        try await premises.clock.sleepers(atLeast: 2, for: .seconds(60))
        try await premises.clock.sleepers(atLeast: 1, for: .seconds(1)...(.seconds(30)))
        // The source's own time is over, theirs is not.
        premises.clock.advance(by: .seconds(30))
        let outcomes = [try await first.outcome, await second.outcome]
        #expect(outcomes == [.sourceUnavailable, .sourceUnavailable])
        await premises.login.finishDeferred()
        let bound = try await premises.login(.subject(subject))
        #expect(bound.decision == .deny && bound.outcome == .unknownPerson)
    }

    @Test func `what is finished behind a login follows the policy of that time`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.change(amara.key) { $0.surname = .value("Brown") }
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        #expect(try await login.outcome == .deferred)
        try await premises.setPolicy { $0.ownership[.surname] = .local }
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("1")?.surname == "Abdi")
    }

    @Test func `a deferred newcomer is denied, and known afterwards`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.put(.staff("2"))
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("2"))
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        let result = try await login
        #expect(result.decision == .deny && result.outcome == .deferred)
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.login(.sourceID("2")).decision == .allow)
    }

    @Test func `a source that never answers is asked again a few times, each with its deadline`()
        async throws
    {
        let premises = try await premises()
        premises.source.script { $0.everyAnswer = .held(Gate()) }
        let asked = premises.source.requests
        async let login = premises.login(.sourceID("1"))
        try await premises.source.requests(atLeast: asked + 1)
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        #expect(try await login.outcome == .deferred)
        try await until {
            premises.clock.advance(by: .seconds(30))
            return premises.login.deferredCount == 0
        }
        #expect(requests(premises) == 4)
        #expect(try await premises.account("1")?.status == .active)
    }

    @Test(
        arguments: [
            (ScriptedAnswer.notReturned(reason: "404"), LoginOutcome.notReturned),
            (.refused(reason: "403"), .sourceUnavailable),
            (.failed(.unavailable(reason: "No answer.")), .sourceUnavailable),
            (.failed(.overloaded(retryAfter: .seconds(3))), .sourceUnavailable),
            (.failed(.malformed(reason: "Cut.")), .sourceUnavailable),
        ] as [(ScriptedAnswer, LoginOutcome)]
    )
    func `a person whom the source does not show is let in as she is`(
        answer: ScriptedAnswer,
        outcome: LoginOutcome
    ) async throws {
        let premises = try await premises()
        let before = premises.store.memory.snapshot()
        premises.source.script { $0.everyAnswer = answer }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .allow && result.outcome == outcome)
        #expect(result.trouble != nil && result.requests == 1)
        #expect(premises.store.memory.snapshot().difference(from: before) == nil)
        #expect(premises.store.counts.marks == 0)
        // A newcomer is not.
        let other = try await premises.login(.sourceID("2"))
        #expect(other.decision == .deny && other.account == nil)
        #expect(other.outcome == (outcome == .notReturned ? .unknownPerson : outcome))
    }

    @Test func `a connection without a source lets known people in`() async throws {
        let premises = try await Premises(
            sourceError: .refused(reason: "There is no token for alder; set one.")
        )
        try await premises.write(.named("Amara", "Abdi", id: 5, email: "1@school.example"))
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == .sourceUnavailable)
        #expect(result.trouble == "There is no token for alder; set one.")
        let known = try await premises.login(.email("1@school.example"))
        #expect(known.decision == .allow)
    }

    // MARK: Coming and going

    @Test func `somebody who left is denied`() async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.standing = .left(.notCurrent) }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == .left)
        #expect(result.account?.account.status == .suspended(by: .sync))
        #expect(result.changes.map(\.field) == [.status])
        // She is asked for again, fresh or not, and let in once the source has her.
        #expect(try await premises.login(.sourceID("1")).outcome == .left)
        premises.source.change(amara.key) { $0.standing = .current }
        let back = try await premises.login(.email("1@school.example"))
        #expect(back.decision == .allow && back.outcome == .refreshed)
        #expect(requests(premises) == 3)
    }

    @Test(arguments: [
        (ScriptedAnswer.notReturned(reason: "404"), LoginOutcome.notReturned),
        (.failed(.unavailable(reason: "No answer.")), .sourceUnavailable),
    ])
    func `somebody a sync suspended stays so while the source says nothing`(
        answer: ScriptedAnswer,
        outcome: LoginOutcome
    ) async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.standing = .left(.notCurrent) }
        _ = try await premises.login(.sourceID("1"))
        premises.source.script { $0.everyAnswer = answer }
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .deny && result.outcome == outcome)
    }

    @Test func `an administrator who suspends during the look-up is heard`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        var account = try #require(try await premises.account("1"))
        account.status = .suspended(by: .administrator)
        try await premises.write(account)
        gate.open()
        #expect(try await login.decision == .deny)
    }

    @Test func `a newcomer is created only where the host vouches for her`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("2"), .staff("3"))
        let parked = try await premises.login(.sourceID("2"), .password)
        #expect(parked.decision == .deny && parked.outcome == .disputed)
        #expect(try await premises.account("2") == nil)
        let created = try await premises.login(.sourceID("2"), .sso)
        #expect(created.decision == .allow && created.outcome == .refreshed)
        #expect(created.changes.count == 1 && created.changes.first?.field == nil)
        try await premises.setPolicy { $0.newcomers = .park }
        #expect(try await premises.login(.sourceID("3"), .sso).decision == .deny)
        #expect(try await premises.account("3") == nil)
    }

    @Test func `a parked newcomer is found by her address`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("2", email: "two@school.example"))
        _ = try await premises.login(.sourceID("2"), .password)
        let result = try await premises.login(.email(" Two@school.example"), .sso)
        #expect(result.decision == .allow)
    }

    @Test func `somebody who starts today is found by her address`() async throws {
        let premises = try await premises()
        premises.source.put(
            Observation.staff("2").with { $0.standing = .notYetStarted(.at("2026-09-08")) }
        )
        try await premises.syncAll()
        #expect(try await premises.login(.email("2@school.example")).decision == .deny)
        premises.clock.advance(by: .seconds(86_400))
        premises.source.change(.staff("2")) { $0.standing = .current }
        #expect(try await premises.login(.email("2@school.example")).decision == .allow)
    }

    @Test func `a disputed record is denied, and the account behind the address let in`()
        async throws
    {
        let premises = try await premises()
        premises.source.put(.staff("2", email: "1@school.example"))
        let result = try await premises.login(.sourceID("2"))
        #expect(result.decision == .deny && result.outcome == .disputed)
        #expect(try await premises.login(.email("1@school.example")).decision == .allow)
    }

    @Test func `an account without a record at the school is let in without a request`()
        async throws
    {
        let premises = try await premises()
        try await premises.write(.named("Zoë", "Żak", id: 5, email: "zoe@school.example"))
        let result = try await premises.login(.email("zoe@school.example"))
        #expect(result.decision == .allow && requests(premises) == 0)
    }

    @Test(arguments: [
        (LoginMethod.password, Credential.none, LoginDecision.resetPassword),
        (.password, .host, .allow), (.sso, .none, .allow), (.sso, .host, .allow),
    ])
    func `a password login without a password leads to a reset`(
        method: LoginMethod,
        credential: Credential,
        decision: LoginDecision
    ) async throws {
        let premises = try await premises()
        var account = try #require(try await premises.account("1"))
        account.credential = credential
        try await premises.write(account)
        #expect(try await premises.login(.sourceID("1"), method).decision == decision)
        #expect(try await premises.login(.sourceID("1"), method).outcome == .fresh)
        #expect(try await premises.login(.sourceID("1"), method).decision == decision)
    }

    @Test func `a former address finds a person for ninety days`() async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.email = .value("new@school.example") }
        _ = try await premises.login(.sourceID("1"))
        premises.clock.advance(by: .seconds(89 * 86_400))
        #expect(try await premises.login(.email("1@school.example")).decision == .allow)
        premises.clock.advance(by: .seconds(2 * 86_400))
        let late = try await premises.login(.email("1@school.example"))
        #expect(late.decision == .deny && late.outcome == .unknownPerson)
    }

    // MARK: Trouble

    @Test(arguments: [(19, LoginOutcome.refreshed), (20, .sourceUnavailable)])
    func `a change planned on what is gone is planned again, a few times`(
        times: Int,
        outcome: LoginOutcome
    ) async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.surname = .value("Brown") }
        premises.store.fail(Array(repeating: .stale, count: times))
        let result = try await premises.login(.sourceID("1"))
        #expect(result.outcome == outcome && result.decision == .allow)
        #expect((result.account?.account.surname == "Brown") == (times == 19))
    }

    @Test func `a locked store lets a known person in and says why`() async throws {
        let premises = try await premises()
        premises.source.change(amara.key) { $0.surname = .value("Brown") }
        premises.store.fail(.busy)
        let result = try await premises.login(.sourceID("1"))
        #expect(result.decision == .allow && result.outcome == .sourceUnavailable)
        #expect(result.trouble == StoreError.busy.sentence)
    }

    @Test func `what a look-up teaches about the connection is kept`() async throws {
        let premises = try await premises()
        var learnt = Capabilities.everything
        learnt[.staff].refusedParts = ["roles"]
        premises.source.script { [learnt] in $0.learnt = learnt }
        _ = try await premises.login(.sourceID("1"))
        #expect(
            try await premises.school().connection.capabilities[
                .staff,
                in: SchoolKey.example.school
            ].refusedParts == ["roles"]
        )
    }

    @Test func `an answer that is older than what was applied changes nothing`() async throws {
        let premises = try await premises()
        let gate = Gate()
        premises.source.change(amara.key) { $0.surname = .value("Old") }
        // The record is read when the question arrives; its answer is late.
        premises.source.script { $0.answers[self.amara.key] = .held(gate) }
        async let login = premises.login(.sourceID("1"))
        try await gate.arrival()
        premises.source.script { $0.answers = [:] }
        premises.source.change(amara.key) { $0.surname = .value("New") }
        try await premises.syncAll()
        gate.open()
        let result = try await login
        #expect(result.account?.account.surname == "New")
    }
}

extension Day {
    /// Reads `YYYY-MM-DD`; the day of examples where that is no day.
    static func at(_ text: String) -> Day { Day(text) ?? .example }
}
