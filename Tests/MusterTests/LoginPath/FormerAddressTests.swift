import Accounts
import Muster
import MusterTesting
import Roster
import Testing

/// Logins by an address that an active person gave up, and that may be somebody else's now.
@Suite(.timeLimit(.minutes(1))) struct FormerAddressTests {
    private let address = LoginKey.email("g.kaur@school.example")

    /// A school in which Gwen Kaur has another address since the last sync.
    private func premises() async throws -> Premises {
        let premises = try await Premises()
        let gwen = Observation.staff(
            "1",
            forename: "Gwen",
            surname: "Kaur",
            email: "g.kaur@school.example"
        )
        premises.source.put(gwen)
        for id in 2...30 { premises.source.put(.staff("\(id)", surname: "Family\(id)")) }
        try await premises.syncAll()
        premises.source.change(gwen.key) { $0.email = .value("g.kaur-smith@school.example") }
        premises.clock.advance(by: .seconds(3600))
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(3600))
        return premises
    }

    private func putGeorge(_ premises: Premises) {
        premises.source.put(
            .staff("99", forename: "George", surname: "Kaur", email: "g.kaur@school.example")
        )
    }

    @Test func `a newcomer who has the address now is not let in as its former holder`()
        async throws
    {
        let premises = try await premises()
        putGeorge(premises)
        let gwen = try #require(try await premises.account("1"))
        let result = try await premises.login(address)
        #expect(result.decision == .allow, "\(result)")
        let account = try #require(result.account?.account)
        #expect(account.forename == "George" && account.id != gwen.id)
        #expect(account.email == "g.kaur@school.example")
        #expect(try await premises.account("1")?.email == "g.kaur-smith@school.example")
        // By her own address nothing is different.
        let hers = try await premises.login(.email("g.kaur-smith@school.example"))
        #expect(hers.account?.account.id == gwen.id && hers.decision == .allow)
    }

    @Test func `an address that changes hands in a login lets its former holder in no more`()
        async throws
    {
        let premises = try await premises()
        // So that nobody is asked who has the address.
        try await premises.setPolicy { $0.newcomers = .refuse }
        let (mary, jean) = (SourceKey.staff("2"), SourceKey.staff("3"))
        premises.source.change(mary) { $0.email = .value("3@school.example") }
        premises.source.change(jean) { $0.email = .value("2@school.example") }
        // Of the first it is known only that she waits for the other's.
        #expect(try await premises.login(.email("2@school.example")).decision == .deny)
        let second = try await premises.login(.email("3@school.example"))
        #expect(second.decision == .deny && second.outcome == .disputed, "\(second)")
        #expect(second.trouble?.contains("somebody else's") == true)
        let third = try await premises.login(.email("3@school.example"))
        #expect(third.decision == .allow, "\(third)")
        #expect(third.account?.account.surname == "Family2")
    }

    @Test func `whose record waits for a person is not let in as the former holder`() async throws {
        let premises = try await premises()
        try await premises.setPolicy { $0.newcomers = .refuse }
        putGeorge(premises)
        try await premises.syncAll()
        let result = try await premises.login(address)
        #expect(result.account?.account.forename != "Gwen", "\(result)")
    }

    @Test func `where nobody else has the address, its former holder is let in`() async throws {
        let premises = try await premises()
        for _ in 1...2 {
            let result = try await premises.login(address)
            #expect(result.decision == .allow, "\(result)")
            #expect(result.account?.account.forename == "Gwen")
            #expect(result.retryAfter == nil)
            premises.letFreshnessPass()
        }
        premises.source.script { script in
            script.everyAnswer = .failed(.unavailable(reason: "The MIS does not answer."))
        }
        #expect(try await premises.login(address).decision == .allow)
    }

    @Test func `where the MIS refuses everything, its former holder is let in`() async throws {
        let premises = try await premises()
        let reason = "The token was revoked."
        premises.source.script { script in
            script.everyAnswer = .refused(reason: reason)
            script.describeError = .refused(reason: reason)
            script.pageFaults[1] = [.error(.refused(reason: reason))]
        }
        for _ in 1...2 {
            let result = try await premises.login(address)
            #expect(result.decision == .allow && result.outcome == .sourceUnavailable, "\(result)")
            #expect(result.account?.account.forename == "Gwen" && result.trouble == reason)
        }
        let stranger = try await premises.login(.email("nobody@school.example"))
        #expect(stranger.decision == .deny && stranger.trouble == reason, "\(stranger)")
    }
}
