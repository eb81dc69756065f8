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
        email: "ann@school.example",
        classes: [.taught("A")]
    )
    private let ben = Observation.staff(
        "2",
        forename: "Ben",
        surname: "Baker",
        email: "ben@school.example",
        classes: [.taught("B")]
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
            email: record.email.value,
            classes: record.classes.value ?? []
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
        let premises = try await exchanged()
        let people = try await people(at: premises)
        let result = try await premises.syncAll(chunk: chunk)
        #expect(result.state == .held && result.held == 2, "\(result)")
        #expect(result.trouble?.contains("people with accounts already") == true, "\(result)")
        try await requireUnchanged(premises)
        let done = try await approve(result, at: premises)
        #expect(done.state == .completed && done.changed == 2 && done.skipped == 0, "\(done)")
        try await requireMoved(people, at: premises)
    }

    /// What the MIS says of one of the two by the time of the approval.
    enum Later: CaseIterable { case putRight, gone, refused, away }

    @Test(arguments: Later.allCases)
    func `an exchange of which one half is not said any more is not carried out`(
        later: Later
    ) async throws {
        let premises = try await exchanged()
        let held = try await premises.syncAll()
        switch later {
        case .putRight: premises.source.put(ann)
        case .gone: premises.source.remove(ann.key)
        case .refused:
            premises.source.script { $0.answers[ann.key] = .refused(reason: "It is forbidden.") }
        case .away:
            premises.source.script {
                $0.answers[ann.key] = .failed(.unavailable(reason: "It is away."))
            }
        }
        let done = try await approve(held, at: premises)
        #expect(done.changed == 0 && done.skipped == 2, "\(done)")
        #expect(done.remarks.contains { $0.reason.contains("does not say the same now") })
        try await requireUnchanged(premises)
    }

    @Test func `a held sync says how an exchange is carried out, and so does the review`()
        async throws
    {
        let premises = try await exchanged()
        let held = try await premises.syncAll()
        let told = held.remarks.filter { $0.reason.contains("each account the other record") }
        #expect(told.compactMap(\.record).sorted() == ["1", "2"], "\(held)")
        let list = try await Review(premises.workshop).list(of: try await premises.school())
        #expect(list.remarks.compactMap(\.record).sorted() == ["1", "2"])
    }

    @Test func `a preview says how an exchange is carried out, and it is`() async throws {
        let premises = try await exchanged()
        let people = try await people(at: premises)
        let connection = try await premises.school().connection
        let preview = await BatchSync(premises.workshop).run(connection, isPreview: true)
        let told = preview.remarks.filter { $0.reason.contains("each account the other record") }
        #expect(told.compactMap(\.record).sorted() == ["1", "2"], "\(preview)")
        let done = try await approve(preview, at: premises)
        #expect(done.state == .completed && done.changed == 2 && done.skipped == 0, "\(done)")
        try await requireMoved(people, at: premises)
    }

    /// Each account is its person's still, and stands for the record that speaks of her now.
    private func requireMoved(_ people: [Account], at premises: Premises) async throws {
        for (account, record) in zip(people, ["2", "1"]) {
            let moved = try #require(try await premises.account(record))
            #expect(moved.id == account.id && moved.home == .staff(record))
            #expect(moved.surname == account.surname && moved.email == account.email)
            #expect(moved.memberships.map(\.classID) == account.memberships.map(\.classID))
            #expect(moved.memberships.allSatisfy { $0.givenBy == .staff(record) })
        }
        let synced = try await premises.syncAll()
        #expect(synced.state == .completed && synced.changed == 0, "\(synced)")
        premises.letFreshnessPass()
        let login = try await premises.login(.email("ann@school.example"))
        #expect(login.decision == .allow && login.outcome == .unchanged, "\(login.outcome)")
        #expect(login.account?.account.id == people[0].id)
    }

    private func approve(_ result: SyncResult, at premises: Premises) async throws -> SyncResult {
        let connection = try await premises.school().connection
        return await BatchSync(premises.workshop)
            .approve(try #require(result.plan), at: connection)
    }

    @Test func `what was approved is not taken back by half once one of the two was erased`()
        async throws
    {
        let premises = try await exchanged()
        let people = try await people(at: premises)
        let done = try await approve(try await premises.syncAll(), at: premises)
        _ = try await premises.store.erase(people[1].id, of: .standard, at: premises.clock.now())
        let before = try #require(try await premises.store.summary(of: people[0].id))
        let undone = try await Undo(premises.workshop).run(done.run)
        #expect(undone.restored == 0 && undone.skipped > 0, "\(undone)")
        #expect(try await premises.store.summary(of: people[0].id) == before)
    }

    @Test func `an exchange that was approved is taken back, and waits again`() async throws {
        let premises = try await exchanged()
        let people = try await people(at: premises)
        let done = try await approve(try await premises.syncAll(), at: premises)
        let undone = try await Undo(premises.workshop).run(done.run, of: people[1].id)
        #expect(undone.restored == 1 && undone.skipped == 0, "\(undone)")
        // Nobody was left behind by that.
        #expect(try await Undo(premises.workshop).run(done.run).restored == 0)
        for (account, record) in zip(people, ["1", "2"]) {
            let back = try #require(try await premises.account(record))
            #expect(back.id == account.id && back.home == .staff(record))
            #expect(back.surname == account.surname && back.email == account.email)
            #expect(back.memberships == account.memberships)
        }
        let synced = try await premises.syncAll()
        #expect(synced.state == .held && synced.held == 2, "\(synced)")
        try await requireUnchanged(premises)
    }

    @Test func `three who change places in a ring keep their accounts`() async throws {
        let premises = try await school(saying: [])
        let cal = Observation.staff(
            "3",
            forename: "Cal",
            surname: "Cole",
            email: "cal@school.example"
        )
        premises.source.put(cal)
        try await premises.syncAll()
        var people: [AccountID] = []
        for id in ["1", "2", "3"] { people.append(try #require(try await premises.account(id)).id) }
        for (other, record) in [(ben, ann), (cal, ben), (ann, cal)] {
            premises.source.put(said(of: other, under: record))
        }
        let done = try await approve(try await premises.syncAll(chunk: 1), at: premises)
        #expect(done.state == .completed && done.changed == 3, "\(done)")
        for (account, record) in zip(people, ["3", "1", "2"]) {
            #expect(try await premises.account(record)?.id == account)
        }
        #expect(try await premises.syncAll().state == .completed)
    }

    @Test(arguments: [true, false])
    func `no exchange is carried out by half once one of the two was put right`(
        isSeenByLogin: Bool
    ) async throws {
        let premises = try await exchanged()
        var held = try await premises.syncAll()
        premises.source.put(ben)
        premises.letFreshnessPass()
        if isSeenByLogin {
            #expect(try await premises.login(.sourceID("2")).outcome == .unchanged)
        } else {
            held = try await premises.syncAll()
            #expect(held.held == 1)
        }
        let done = try await approve(held, at: premises)
        #expect(done.changed == 0 && done.skipped == held.held, "\(done)")
        #expect(done.remarks.contains { $0.record == "1" && $0.reason.contains("no longer") })
        try await requireUnchanged(premises)
    }

    private func exchanged() async throws -> Premises {
        try await school(saying: [said(of: ben, under: ann), said(of: ann, under: ben)])
    }

    private func people(at premises: Premises) async throws -> [Account] {
        var people: [Account] = []
        for id in ["1", "2"] { people.append(try #require(try await premises.account(id))) }
        return people
    }

    @Test func `relatives who change places wait for a person too`() async throws {
        let premises = try await Premises()
        let names = ["Gwen", "Jo"]
        for (id, name) in zip(["1", "2"], names) {
            let email = "\(name.lowercased())@school.example"
            premises.source.put(.staff(id, forename: name, surname: "Kaur", email: email))
        }
        for id in 3...30 { premises.source.put(.staff("\(id)")) }
        try await premises.syncAll()
        for (id, name) in zip(["2", "1"], names) {
            let email = "\(name.lowercased())@school.example"
            premises.source.put(.staff(id, forename: name, surname: "Kaur", email: email))
        }
        let result = try await premises.syncAll()
        #expect(result.state == .held && result.held == 2, "\(result)")
        #expect(try await premises.account("1")?.forename == "Gwen")
    }

    @Test(arguments: [0, 1])
    func `an exchange of which one record was read since is not carried out, nor half of it`(
        later: Int64
    ) async throws {
        let premises = try await exchanged()
        let said = [said(of: ben, under: ann), said(of: ann, under: ben)]
        let view = try await premises.store.view(
            Planner.viewRequest(for: said, tenant: .standard, run: nil)
        )
        var exchange = Exchange(said.map(\.key))
        exchange.sequences = Dictionary(
            uniqueKeysWithValues: said.map { ($0.key, view.links[$0.key]?.sequence ?? 0) }
        )
        exchange.sequences[ben.key]? += later
        var step = Reconciliation(
            said,
            exchanged: exchange,
            planner: premises.workshop.planner(policy: Policy(), school: .example, mayCreate: true),
            view: view,
            tenant: .standard
        )
        let (changes, plans) = step.finish(run: nil, cause: .batch)
        #expect(plans.count == (later == 0 ? 2 : 0))
        #expect(changes.isEmpty == (later != 0))
    }

    @Test func `so they do at logins`() async throws {
        let premises = try await exchanged()
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
        #expect(result.trouble?.hasPrefix("1 person of ") == true, "\(result)")
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
