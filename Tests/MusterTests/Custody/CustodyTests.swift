import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Custody changes at once: by login, by batch and by a sync of changes.
@Suite(.timeLimit(.minutes(1))) struct CustodyTests {
    @Test(arguments: Families.Path.allCases)
    func `a withdrawn responsibility is gone after one look`(path: Families.Path) async throws {
        let families = try await Families()
        #expect(try await families.father(of: 1)?.parentalResponsibility == true)
        families.withdraw([1])
        try await families.look(path)
        let father = try #require(try await families.father(of: 1))
        #expect(father.parentalResponsibility == false && father.isConfirmed)
        let carer = try await families.summary("c2").students.first { $0.account != nil }
        #expect(carer?.name == "Niamh Pupil1" && carer?.parentalResponsibility == false)
        #expect(try await families.father(of: 2)?.parentalResponsibility == true)
    }

    @Test(arguments: Families.Path.allCases)
    func `a removed contact is gone after one look, and so is the last one`(
        path: Families.Path
    ) async throws {
        let families = try await Families()
        families.premises.source.change(.student("k1")) {
            $0.contacts = .value([.example("c1", "Mother")])
        }
        families.premises.source.change(.student("k2")) { $0.contacts = .value([]) }
        try await families.look(path, 1)
        try await families.look(path, 2)
        #expect(try await families.summary("k1").contacts.map(\.name) == ["Siân Carer1"])
        #expect(try await families.summary("k2").contacts == [])
        #expect(try await families.summary("c2").students.count == 6)
    }

    @Test(arguments: Families.Path.allCases)
    func `a list that is not supplied removes nothing`(path: Families.Path) async throws {
        let families = try await Families()
        for (number, why) in zip(1..., [Unsupplied.neverByProvider, .notGranted, .notAskedFor]) {
            families.premises.source.change(.student("k\(number)")) {
                $0.contacts = .notSupplied(why)
            }
            try await families.look(path, number)
            #expect(try await families.summary("k\(number)").contacts.count == 2, "\(why)")
        }
    }

    @Test func `an empty list of which nobody knows that it is granted removes nothing`()
        async throws
    {
        let families = try await Families(30)
        families.premises.source.script { $0.capabilities[.student].grants[.contacts] = .denied }
        for number in 1...30 {
            families.premises.source.change(.student("k\(number)")) {
                $0.contacts = .notSupplied(.notGranted)
            }
        }
        let result = try await families.sync()
        #expect(result.state == .completed && result.changed == 0)
        #expect(try await families.pupils(30) { $0?.parentalResponsibility == true }.count == 30)
        // That they are shown no more is told until somebody shows them again.
        #expect(result.withdrawn.map(\.kind) == [.student])
        #expect(result.withdrawn.map(\.field) == [.contacts])
        #expect(result.withdrawn.first?.sentence.contains("parents and carers of pupils") == true)
        #expect(try await families.sync().withdrawn == result.withdrawn)
        let told = try await families.premises.school().connection.withdrawn
        #expect(told == result.withdrawn)
        families.restate(1...30)
        #expect(try await families.sync().withdrawn == [])
        #expect(try await families.premises.school().connection.withdrawn == [])
    }

    @Test func `what becomes of a responsibility and its undoing is in the contact's history`()
        async throws
    {
        let families = try await Families(3)
        families.withdraw([2])
        let run = try await families.sync().run
        _ = try await Undo(families.premises.workshop).run(run)
        let father = try await families.summary("c2")
        let lines = try await Administration(families.premises.workshop).history(of: father)
        let told = lines.filter { $0.student != nil }
        #expect(told.map(\.student) == ["Niamh Pupil2", "Niamh Pupil2"])
        #expect(told.map(\.change.cause) == [.batch, .undo])
        #expect(
            told.map { $0.change.entry.to?.contains("no parental") } == [true, false]
        )
        let mother = try await families.summary("c1")
        let others = try await Administration(families.premises.workshop).history(of: mother)
        #expect(others.allSatisfy { $0.student == nil })
        let own = try await families.premises.store.history(of: father.account.id)
        #expect(lines.filter { $0.student == nil }.map(\.change) == own)
    }

    @Test func `a contact who comes later is found behind the relation`() async throws {
        let families = try await Families(2, contacts: 0)
        let unknown = try #require(try await families.father(of: 1))
        #expect(unknown.account == nil && unknown.name == nil)
        #expect(unknown.parentalResponsibility == true && unknown.isConfirmed)
        let before = try await families.summary("k1").account
        families.premises.source.put(.contact("c2", surname: "Late"))
        try await families.sync().expectCompleted()
        let father = try #require(try await families.father(of: 1))
        #expect(father.name == "Siân Late" && father.account != nil)
        #expect(try await families.summary("k1").account == before, "nothing is written for it")
        #expect(
            try await families.summary("c2").students.map(\.relationship) == ["Father", "Father"]
        )
    }

    @Test func `a contact without an address has a name and no account`() async throws {
        let families = try await Families(1, contacts: 1)
        families.premises.source.put(
            Observation.contact("c2", surname: "Unmailed").with { $0.email = .empty }
        )
        try await families.sync().expectCompleted()
        let father = try #require(try await families.father(of: 1))
        #expect(father.account == nil && father.name == "Siân Unmailed")
    }

    @Test func `of two contacts with one address neither is made, and the relations stay`()
        async throws
    {
        let families = try await Families(1, areSynced: false)
        for id in ["c1", "c2"] {
            families.premises.source.change(.contact(id)) { $0.email = .value("two@home.example") }
        }
        let result = try await families.sync()
        #expect(result.created == 1 && result.disputed == 2)
        let contacts = try await families.summary("k1").contacts
        #expect(contacts.map(\.account) == [nil, nil])
        #expect(contacts.map(\.name) == ["Siân Carer1", "Siân Carer2"])
    }

    @Test func `a suspended contact stays a contact`() async throws {
        let families = try await Families()
        let before = try await families.summary("k1").contacts
        families.premises.source.change(.contact("c2")) { $0.standing = .left(.notCurrent) }
        try await families.sync().expectCompleted()
        let carer = try await families.summary("c2")
        #expect(carer.account.status == .suspended(by: .sync) && carer.students.count == 8)
        #expect(try await families.summary("k1").contacts == before)
    }

    @Test func `two pupils of one contact are each their own`() async throws {
        let families = try await Families(2)
        families.withdraw([2])
        try await families.look(.login, 2)
        let students = try await families.summary("c2").students
        #expect(students.map(\.name) == ["Niamh Pupil1", "Niamh Pupil2"])
        #expect(students.map(\.parentalResponsibility) == [true, false])
    }

    @Test func `a renamed contact keeps her pupils, and so does one whose address changed`()
        async throws
    {
        let families = try await Families(2)
        families.premises.source.change(.contact("c2")) {
            $0.surname = .value("Renamed")
            $0.email = .value("renamed@home.example")
        }
        try await families.sync().expectCompleted()
        #expect(try await families.father(of: 1)?.name == "Siân Renamed")
        #expect(try await families.summary("c2").students.count == 2)
    }

    @Test func `records that come under new ids keep who is responsible for whom`() async throws {
        let families = try await Families(2)
        let source = families.premises.source
        let before = try await families.summary("k1")
        let carer = try await families.summary("c2").account.id
        for id in ["k1", "c2"] {
            source.remove(id == "k1" ? .student(id) : .contact(id))
        }
        let contacts = [ContactEntry.example("c1", "Mother"), .example("d2", "Father")]
        source.put(
            .student("n1", surname: "Pupil1", email: "k1@school.example", contacts: contacts)
        )
        source.put(.contact("d2", surname: "Carer2", email: "c2@home.example"))
        source.change(.student("k2")) { $0.contacts = .value(contacts) }
        let school = try await families.premises.school()
        #expect(try await families.sync().disputed == 2)
        let review = families.premises.review
        for record in try await families.premises.store.unlinkedRecords(in: .example) {
            let email = try #require(record.email)
            _ = try await review.link(record, to: email, in: school)
        }
        let after = try await families.summary("n1")
        #expect(after.account.id == before.account.id && after.contacts == before.contacts)
        #expect(after.account.guardianships.allSatisfy { $0.givenBy == .student("n1") })
        let students = try await families.summary("d2")
        #expect(students.account.id == carer)
        #expect(students.students.map(\.name) == ["Niamh Pupil1", "Niamh Pupil2"])
    }

    @Test func `what a sync did is undone, and comes again once the source says something new`()
        async throws
    {
        let families = try await Families(2)
        families.withdraw([1])
        let run = try await families.sync().run
        let undo = Undo(families.premises.workshop)
        #expect(try await undo.run(run).restored == 1)
        #expect(try await families.father(of: 1)?.parentalResponsibility == true)
        try await families.sync().expectCompleted()
        #expect(try await families.father(of: 1)?.parentalResponsibility == true, "it is pinned")
        let texts = try await families.premises.store
            .history(of: try await families.summary("k1").account.id).suffix(2)
            .map { "\($0.entry.from ?? "-") > \($0.entry.to ?? "-")" }
        let responsible = "Siân Carer2 (Father, parental responsibility)"
        let not = "Siân Carer2 (Father, no parental responsibility)"
        #expect(texts == ["\(responsible) > \(not)", "\(not) > \(responsible)"])
        families.premises.source.change(.student("k1")) {
            $0.contacts = .value([.example("c1", "Mother")])
        }
        try await families.sync().expectCompleted()
        #expect(try await families.summary("k1").contacts.map(\.relationship) == ["Mother"])
    }

    @Test func `a pin keeps relations as they are until it is lifted`() async throws {
        let families = try await Families(2)
        let pin = Pin(.contacts)
        try await families.premises.edit([.pin(pin)], "k1")
        families.withdraw([1])
        try await families.look(.login)
        #expect(try await families.father(of: 1)?.parentalResponsibility == true)
        try await families.premises.edit([.unpin(.contacts)], "k1")
        try await families.look(.login)
        #expect(try await families.father(of: 1)?.parentalResponsibility == false)
    }

    @Test func `explain tells what becomes of relations`() async throws {
        let families = try await Families(2)
        families.withdraw([1])
        let explanation = try #require(
            try await Explainer(families.premises.workshop).explain(
                "k1@school.example",
                in: try await families.premises.school()
            )
        )
        let decision = try #require(explanation.fields.first { $0.field == .contacts })
        #expect(decision.verdict == .change && decision.reason == .sourceOwns)
        #expect(decision.local?.contains("Siân Carer2 (Father, parental") == true)
        #expect(decision.source?.contains("contact c2 (Father, no parental") == true)
    }
}

extension SyncResult {
    func expectCompleted(_ location: SourceLocation = #_sourceLocation) {
        #expect(state == .completed, "\(trouble ?? "")", sourceLocation: location)
    }
}
