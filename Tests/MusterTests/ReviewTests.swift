import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// What a person decides about records without an account, and about two accounts of one person.
@Suite struct ReviewTests {
    /// Two people with a line manager, and a newcomer with the address of the first.
    private func premises(_ email: String = "1@school.example") async throws -> Premises {
        let premises = try await Premises(schools: [.example, .second])
        for number in 1...3 {
            premises.source.put(
                Observation.staff(
                    "\(number)",
                    forename: "F\(number)",
                    surname: "S\(number)",
                    email: "\(number)@school.example",
                    roles: ["Tutor"],
                    managers: number == 3 ? [] : ["\(number + 1)"]
                ).with { $0.classes = .value([.taught("C\(number)")]) }
            )
        }
        try await premises.setPolicy { $0.privileges = ["tutor": ["some"]] }
        try await premises.syncAll()
        premises.source.put(
            .staff("N", forename: "New", surname: "Comer", email: email, managers: ["3"])
        )
        let result = try await premises.syncAll()
        #expect(result.disputed == (email == "1@school.example" ? 1 : 0))
        return premises
    }

    private func refused(
        _ request: () async throws(ReviewError) -> some Any
    ) async -> ReviewError? {
        do throws(ReviewError) {
            _ = try await request()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a record that was linked stays so at the next sync and login`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        let record = try await premises.review.record("N", in: school)
        let before = try #require(try await premises.account("1"))
        let result = try await premises.review.link(record, to: "1@school.example", in: school)
        #expect(result.summary.account.id == before.id)
        #expect(result.changes.contains { $0.field == .surname && $0.to == "Comer" })
        premises.source.remove(.staff("1"))
        for _ in 1...2 {
            let synced = try await premises.syncAll()
            #expect(synced.disputed == 0 && synced.created == 0 && synced.suspended == 0)
            premises.letFreshnessPass()
            let login = try await premises.login(.email("1@school.example"))
            #expect(login.decision == .allow && login.account?.account.id == before.id)
            let links = try #require(login.account?.links)
            #expect(links.filter(\.state.isPresent).map(\.key.id) == ["N"])
        }
        #expect(try await premises.review.list(of: school).records.isEmpty)
        let history = try await premises.store.history(of: before.id)
        #expect(history.contains { $0.run == result.run && $0.cause == .administrator })
    }

    @Test func `a decision reads its record alone, and tells only what changed`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        premises.store.forget()
        let record = try await premises.review.record("N", in: school)
        let result = try await premises.review.link(record, to: "1@school.example", in: school)
        #expect(premises.store.counts.lists == 0)
        #expect(!result.changes.contains { $0.from == $0.to && $0.field != nil })
        let missing = await refused { () throws(ReviewError) in
            try await premises.review.record("N", in: school)
        }
        #expect(missing == .unknownRecord("N"))
    }

    @Test func `records of several kinds with one id are told apart by their kind`() async throws {
        let premises = try await Premises(people: [.staff, .student])
        premises.source.put(.staff("N").with { $0.email = .empty })
        premises.source.put(.student("N").with { $0.email = .empty })
        try await premises.syncAll()
        let school = try await premises.school()
        let error = await refused { () throws(ReviewError) in
            try await premises.review.record("N", in: school)
        }
        #expect(error == .severalKinds("N", [.staff, .student]))
        for kind in [PersonKind.staff, .student] {
            let record = try await premises.review.record("N", kind: kind, in: school)
            #expect(record.observation.key.kind == kind)
        }
    }

    @Test func `a record gets an account of its own, once, with an address of its own`()
        async throws
    {
        let premises = try await premises()
        let school = try await premises.school()
        let review = premises.review
        let record = try await review.record("N", in: school)
        let error = await refused { () throws(ReviewError) in
            try await review.create(record, in: school)
        }
        #expect(error == .refused("N", .emailOfLinkedAccount))
        // The holder gives the address up.
        try await premises.edit([.set(.email, to: "one@school.example")], "1")
        let made = try await review.create(record, in: school)
        #expect(made.summary.account.email == "1@school.example")
        #expect(made.changes.map(\.field) == [nil])
        let again = await refused { () throws(ReviewError) in
            try await review.create(record, in: school)
        }
        #expect(again == .linkedMeanwhile("N"))
        #expect(try await premises.syncAll().created == 0)
    }

    @Test func `an account of one's own is never somebody else's`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        // Her address is trusted no more, so she waits, and is again, so that she would be joined.
        try await premises.setPolicy { $0.trustsEmail = false }
        premises.source.put(
            .staff("T", surname: "S2", email: "2@school.example", in: .second)
        )
        try await premises.syncAll()
        try await premises.setPolicy { $0.trustsEmail = true }
        let second = try await premises.school(1)
        let record = try await premises.review.record("T", in: second)
        let review = premises.review
        let error = await refused { () throws(ReviewError) in
            try await review.create(record, in: second)
        }
        #expect(error == .refused("T", .emailOfLinkedAccount))
        #expect(try await premises.accounts().allSatisfy { $0.links.count == 1 })
        #expect(try await review.list(of: school).records.count == 1)
    }

    @Test func `two who decide at once double nothing`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        let record = try await premises.review.record("N", in: school)
        let review = premises.review
        let outcomes = await withTaskGroup(of: ReviewError?.self) { group in
            for email in ["1@school.example", "2@school.example", "2@school.example"] {
                group.addTask {
                    await refused { () throws(ReviewError) in
                        try await review.link(record, to: email, in: school)
                    }
                }
            }
            return await group.reduce(into: [ReviewError?]()) { $0.append($1) }
        }
        #expect(outcomes.contains(nil))
        #expect(outcomes.compactMap(\.self).allSatisfy { $0 == .linkedMeanwhile("N") })
        let holders = try await premises.accounts().filter { summary in
            summary.links.contains { $0.key.id == "N" }
        }
        #expect(holders.count == 1)
        #expect(try await premises.accounts().count == 3)
    }

    @Test func `two records given to one account at once: one of them is hers`() async throws {
        let premises = try await premises()
        premises.source.put(.staff("M", forename: "M", surname: "M", email: "1@school.example"))
        try await premises.syncAll()
        let school = try await premises.school()
        let review = premises.review
        try await withThrowingTaskGroup { group in
            for id in ["N", "M"] {
                let record = try await review.record(id, in: school)
                group.addTask {
                    _ = try await review.link(record, to: "1@school.example", in: school)
                }
            }
            try await group.waitForAll()
        }
        let links = try #require(
            try await premises.accounts().first { $0.links.count > 1 }?.links
        )
        #expect(links.count == 3 && links.filter(\.state.isPresent).count == 1)
    }

    @Test func `a record that is nobody's is not linked`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        premises.source.put(
            .staff("L", email: "l@school.example").with { $0.standing = .left(.notCurrent) }
        )
        premises.source.put(.staff("E").with { $0.email = .empty })
        try await premises.syncAll()
        let review = premises.review
        for (id, reason) in [("L", UnlinkedReason.left), ("E", .noWorkEmail)] {
            let record = try await review.record(id, in: school)
            let linked = await refused { () throws(ReviewError) in
                try await review.link(record, to: "1@school.example", in: school)
            }
            let made = await refused { () throws(ReviewError) in
                try await review.create(record, in: school)
            }
            #expect(linked == .notToImport(id, reason) && made == linked)
        }
        let record = try await review.record("N", in: school)
        let nobody = await refused { () throws(ReviewError) in
            try await review.link(record, to: "stranger@school.example", in: school)
        }
        #expect(nobody == .administration(.nobody(email: "stranger@school.example")))
        let unknown = await refused { () throws(ReviewError) in
            try await review.record("nothing", in: school)
        }
        #expect(unknown == .unknownRecord("nothing"))
        #expect(try await premises.accounts().count == 3)
    }

    @Test func `an account that an administrator suspended stays so when it gets a record`()
        async throws
    {
        let premises = try await premises()
        try await premises.edit([.suspend], "2")
        let school = try await premises.school()
        let record = try await premises.review.record("N", in: school)
        let result = try await premises.review.link(record, to: "2@school.example", in: school)
        #expect(result.summary.account.status == .suspended(by: .administrator))
    }

    @Test func `an ignored record is not counted until its day, or another reason`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        let review = premises.review
        let today = Day.example
        let record = try await review.record("N", in: school)
        let later = try #require(Day(year: today.year, month: 9, day: 10))
        let past = await refused { () throws(ReviewError) in
            try await review.dismiss(record, because: "x", until: today, in: school)
        }
        #expect(past == .pastDay(today))
        _ = try await review.dismiss(record, because: " a  b ", until: later, in: school)
        let counted = try await premises.syncAll()
        #expect(counted.disputed == 0 && counted.ignored[.emailOfLinkedAccount] == 1)
        var list = try await review.list(of: school)
        #expect(list.waiting.isEmpty && list.records.first?.record.dismissal?.because == "a b")
        // She is let in no more than before.
        #expect(try await premises.login(.sourceID("N")).decision == .deny)
        premises.clock.advance(by: .seconds(3 * 86_400))
        #expect(try await premises.syncAll().disputed == 1)
        _ = try await review.dismiss(record, because: "y", in: school)
        #expect(try await premises.syncAll().disputed == 0)
        premises.source.put(.staff("M", email: "n@school.example"))
        premises.source.change(.staff("N")) { $0.email = .value("m@school.example") }
        premises.source.put(.staff("O", email: "m@school.example"))
        #expect(try await premises.syncAll().disputed == 2)
        list = try await review.list(of: school)
        #expect(list.records.allSatisfy { $0.record.dismissal == nil })
    }

    /// A school at which the record of a leaver came back as somebody else's.
    private func reused() async throws -> (Premises, leaver: Account) {
        let premises = try await premises("m@school.example")
        premises.source.change(.staff("1")) { $0.standing = .left(.notCurrent) }
        try await premises.syncAll()
        let leaver = try #require(try await premises.account("1"))
        premises.source.put(
            .staff("1", forename: "Mallory", surname: "Stranger", email: "s@school.example")
        )
        #expect(try await premises.syncAll().disputed == 1)
        return (premises, leaver)
    }

    @Test(arguments: [nil, "2@school.example", "1@school.example"])
    func `whose a reused record is, a person says`(email: String?) async throws {
        let (premises, leaver) = try await reused()
        let school = try await premises.school()
        #expect(try await premises.login(.email("s@school.example")).decision == .deny)
        let record = try await premises.review.record("1", in: school)
        #expect(record.reason == .reusedRecord && record.candidates == [leaver.id])
        let result: ReviewResult
        if let email {
            result = try await premises.review.link(record, to: email, in: school)
        } else {
            result = try await premises.review.create(record, in: school)
        }
        let summary = result.summary
        #expect(summary.account.surname == "Stranger" && summary.account.status == .active)
        #expect(summary.links.filter(\.state.isPresent).map(\.key.id) == ["1"])
        for _ in 1...2 {
            let synced = try await premises.syncAll()
            #expect(synced.disputed == 0 && synced.created == 0 && synced.restored == 0)
            premises.letFreshnessPass()
            let login = try await premises.login(.email("s@school.example"))
            #expect(login.decision == .allow)
            #expect(login.account?.account.id == summary.account.id)
        }
        #expect(try await premises.review.list(of: school).waiting.isEmpty)
        guard email != "1@school.example" else { return #expect(summary.account.id == leaver.id) }
        let left = try #require(try await premises.store.summary(of: leaver.id))
        #expect(left.account.status == .suspended(by: .sync) && left.links.isEmpty)
        #expect(left.account.surname == leaver.surname && left.account.home == nil)
        let undone = try await Undo(premises.workshop).run(result.run)
        #expect(undone.restored == 1)
        #expect(try await premises.store.summary(of: leaver.id)?.account == left.account)
    }

    @Test func `a reused record is ignored, waits again, and goes where the leaver returns`()
        async throws
    {
        let (premises, leaver) = try await reused()
        let school = try await premises.school()
        let review = premises.review
        let record = try await review.record("1", in: school)
        _ = try await review.dismiss(record, because: "a test record", in: school)
        let synced = try await premises.syncAll()
        #expect(synced.disputed == 0 && synced.ignored == [.reusedRecord: 1])
        #expect(try await review.list(of: school).waiting.isEmpty)
        try await review.lift(try await review.record("1", in: school), in: school)
        #expect(try await premises.syncAll().disputed == 1)
        premises.source.put(
            .staff("1", forename: "F1", surname: "S1", email: "1@school.example")
        )
        #expect(try await premises.syncAll().restored == 1)
        #expect(try await review.list(of: school).records.isEmpty)
        #expect(try await premises.account("1")?.id == leaver.id)
    }

    @Test func `what is ignored is lifted, once`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        let review = premises.review
        _ = try await review.dismiss(
            try await review.record("N", in: school),
            because: "x",
            in: school
        )
        try await review.lift(try await review.record("N", in: school), in: school)
        #expect(try await review.list(of: school).waiting.count == 1)
        let record = try await review.record("N", in: school)
        let again = await refused { () throws(ReviewError) in
            try await review.lift(record, in: school)
        }
        #expect(again == .notDismissed("N"))
    }

    @Test func `what a choice would change is shown and not done`() async throws {
        let premises = try await premises()
        let school = try await premises.school()
        let record = try await premises.review.record("N", in: school)
        let account = try #require(try await premises.account("1"))
        let before = premises.store.memory.snapshot()
        let link = try await premises.review.rehearse(.account(account.id), record, in: school)
        #expect(try link.get().contains { $0.field == .surname && $0.from == "S1" })
        let create = try await premises.review.rehearse(.newAccount, record, in: school)
        #expect(create == .failure(.refused("N", .emailOfLinkedAccount)))
        #expect(premises.store.memory.snapshot() == before)
    }

    @Test func `what a run held back and what it remarked on are on the list`() async throws {
        let premises = try await Premises()
        for number in 1...30 { premises.source.put(.staff("\(number)")) }
        try await premises.syncAll()
        for number in 1...12 {
            premises.source.change(.staff("\(number)")) { $0.standing = .left(.notCurrent) }
        }
        let held = try await premises.syncAll()
        let school = try await premises.school()
        let list = try await premises.review.list(of: school)
        #expect(list.held.map(\.plan) == [held.plan] && held.plan != nil)
        #expect(list.held.first?.counts.held == 12)
    }
}

/// Two accounts of one person become one.
@Suite struct MergeTests {
    private func premises() async throws -> Premises {
        let premises = try await Premises(schools: [.example, .second])
        premises.source.put(
            .staff("3", surname: "Third", email: "3@school.example", managers: ["1"])
        )
        for (id, school) in [("1", SchoolKey.example), ("2", SchoolKey.second)] {
            premises.source.put(
                Observation.staff(
                    id,
                    surname: "S\(id)",
                    email: "\(id)@school.example",
                    roles: ["Tutor"],
                    in: school
                ).with {
                    $0.classes = .value([
                        ClassMembership(
                            teachingClass: .example("C\(id)", in: school),
                            role: .teacher
                        )
                    ])
                }
            )
        }
        try await premises.setPolicy { $0.privileges = ["tutor": ["some"]] }
        try await premises.syncAll()
        return premises
    }

    private func merge(
        _ premises: Premises,
        _ from: String,
        _ into: String,
        same: Bool = false
    )
        async throws -> ReviewResult
    {
        try await premises.review.merge(
            "\(from)@school.example",
            into: "\(into)@school.example",
            in: try await premises.school(),
            isSamePerson: same
        )
    }

    @Test func `two accounts become one, and syncs and logins leave it so`() async throws {
        let premises = try await premises()
        let first = try #require(try await premises.account("1"))
        let result = try await merge(premises, "1", "2")
        let second = result.summary.account
        #expect(Set(result.summary.links.map(\.key.id)) == ["1", "2"])
        #expect(second.memberships.count == 2 && second.privileges.count == 2)
        #expect(second.email == "2@school.example" && second.status == .active)
        let given = try #require(try await premises.store.summary(of: first.id)?.account)
        #expect(given.status == .suspended(by: .administrator) && given.email == nil)
        #expect(given.memberships.isEmpty && given.privileges.isEmpty)
        // Whoever named the one as her line manager has the other now.
        let third = try await premises.account("3")
        #expect(third?.lineManager == second.id)
        for id in [first.id, second.id] {
            let history = try await premises.store.history(of: id)
            #expect(history.contains { $0.run == result.run && $0.entry.reason == "merged" })
        }
        for _ in 1...2 {
            let synced = try await premises.syncAll()
            #expect(synced.created == 0 && synced.disputed == 0 && synced.suspended == 0)
            premises.letFreshnessPass()
            let login = try await premises.login(.email("1@school.example"))
            #expect(login.decision == .allow && login.account?.account.id == second.id)
        }
        #expect(try await premises.store.summary(of: first.id)?.account.status == given.status)
    }

    @Test func `a merge is refused where it would be blind`() async throws {
        let premises = try await premises()
        func refusal(_ from: String, _ into: String) async -> ReviewError? {
            do {
                _ = try await merge(premises, from, into)
                return nil
            } catch {
                return error as? ReviewError
            }
        }
        #expect(await refusal("1", "1") == .merge(.sameAccount))
        #expect(
            await refusal("1", "3") == .merge(.bothPresent(.staff("1"), .staff("3")))
        )
        #expect(
            await refusal("1", "9") == .administration(.nobody(email: "9@school.example"))
        )
        var head = try #require(try await premises.account("1"))
        head.privileges.insert(Privilege(name: "head", givenBy: nil))
        try await premises.write(head)
        #expect(await refusal("1", "2") == .merge(.privileged(email: "1@school.example")))
        #expect(await refusal("2", "1") == .merge(.privileged(email: "1@school.example")))
        try await premises.edit([.suspend], "3")
        #expect(await refusal("2", "3") == .merge(.suspended(email: "3@school.example")))
        let before = try await premises.accounts().count
        #expect(before == 3)
    }

    @Test func `one whom the MIS has twice is merged if that is said`() async throws {
        let premises = try await premises()
        let result = try await merge(premises, "3", "1", same: true)
        #expect(result.summary.links.allSatisfy { $0.state.isPresent })
        let synced = try await premises.syncAll()
        #expect(synced.created == 0 && synced.disputed == 0)
    }

    @Test func `a merge is taken back, records and all`() async throws {
        let premises = try await premises()
        let first = try #require(try await premises.account("1"))
        let second = try #require(try await premises.secondSchool("2"))
        let result = try await merge(premises, "1", "2")
        let undone = try await Undo(premises.workshop).run(result.run)
        #expect(undone.skipped == 0)
        for _ in 1...2 {
            let one = try #require(try await premises.store.summary(of: first.id))
            let two = try #require(try await premises.store.summary(of: second.id))
            #expect(one.links.map(\.key.id) == ["1"] && two.links.map(\.key.id) == ["2"])
            #expect(one.account.email == "1@school.example" && one.account.status == .active)
            #expect(one.account.memberships == first.memberships)
            #expect(one.account.privileges == first.privileges)
            #expect(two.account.memberships == second.memberships)
            #expect(two.account.privileges == second.privileges)
            #expect(one.account.home == first.home && two.account.home == second.home)
            #expect(try await premises.account("3")?.lineManager == first.id)
            #expect(try await premises.syncAll().created == 0)
        }
    }
}

extension Premises {
    var review: Review { Review(workshop) }

    /// Every account of the tenant that has a record at a school, or none.
    func accounts() async throws -> [AccountSummary] {
        var found: [AccountID: AccountSummary] = [:]
        for school in connection.schools {
            let key = SchoolKey(connection: connection.id, school: school.id)
            for summary in try await store.accounts(in: key, of: .standard) {
                found[summary.account.id] = summary
            }
        }
        return Array(found.values)
    }

    func secondSchool(_ id: String) async throws -> Account? {
        try await store.person(
            .sourceID(id),
            in: try await school(1).key,
            of: .standard,
            formerSince: clock.now()
        )?.account
    }
}
