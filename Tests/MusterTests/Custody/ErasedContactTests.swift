import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// A contact who was erased, though the MIS still names her with her pupils.
@Suite(.timeLimit(.minutes(1))) struct ErasedContactTests {
    /// Every place in which the father of the families stands.
    private func places(_ families: Families, plan: SyncResult? = nil) async throws -> [String] {
        let store = families.premises.store
        let father = SourceKey.contact("c2")
        var places: [String] = []
        func look(_ said: Observation, _ place: String) {
            let named = (said.contacts.value ?? []).map(\.key)
            if said.key == father || named.contains(father) { places.append(place) }
        }
        for summary in try await store.accounts(in: .example, of: .standard) {
            for link in summary.links { look(link.last, "link \(link.key.id)") }
            let relations = summary.account.guardianships.map(\.contact)
            if relations.contains(father) { places.append("relation \(summary.account.id)") }
            for row in try await store.history(of: summary.account.id) {
                if case .guardianship(let old, let new) = row.entry.exact,
                    [old?.contact, new?.contact].contains(father)
                {
                    places.append("history \(summary.account.id)")
                }
            }
        }
        for record in try await store.unlinkedRecords(in: .example) {
            look(record.observation, "unlinked \(record.observation.key.id)")
        }
        if let run = plan?.run {
            for record in try await store.planned(by: run, after: nil, limit: 99) {
                look(record.observation, "planned \(record.observation.key.id)")
            }
        }
        return places.sorted()
    }

    private func erase(_ families: Families) async throws {
        let contact = try await families.summary("c2").account
        _ = try await Administration(families.premises.workshop).erase(contact)
    }

    @Test func `is named nowhere at once, and by no look-up or sync after that`() async throws {
        let families = try await Families(2)
        let source = families.premises.source
        // One who gets no account, and one who left.
        source.put(
            .student("k7", contacts: [.example("c2", "Father")]).with { $0.email = .empty }
        )
        source.put(.student("k8", contacts: [.example("c2", "Father")]))
        try await families.sync().expectCompleted()
        source.change(.student("k8")) { $0.standing = .left(.notCurrent) }
        try await families.sync().expectCompleted()
        let before = try await places(families)
        #expect(before.contains("link k1") && before.contains("link k8"))
        #expect(before.contains("unlinked k7"))
        try await erase(families)
        #expect(try await places(families) == [])
        for path in Families.Path.allCases {
            for id in ["k1", "k7", "k8"] {
                source.change(.student(id)) { $0.surname = .value("After \(path)") }
            }
            try await families.look(path)
            #expect(try await places(families) == [], "\(path)")
            #expect(try await families.summary("k1").contacts.map(\.relationship) == ["Mother"])
        }
        let pupil = try await families.summary("k1").account
        #expect(pupil.surname == "After delta")
        let rows = try await families.premises.store.history(of: pupil.id)
        #expect(rows.contains { $0.entry == .lostErasedContact(pupil.id) })
        let explained = try await Explainer(families.premises.workshop).explain(
            "k1@school.example",
            in: try await families.premises.school()
        )
        #expect(explained != nil)
        #expect(try await families.sync().changed == 0, "nothing is planned again and again")
    }

    @Test func `is kept of no pupil who comes later, with an address or without`() async throws {
        let families = try await Families(2)
        try await erase(families)
        let contacts = [ContactEntry.example("c1", "Mother"), .example("c2", "Father")]
        let source = families.premises.source
        source.put(.student("k5", contacts: contacts))
        source.put(.student("k6", contacts: contacts).with { $0.email = .empty })
        source.change(.student("k2")) { $0.email = .empty }
        try await families.sync().expectCompleted()
        #expect(try await places(families) == [])
        #expect(try await families.summary("k5").contacts.map(\.relationship) == ["Mother"])
        let login = try await families.premises.login(.sourceID("k5"))
        #expect(login.decision == .allow)
        #expect(try await places(families) == [])
    }

    @Test func `is in no plan that waits, of before or of after`() async throws {
        let families = try await Families()
        let source = families.premises.source
        for number in 1...6 {
            source.change(.student("k\(number)")) {
                $0.contacts = .value([.example("c2", "Father")])
            }
        }
        let held = try await families.sync()
        #expect(held.state == .held && held.held == 6)
        #expect(try await places(families, plan: held).contains("planned k1"))
        try await erase(families)
        #expect(try await places(families, plan: held) == [])
        for number in 1...6 {
            source.change(.student("k\(number)")) { $0.surname = .value("Other") }
        }
        let again = try await families.sync()
        #expect(again.state == .held && again.plan != nil)
        #expect(try await places(families, plan: again) == [])
        let approved = await BatchSync(families.premises.workshop).approve(
            try #require(again.plan),
            at: try await families.premises.school().connection
        )
        #expect(approved.state == .completed && approved.changed == 6)
        #expect(try await places(families) == [])
        #expect(try await families.summary("k1").contacts == [])
    }

    @Test func `is known again, and her pupils with her, once that is lifted`() async throws {
        let families = try await Families(2)
        try await erase(families)
        try await families.sync().expectCompleted()
        _ = try await Administration(families.premises.workshop).liftErasure(
            of: "c2",
            in: try await families.premises.school()
        )
        families.premises.source.change(.student("k1")) { $0.surname = .value("Lifted") }
        try await families.sync().expectCompleted()
        #expect(try await families.father(of: 1)?.parentalResponsibility == true)
    }
}
