import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// What a person decides about records without an account.
@Suite struct ReviewTests {
    @Test func `a record that was linked stays so at the next sync and login`() async throws {
        let premises = try await Premises.withNewcomer()
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
        let premises = try await Premises.withNewcomer()
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
        let premises = try await Premises.withNewcomer()
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
        let premises = try await Premises.withNewcomer()
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
        let premises = try await Premises.withNewcomer()
        let school = try await premises.school()
        let record = try await premises.review.record("N", in: school)
        let review = premises.review
        let outcomes = await withTaskGroup(of: ReviewError?.self) { group in
            for email in ["1@school.example", "2@school.example", "2@school.example"] {
                group.addTask {
                    await refused { () throws(ReviewError) in
                        try await review.link(record, to: email, in: school, isSamePerson: true)
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
        let premises = try await Premises.withNewcomer()
        premises.source.put(.staff("M", forename: "M", surname: "M", email: "1@school.example"))
        try await premises.syncAll()
        let school = try await premises.school()
        let review = premises.review
        try await withThrowingTaskGroup { group in
            for id in ["N", "M"] {
                let record = try await review.record(id, in: school)
                group.addTask {
                    _ = try await review.link(
                        record,
                        to: "1@school.example",
                        in: school,
                        isSamePerson: true
                    )
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
        let premises = try await Premises.withNewcomer()
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
        let premises = try await Premises.withNewcomer()
        try await premises.edit([.suspend], "2")
        let school = try await premises.school()
        let record = try await premises.review.record("N", in: school)
        let result = try await premises.review.link(
            record,
            to: "2@school.example",
            in: school,
            isSamePerson: true
        )
        #expect(result.summary.account.status == .suspended(by: .administrator))
    }

    @Test func `a record is not given to a colleague whom the MIS has too unless that is said`()
        async throws
    {
        let premises = try await Premises.withNewcomer()
        let school = try await premises.school()
        let review = premises.review
        let record = try await review.record("N", in: school)
        let before = premises.store.memory.snapshot()
        let error = await refused { () throws(ReviewError) in
            try await review.link(record, to: "2@school.example", in: school)
        }
        #expect(error == .anotherPerson("N", other: "2"))
        #expect(premises.store.memory.snapshot() == before)
        let choice = try await review.rehearse(
            .account(try #require(try await premises.account("2")).id),
            record,
            in: school
        )
        #expect(choice == .failure(.anotherPerson("N", other: "2")))
        let said = try await review.link(
            record,
            to: "2@school.example",
            in: school,
            isSamePerson: true
        )
        #expect(said.summary.account.surname == "Comer")
    }

    @Test(arguments: [true, false], ["F1", "f2"])
    func
        `who left, or is listed no more, gets another record; of quite another name if that is said`(
            hasLeft: Bool,
            forename: String
        ) async throws
    {
        let premises = try await Premises.withNewcomer()
        if hasLeft {
            premises.source.change(.staff("2")) { $0.standing = .left(.notCurrent) }
        } else {
            premises.source.remove(.staff("2"))
        }
        premises.source.change(.staff("N")) { $0.forename = .value(forename) }
        try await premises.syncAll()
        let school = try await premises.school()
        let review = premises.review
        let record = try await review.record("N", in: school)
        if forename == "F1" {
            let before = premises.store.memory.snapshot()
            let error = await refused { () throws(ReviewError) in
                try await review.link(record, to: "2@school.example", in: school)
            }
            #expect(error == .formerlyAnotherPerson("N", other: "2"))
            #expect(error?.sentence.contains("--same-person") == true)
            #expect(premises.store.memory.snapshot() == before)
        }
        let result = try await review.link(
            record,
            to: "2@school.example",
            in: school,
            isSamePerson: forename == "F1"
        )
        #expect(result.summary.account.status == .active)
        #expect(result.summary.links.filter(\.state.isPresent).map(\.key.id) == ["N"])
    }

    @Test func `what a choice would change is shown and not done`() async throws {
        let premises = try await Premises.withNewcomer()
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
        #expect(list.heldNames[held.run]?.count == 3)
        // A preview of the same shows the same plan.
        let preview = await BatchSync(premises.workshop).run(school.connection, isPreview: true)
        #expect(preview.plan == held.plan)
        #expect(try await premises.review.list(of: school).held.map(\.id) == [held.run])
    }
}
