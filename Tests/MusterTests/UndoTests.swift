import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Taking back what a login or a sync did.
@Suite struct UndoTests {
    private func premises(_ people: Int = 12) async throws -> Premises {
        let premises = try await Premises()
        for number in 1...people {
            premises.source.put(
                Observation.staff(
                    "\(number)",
                    forename: "F\(number)",
                    surname: "S\(number)",
                    email: "\(number)@school.example",
                    roles: ["Tutor"],
                    managers: number == 10 ? [] : ["10"]
                ).with { $0.classes = .value([.taught("C1"), .taught("C2")]) }
            )
        }
        try await premises.setPolicy { $0.privileges = ["tutor": ["some"], "head": ["all"]] }
        try await premises.syncAll()
        return premises
    }

    private func undo(
        _ run: RunID,
        _ premises: Premises,
        of id: AccountID? = nil
    ) async throws -> UndoResult {
        try await Undo(premises.workshop, chunk: 2).run(run, of: id)
    }

    /// Everything but pins, versions and former addresses.
    private func content(_ premises: Premises) -> [String: [String: String]] {
        premises.store.memory.snapshot().entries.mapValues { facts in
            facts.filter { !$0.key.contains("link") && !$0.key.contains("pins") }
        }
    }

    private func changeEverything(_ premises: Premises) {
        premises.source.change(.staff("1")) {
            $0.surname = .value("Brown")
            $0.title = .value("Dame")
            $0.managers = .value([ManagerEntry(key: .staff("7"))])
            $0.classes = .value([.taught("C2"), .taught("C3")])
            $0.roles = .value([StaffRole(title: "Head")])
        }
        // Three addresses change hands in a ring.
        for (number, address) in [(2, 3), (3, 4), (4, 2)] {
            premises.source.change(.staff("\(number)")) {
                $0.email = .value("\(address)@school.example")
            }
        }
        premises.source.change(.staff("5")) { $0.standing = .left(.notCurrent) }
        premises.source.change(.staff("6")) { $0.email = .value("six@school.example") }
    }

    @Test func `a sync is taken back, and the next one does not bring it again`() async throws {
        let premises = try await premises()
        let before = content(premises)
        changeEverything(premises)
        let run = try await premises.syncAll().run
        let changed = content(premises)
        #expect(changed != before)
        let result = try await undo(run, premises)
        #expect(result.restored == 6 && result.skipped == 0)
        #expect(content(premises) == before)
        for _ in 1...2 {
            let again = try await premises.syncAll()
            #expect(again.changed == 0 && again.suspended == 0 && again.state == .completed)
            premises.letFreshnessPass()
            for number in 1...12 { _ = try await premises.login(.sourceID("\(number)")) }
            #expect(content(premises) == before)
        }
        let history = try await premises.store.changes(by: result.run, after: 0, limit: 1)
        let twice = try await undo(run, premises)
        #expect(twice.restored == 0 && twice.skipped == 0 && twice.left.isEmpty)
        let at = try #require(history.first?.change.at)
        #expect(twice.before == UndoResult.Before(run: result.run, at: at, people: 6))
        #expect(content(premises) == before)
        let back = try await undo(result.run, premises)
        #expect(back.restored == 6 && back.skipped == 0)
        #expect(content(premises) == changed)
        _ = try await premises.syncAll()
        #expect(content(premises) == changed)
    }

    @Test func `what the source says anew is taken again`() async throws {
        let premises = try await premises()
        changeEverything(premises)
        _ = try await undo(try await premises.syncAll().run, premises)
        premises.source.change(.staff("1")) {
            $0.surname = .value("Green")
            $0.managers = .value([ManagerEntry(key: .staff("9"))])
            $0.classes = .value([.taught("C4")])
        }
        premises.source.change(.staff("5")) { $0.standing = .current }
        premises.source.change(.staff("6")) { $0.email = .value("vi@school.example") }
        try await premises.syncAll()
        let account = try #require(try await premises.account("1"))
        #expect(account.surname == "Green" && account.title != "Dame")
        #expect(account.memberships.count == 1)
        #expect(account.lineManager == (try await premises.account("9"))?.id)
        #expect(try await premises.account("6")?.email == "vi@school.example")
        #expect(try await premises.account("5")?.pins.isEmpty == true)
        premises.source.change(.staff("5")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        #expect(try await premises.account("5")?.status == .suspended(by: .sync))
    }

    @Test func `of many of whom something was left the first are named, and the others counted`()
        async throws
    {
        let premises = try await premises(23)
        for number in 1...23 {
            premises.source.change(.staff("\(number)")) { $0.surname = .value("Brown") }
        }
        let run = try await premises.syncAll().run
        for number in 1...23 { try await premises.edit([.set(.surname, to: "Hand")], "\(number)") }
        let result = try await undo(run, premises)
        #expect(result.skipped == 23 && result.left.count == UndoResult.named)
        #expect(Set(result.left.map(\.person)).count == UndoResult.named)
    }

    @Test func `a run that made many is not taken back twice, whether or not that is confirmed`()
        async throws
    {
        let premises = try await premises(7)
        let run = try #require(
            try await premises.store.runs(of: premises.connection.id, limit: 1).first?.id
        )
        let undo = Undo(premises.workshop)
        await #expect(throws: UndoError.notConfirmed(run, accounts: 7)) {
            try await undo.requireFew(madeBy: run)
        }
        #expect(try await undo.run(run).restored == 7)
        try await undo.requireFew(madeBy: run)
        let twice = try await undo.run(run)
        #expect(twice.restored == 0 && twice.before?.people == 7)
    }

    @Test func `what was changed since stays`() async throws {
        let premises = try await premises()
        changeEverything(premises)
        let run = try await premises.syncAll().run
        try await premises.edit([.set(.surname, to: "By hand")], "1")
        try await premises.edit([.suspend], "5")
        let result = try await undo(run, premises)
        #expect(result.skipped == 2 && result.before == nil)
        #expect(result.left.map(\.person) == ["1@school.example", "5@school.example"])
        #expect(result.left.map { Array($0.fields.keys) } == [[.surname], [.status]])
        #expect(result.left[0].fields[.surname]?.hasPrefix("an administrator changed it") == true)
        #expect(try await premises.account("1")?.surname == "By hand")
        #expect(try await premises.account("1")?.title != "Dame")
        #expect(try await premises.account("5")?.status == .suspended(by: .administrator))
    }

    @Test func `a login is taken back for its person, and nobody else`() async throws {
        let premises = try await premises()
        changeEverything(premises)
        premises.letFreshnessPass()
        let run = try #require(try await premises.login(.sourceID("1")).run)
        try await premises.syncAll()
        let account = try #require(try await premises.account("1"))
        let latest = try await Undo(premises.workshop).latestRun(of: account)
        #expect(latest == run)
        let result = try await undo(latest, premises, of: account.id)
        #expect(result.restored == 1 && result.fields >= 4)
        #expect(try await premises.account("1")?.surname == "S1")
        #expect(try await premises.account("6")?.email == "six@school.example")
    }

    @Test func `the run that made an account is taken back only by its name`() async throws {
        let premises = try await premises()
        let account = try #require(try await premises.account("1"))
        let history = try await premises.store.history(of: account.id)
        let made = try #require(history.first?.run)
        await #expect(throws: UndoError.madeAccount(made, email: "1@school.example")) {
            try await Undo(premises.workshop).latestRun(of: account)
        }
        #expect(try await undo(made, premises, of: account.id).restored == 1)
        #expect(try await premises.account("1")?.status != .active)
    }

    @Test(arguments: ["2", "new"])
    func `whom an undo keeps suspended though her school has her keeps her address`(
        _ other: String
    ) async throws {
        let premises = try await Premises()
        for id in ["1", "2"] { premises.source.put(.staff(id, surname: "S\(id)")) }
        try await premises.syncAll()
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        premises.source.change(.staff("1")) { $0.standing = .current }
        _ = try await undo(try await premises.syncAll().run, premises)
        let suspended = try #require(try await premises.account("1"))
        #expect(suspended.status == .suspended(by: .sync))
        premises.source.put(.staff(other, surname: "Other", email: "1@school.example"))
        try await premises.syncAll()
        try await premises.syncAll()
        #expect(try await premises.account("1")?.email == "1@school.example")
        #expect(try await premises.account(other)?.email != "1@school.example")
    }

    @Test func `an address that somebody else has now is not handed back`() async throws {
        let premises = try await premises()
        premises.source.change(.staff("6")) { $0.email = .value("six@school.example") }
        let run = try await premises.syncAll().run
        premises.source.put(.staff("20", surname: "New", email: "6@school.example"))
        try await premises.syncAll()
        let result = try await undo(run, premises)
        #expect(result.restored == 0 && result.skipped == 1)
        let left = try #require(result.left.first)
        #expect(left.person == "six@school.example")
        #expect(left.fields[.email]?.hasPrefix("somebody else has the address") == true)
        #expect(try await premises.account("6")?.email == "six@school.example")
    }

    @Test func `who was made is suspended, and no sync lifts that`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("20", surname: "New", email: "20@school.example"))
        let run = try await premises.syncAll().run
        let result = try await undo(run, premises)
        #expect(result.restored == 1)
        try await premises.syncAll()
        #expect(try await premises.account("20")?.status == .suspended(by: .administrator))
        _ = try await undo(result.run, premises)
        #expect(try await premises.account("20")?.status == .active)
    }

    @Test func `who was restored is suspended again until the source says something else`()
        async throws
    {
        let premises = try await premises()
        premises.source.change(.staff("5")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        premises.source.change(.staff("5")) { $0.standing = .current }
        let run = try await premises.syncAll().run
        #expect(try await premises.account("5")?.status == .active)
        _ = try await undo(run, premises)
        try await premises.syncAll()
        #expect(try await premises.account("5")?.status == .suspended(by: .sync))
        premises.source.change(.staff("5")) { $0.standing = .left(.toBeDeleted) }
        try await premises.syncAll()
        premises.source.change(.staff("5")) { $0.standing = .current }
        try await premises.syncAll()
        #expect(try await premises.account("5")?.status == .active)
    }

    @Test func `who was inferred to have left is back until she is missing anew`() async throws {
        let premises = try await premises()
        premises.source.remove(.staff("5"))
        try await premises.syncAll()
        premises.clock.advance(by: .seconds(13 * 3600))
        let run = try await premises.syncAll().run
        #expect(try await premises.account("5")?.status == .suspended(by: .sync))
        _ = try await undo(run, premises)
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            try await premises.syncAll()
        }
        #expect(try await premises.account("5")?.status == .active)
    }

    @Test func `an undo that was cut off goes on`() async throws {
        let premises = try await premises()
        let before = content(premises)
        for number in 1...12 {
            premises.source.change(.staff("\(number)")) { $0.surname = .value("Brown") }
        }
        let run = try await premises.syncAll().run
        let some = try await premises.store.changes(by: run, after: 0, limit: 5)
        for id in Set(some.map(\.change.entry.account)) {
            _ = try await undo(run, premises, of: id)
        }
        let rest = try await undo(run, premises)
        #expect(rest.restored == 12 - Set(some.map(\.change.entry.account)).count)
        #expect(content(premises) == before)
    }

    @Test func `there is no such run, and no run that changed her`() async throws {
        let premises = try await premises()
        await #expect(throws: UndoError.unknownRun(RunID(4))) { try await undo(RunID(4), premises) }
        let quiet = try await premises.syncAll().run
        let result = try await undo(quiet, premises)
        #expect(result.restored == 0 && result.skipped == 0)
        let nobody = Account(id: AccountID(4), tenant: .standard)
        await #expect(throws: UndoError.neverChanged(email: "account 4")) {
            try await Undo(premises.workshop).latestRun(of: nobody)
        }
    }

    /// What is shown of a member of staff, but for pins.
    private func face(_ id: AccountID, _ premises: Premises) async throws -> Account {
        let summary = try #require(try await premises.store.summary(of: id))
        return summary.account.with {
            $0.pins = []
            $0.version = 0
        }
    }

    @Test func `a record that a person gave to an account waits for her again`() async throws {
        let premises = try await premises()
        premises.source.put(
            .staff("N", forename: "New", surname: "Comer", email: "1@school.example")
        )
        try await premises.syncAll()
        let (review, school) = (premises.review, try await premises.school())
        let account = try #require(try await premises.account("1"))
        let before = try await face(account.id, premises)
        let linked = try await review.link(
            try await review.record("N", in: school),
            to: "1@school.example",
            in: school,
            isSamePerson: true
        )
        #expect(try await face(account.id, premises) != before)
        let result = try await undo(linked.run, premises)
        #expect(result.restored == 1 && result.skipped == 0)
        for _ in 1...2 {
            #expect(try await face(account.id, premises) == before)
            let links = try #require(try await premises.store.summary(of: account.id)?.links)
            #expect(links.map(\.key.id) == ["1"] && links[0].state == .active)
            let record = try await review.record("N", in: school)
            #expect(record.reason == .linkTakenBack && record.candidates == [account.id])
            let synced = try await premises.syncAll()
            #expect(synced.disputed == 1 && synced.created == 0 && synced.changed == 0)
            premises.letFreshnessPass()
            _ = try await premises.login(.sourceID("N"))
        }
        let twice = try await undo(linked.run, premises)
        #expect(twice.restored == 0)
        // Nobody states the address any more, and still no rule makes an account of the record.
        premises.source.change(.staff("N")) { $0.email = .value("n@school.example") }
        #expect(try await premises.syncAll().created == 0)
        let made = try await review.create(try await review.record("N", in: school), in: school)
        #expect(made.summary.account.email == "n@school.example")
        #expect(try await premises.syncAll().disputed == 0)
    }

    @Test func `the approval of a change of MIS is taken back, and waits for approval again`()
        async throws
    {
        let premises = try await premises()
        var before: [String: Account] = [:]
        for number in 1...12 {
            let account = try #require(try await premises.account("\(number)"))
            before["\(number)"] = try await face(account.id, premises)
        }
        premises.source.script { script in
            for (key, person) in script.people {
                var new = person.with { $0.title = .value("Dr") }
                new.key = .staff("new\(key.id)")
                new.managers = .empty
                script.people[key] = nil
                script.people[new.key] = new
            }
        }
        let batch = BatchSync(premises.workshop)
        let held = try await premises.syncAll()
        let done = await batch.approve(try #require(held.plan), at: premises.connection)
        #expect(done.state == .completed && done.changed == 12)
        #expect(try await premises.account("new3")?.title == "Dr")
        let result = try await undo(done.run, premises)
        #expect(result.restored == 12 && result.skipped == 0)
        for (id, face) in before {
            #expect(try await premises.account("new\(id)") == nil)
            #expect(try await self.face(face.id, premises) == face, "\(id)")
        }
        for _ in 1...3 {
            premises.clock.advance(by: .seconds(13 * 3600))
            let again = try await premises.syncAll()
            #expect(again.state == .held && again.held == 12)
            #expect(again.created == 0 && again.suspended == 0 && again.changed == 0)
        }
        let plan = try #require(try await premises.syncAll().plan)
        let approved = await batch.approve(plan, at: premises.connection)
        #expect(approved.changed == 12)
        #expect(try await premises.account("new3")?.id == before["3"]?.id)
    }
}
