import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Records that turn into somebody else who has an account: no guard lets even one pass.
@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
    private let ann = Observation.staff(
        "1",
        forename: "Ann",
        surname: "Archer",
        email: "ann@school.example"
    )
    private let ben = Observation.staff(
        "2",
        forename: "Ben",
        surname: "Baker",
        email: "ben@school.example"
    )

    /// A school of thirty, of whom `records` say something else since it was synced.
    private func school(saying records: [Observation]) async throws -> Premises {
        let premises = try await Premises()
        for record in [ann, ben] + (3...30).map({ Observation.staff("\($0)") }) {
            premises.source.put(record)
        }
        try await premises.syncAll()
        for record in records { premises.source.put(record) }
        premises.letFreshnessPass()
        return premises
    }

    /// What `record` says, under the id of `other`.
    private func said(of record: Observation, under other: Observation) -> Observation {
        .staff(
            other.key.id,
            forename: record.forename.value ?? "",
            surname: record.surname.value ?? "",
            email: record.email.value
        )
    }

    private func requireUnchanged(_ premises: Premises) async throws {
        for record in [ann, ben] {
            let account = try #require(try await premises.account(record.key.id))
            #expect(account.surname == record.surname.value)
            #expect(account.email == record.claimedEmail)
        }
    }

    @Test(arguments: [1, 50])
    func `two records that change places wait for a person`(chunk: Int) async throws {
        let premises = try await school(saying: [
            said(of: ben, under: ann), said(of: ann, under: ben),
        ])
        let result = try await premises.syncAll(chunk: chunk)
        #expect(result.state == .held && result.held == 2, "\(result)")
        #expect(result.trouble?.contains("accounts of their own") == true, "\(result)")
        try await requireUnchanged(premises)
        let connection = try await premises.school().connection
        let done = await BatchSync(premises.workshop)
            .approve(try #require(result.plan), at: connection)
        #expect(done.state == .completed && done.changed == 2, "\(done)")
        #expect(try await premises.account("1")?.email == "ben@school.example")
        #expect(try await premises.account("2")?.surname == "Archer")
    }

    @Test func `so they do at logins`() async throws {
        let premises = try await school(saying: [
            said(of: ben, under: ann), said(of: ann, under: ben),
        ])
        for record in [ann, ben] {
            let login = try await premises.login(.sourceID(record.key.id))
            #expect(login.decision == .allow && login.outcome == .held, "\(login.outcome)")
            #expect(login.trouble?.contains("the names and the address of somebody else") == true)
        }
        try await requireUnchanged(premises)
    }

    @Test func `so they do at logins by address, each in the account that she had`() async throws {
        let premises = try await school(saying: [
            said(of: ben, under: ann), said(of: ann, under: ben),
        ])
        for record in [ann, ben, ann] {
            let login = try await premises.login(.email(record.claimedEmail ?? ""))
            #expect(login.decision == .allow && login.outcome == .held, "\(login.outcome)")
            #expect(login.account?.account.surname == record.surname.value)
            premises.letFreshnessPass()
        }
        try await requireUnchanged(premises)
    }

    @Test func `one record that says what another one says waits too`() async throws {
        let premises = try await school(saying: [said(of: ben, under: ann)])
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 1, "\(result)")
        try await requireUnchanged(premises)
    }

    @Test func `who marries into a colleague's surname is not taken for her`() async throws {
        let married = Observation.staff(
            "1",
            forename: "Ann",
            surname: "Baker",
            email: "ann.baker@school.example"
        )
        let premises = try await school(saying: [married])
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.changed == 1, "\(result)")
    }

    @Test
    func
        `who gets a colleague's names by marriage, and her address by mistake, waits for the address`()
        async throws
    {
        let namesake = said(of: ben, under: ann).with { $0.forename = .value("Ann") }
        let other = Observation.staff(
            "2",
            forename: "Ann",
            surname: "Baker",
            email: "ben@school.example"
        )
        let premises = try await school(saying: [other])
        try await premises.syncAll()
        premises.source.put(namesake)
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.held == 0, "\(result)")
        #expect(try await premises.account("1")?.surname == "Baker")
        #expect(try await premises.account("1")?.email == "ann@school.example")
    }

    @Test func `a record that became a colleague waits also once she left`() async throws {
        let premises = try await school(saying: [said(of: ben, under: ann)])
        premises.source.put(ben.with { $0.standing = .left(.notCurrent) })
        for _ in 1...3 {
            let result = try await premises.syncAll()
            #expect(result.state == .held && result.held == 1, "\(result)")
            premises.letFreshnessPass()
        }
        #expect(try await premises.login(.sourceID("1")).outcome == .held)
        #expect(try await premises.account("1")?.surname == "Archer")
    }

    @Test func `names that were edited here hide no exchange`() async throws {
        let premises = try await school(saying: [])
        try await premises.edit([.set(.forename, to: "Annie")], "1")
        try await premises.edit([.set(.forename, to: "Benny")], "2")
        premises.source.put(said(of: ben, under: ann))
        premises.source.put(said(of: ann, under: ben))
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 2, "\(result)")
    }

    @Test func `namesakes exchange their addresses in one sync`() async throws {
        let namesake = Observation.staff(
            "31",
            forename: "Ann",
            surname: "Archer",
            email: "ann2@school.example"
        )
        let premises = try await school(saying: [])
        premises.source.put(namesake)
        try await premises.syncAll()
        premises.source.put(said(of: namesake, under: ann))
        premises.source.put(said(of: ann, under: namesake))
        let result = try await premises.syncAll()
        #expect(result.state == .completed && result.changed == 2, "\(result)")
    }
}
