import Accounts
import Muster
import MusterTesting
import Roster
import Testing

@Suite(.timeLimit(.minutes(3))) struct LoginRefreshTests {
    let amara = Observation.staff("1", roles: ["Head"])

    /// A school that has seen Amara, a while ago.
    func premises(
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

    func requests(_ premises: Premises) -> Int {
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
