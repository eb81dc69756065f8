import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// Logins by an address that was a leaver's and is a newcomer's now.
@Suite(.timeLimit(.minutes(3))) struct LeaversAddressTests {
    private let address = LoginKey.email("1001@school.example")
    private let leaver = SourceKey.staff("1001")

    /// A school that was synced, that one left since by a sync, and whose newcomer has her address.
    private func premises(
        newcomer: Observation? = .staff(
            "2001",
            forename: "Nia",
            surname: "Newman",
            email: "1001@school.example"
        )
    ) async throws -> Premises {
        let premises = try await Premises()
        for id in 1001...1060 {
            premises.source.put(.staff("\(id)", surname: "Family\(id)"))
        }
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(6 * 3600))
        premises.source.change(leaver) { $0.standing = .left(.notCurrent) }
        #expect(try await premises.syncAll().suspended == 1)
        premises.clock.advance(by: .seconds(6 * 3600))
        if let newcomer { premises.source.put(newcomer) }
        return premises
    }

    private func look(_ premises: Premises) -> (lookUps: Int, pages: Int) {
        let asked = premises.source.asked
        return (
            asked.count { if case .lookUp = $0 { true } else { false } },
            asked.count {
                if case .page(_, _, _, changedSince: .some, sequence: _) = $0 {
                    true
                } else {
                    false
                }
            }
        )
    }

    @Test(arguments: [ScriptedAnswer.record, .notReturned(reason: "There is no such record.")])
    func `the newcomer is found and gets an account of her own`(
        ofLeaver: ScriptedAnswer
    ) async throws {
        let premises = try await premises()
        premises.source.script { $0.answers[leaver] = ofLeaver }
        let before = try #require(try await premises.account("1001"))
        let result = try await premises.login(address)
        #expect(result.decision == .allow && result.outcome == .refreshed, "\(result)")
        let account = try #require(result.account?.account)
        #expect(account.surname == "Newman" && account.id != before.id)
        #expect(account.email == "1001@school.example")
        #expect(result.changes.allSatisfy { $0.account == account.id })
        #expect(result.requests == 2, "the leaver first, then who changed")
        #expect(look(premises) == (1, 1))
        let after = try #require(try await premises.account("1001"))
        #expect(after.status == .suspended(by: .sync) && after.email == nil)
        let dossier = try await premises.store.dossier(of: before.id)
        #expect(dossier?.formerEmails.keys.contains("1001@school.example") == true)
        #expect(try await premises.login(address).outcome == .fresh)
        #expect(try await premises.syncAll().created == 0)
    }

    @Test func `whoever has the leaver's name too is parked as a possible returner`() async throws {
        let twin = Observation.staff("2001", surname: "Family1001", email: "1001@school.example")
        let premises = try await premises(newcomer: twin)
        let result = try await premises.login(address)
        #expect(result.decision == .deny && result.outcome == .disputed && result.account == nil)
        let parked = try await premises.store.unlinkedRecords(in: .example)
        #expect(parked.map(\.reason) == [.possibleReturner])
        #expect(try await premises.account("1001")?.email == "1001@school.example")
    }

    @Test func `the leaver herself is told so, and the school is not read for each try`()
        async throws
    {
        let premises = try await premises(newcomer: nil)
        for _ in 1...3 {
            let result = try await premises.login(address)
            #expect(result.decision == .deny && result.outcome == .left)
            #expect(result.account?.account.surname == "Family1001")
        }
        #expect(look(premises) == (3, 1))
    }

    @Test func `a leaver who came back is let in, and nobody is looked for`() async throws {
        let premises = try await premises(newcomer: nil)
        premises.source.change(leaver) { $0.standing = .current }
        let result = try await premises.login(address)
        #expect(result.decision == .allow && result.account?.account.surname == "Family1001")
        #expect(look(premises) == (1, 0))
    }

    @Test func `while the source is away nobody is let in by the address`() async throws {
        let premises = try await premises()
        premises.source.script {
            $0.everyAnswer = .failed(.unavailable(reason: "The MIS is away."))
        }
        let result = try await premises.login(address)
        #expect(result.decision == .deny && result.outcome == .sourceUnavailable)
        #expect(look(premises) == (1, 0))
        #expect(try await premises.account("2001") == nil)
    }

    @Test func `without a word of the host for the address nobody is made`() async throws {
        let premises = try await premises()
        let result = try await premises.login(address, .password)
        #expect(result.decision == .deny)
        #expect(try await premises.account("2001") == nil)
        // Parked by that login, she is asked for herself at the next.
        let next = try await premises.login(address)
        #expect(next.decision == .allow && next.account?.account.surname == "Newman")
        #expect(look(premises) == (3, 2), "and how many are new, before her account is made")
    }

    @Test func `where the leaver's record answers late the newcomer is found behind`() async throws
    {
        let premises = try await premises()
        let gate = Gate()
        premises.source.script { $0.answers[leaver] = .held(gate) }
        async let login = premises.login(address)
        try await gate.arrival()
        try await premises.clock.sleepers(atLeast: 1, for: .milliseconds(800))
        premises.clock.advance(by: .milliseconds(800))
        let result = try await login
        #expect(result.decision == .deny && result.outcome == .deferred)
        gate.open()
        await premises.login.finishDeferred()
        #expect(try await premises.account("2001")?.surname == "Newman")
        premises.source.script { $0.answers = [:] }
        #expect(try await premises.login(address).decision == .allow)
    }

    @Test func `a host's own name for the leaver stays hers`() async throws {
        let premises = try await premises()
        let subject = HostSubject(issuer: "https://id.example", subject: "1")
        let id = try #require(try await premises.account("1001")).id
        try await premises.store.bind(subject, to: id, of: .standard)
        let event = LoginEvent(
            school: try await premises.school(),
            key: address,
            method: .sso,
            subject: subject
        )
        let result = await premises.login.refresh(event)
        #expect(result.decision == .deny && result.outcome == .left)
        #expect(look(premises) == (1, 0))
    }
}
