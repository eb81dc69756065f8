import Accounts
import MusterTesting
import Roster
import Testing

@testable import Muster

// Addresses that lead to two people, and people who come back.
extension MassRemovalTests {
    @Test(arguments: Path.allCases, [LoginMethod.sso, .password])
    func `10: an address on two records lets nobody into the other's account`(
        path: Path,
        method: LoginMethod
    ) async throws {
        let premises = try await school()
        let account = try #require(try await premises.account("1"))
        let twin = Observation.staff("13", surname: "Other", email: "1@school.example")
        premises.source.put(twin, .staff("14", surname: "Third", email: "1@school.example"))
        try await look(path, premises)
        for id in ["13", "14"] {
            let byID = try await premises.login(.sourceID(id), method)
            #expect(byID.decision == .deny && byID.account == nil)
        }
        premises.letFreshnessPass()
        // Her record states the address still, so it is hers.
        let byAddress = try await premises.login(.email("1@school.example"), method)
        #expect(byAddress.account?.account.id == account.id)
        // Once it does not, it is the address of two others, of whom neither is the first.
        premises.source.change(.staff("1")) { $0.email = .value("own@school.example") }
        premises.letFreshnessPass()
        let ambiguous = try await premises.login(.email("1@school.example"), .sso)
        #expect(ambiguous.decision == .deny, "\(ambiguous.outcome)")
        #expect(try await premises.account("13") == nil)
        #expect(try await premises.account("14") == nil)
        #expect(try await premises.account("1")?.surname == "Family1")
    }

    /// Three people left by mistake, and were suspended; a list of then is kept.
    private func suspended() async throws -> (Premises, [SourceKey: Observation]) {
        let premises = try await school()
        for id in 1...3 {
            premises.source.change(.staff("\(id)")) { $0.standing = .left(.notCurrent) }
        }
        #expect(try await premises.syncAll().suspended == 3)
        return (premises, premises.source.script.people)
    }

    private func bringBack(_ premises: Premises) {
        for id in 1...3 { premises.source.change(.staff("\(id)")) { $0.standing = .current } }
    }

    @Test func `15: people who were brought back are not taken away again by the old list`()
        async throws
    {
        let (premises, old) = try await suspended()
        bringBack(premises)
        try await premises.syncAll()
        let before = try await holdings(premises)
        // The page was asked for before they came back, and comes late.
        let gate = Gate()
        premises.source.script { script in
            script.people = old
            script.pageFaults[1] = [.held(gate)]
        }
        async let late = premises.syncAll()
        try await gate.arrival()
        bringBack(premises)
        premises.letFreshnessPass()
        for id in 1...3 { _ = try await premises.login(.sourceID("\(id)")) }
        gate.open()
        _ = try await late
        #expect(try await holdings(premises) == before)
    }

    @Test func `15: people who were brought back are not taken away again by an old answer`()
        async throws
    {
        let (premises, _) = try await suspended()
        // Each was asked about before she came back, and the answer comes late.
        let gate = Gate()
        premises.source.script { $0.everyAnswer = .held(gate) }
        premises.letFreshnessPass()
        try await withThrowingTaskGroup(of: LoginRefreshResult.self) { logins in
            for id in 1...3 {
                logins.addTask { try await premises.login(.sourceID("\(id)")) }
            }
            try await gate.arrival(of: 3)
            bringBack(premises)
            #expect(try await premises.syncAll().restored == 3)
            let before = try await holdings(premises)
            gate.open()
            for try await login in logins { #expect(login.decision == .allow) }
            #expect(try await holdings(premises) == before)
        }
    }

    @Test(arguments: Path.allCases)
    func `2: who comes back while another has her address is herself, and gets it back later`(
        path: Path
    ) async throws {
        let (premises, _) = try await suspended()
        let account = try #require(try await premises.account("1"))
        premises.source.put(.staff("13", surname: "Newcomer", email: "1@school.example"))
        try await premises.syncAll()
        let newcomer = try #require(try await premises.account("13"))
        #expect(newcomer.email == "1@school.example" && newcomer.id != account.id)
        bringBack(premises)
        premises.letFreshnessPass()
        try await look(path, premises)
        let back = try #require(try await premises.account("1"))
        #expect(back.id == account.id && back.status == .active && back.email == nil)
        #expect(back.surname == account.surname && back.memberships.count == 1)
        #expect(try await premises.account("13") == newcomer)
        // The login name is free again.
        premises.source.change(.staff("13")) { $0.email = .value("13@school.example") }
        premises.letFreshnessPass()
        switch path {
        case .batch: try await premises.syncAll()
        case .login: _ = try await premises.login(.sourceID("13"))
        }
        #expect(try await premises.account("1")?.email == "1@school.example")
        #expect(try await premises.account("13")?.email == "13@school.example")
    }

    /// How the newcomer comes.
    enum Coming: CaseIterable {
        case sync, id, address
    }

    @Test(arguments: Coming.allCases)
    func `23: an account that is gone from sight blocks no newcomer with its address`(
        coming: Coming
    ) async throws {
        let premises = try await school()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        let leaver = try #require(try await premises.account("1"))
        premises.source.put(.staff("13", surname: "Newcomer", email: "1@school.example"))
        switch coming {
        case .sync: try await premises.syncAll()
        case .id: #expect(try await premises.login(.sourceID("13")).decision == .allow)
        case .address:
            let login = try await premises.login(.email("1@school.example"))
            #expect(login.decision == .allow && login.account?.account.id != leaver.id)
        }
        let newcomer = try #require(try await premises.account("13"))
        #expect(newcomer.id != leaver.id && newcomer.email == "1@school.example")
        let kept = try await premises.store.summary(of: leaver.id)?.account
        #expect(kept?.email == nil && kept?.surname == leaver.surname)
    }
}
