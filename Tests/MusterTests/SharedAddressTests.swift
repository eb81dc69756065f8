import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

@testable import Muster

/// Two parents or carers at one address: a person links their records only if she says that they are
/// one.
@Suite struct SharedAddressTests {
    /// Two records with one address, of whom one has an account.
    private func parents(
        _ kind: PersonKind = .contact,
        _ second: (inout Observation) -> Void
    ) async throws -> Premises {
        let premises = try await Premises(people: [kind])
        func record(_ id: String, _ forename: String) -> Observation {
            Observation.contact(
                id,
                forename: forename,
                surname: "Carer",
                email: "family@home.example"
            ).with { $0.key = SourceKey(school: .example, kind: kind, id: id) }
        }
        premises.source.put(record("c1", "Siân"))
        #expect(try await premises.syncAll().created == 1)
        premises.source.put(record("c2", "Owain").with(second))
        #expect(try await premises.syncAll().disputed == 1)
        return premises
    }

    @Test(arguments: [("Amara", false), ("owain", true)])
    func `a parent becomes a member of staff of quite another name only if that is said`(
        forename: String,
        isLinked: Bool
    ) async throws {
        let premises = try await Premises(people: [.staff, .contact])
        for (id, forename) in [("c1", "Siân"), ("c2", "Owain")] {
            premises.source.put(
                .contact(id, forename: forename, surname: "Carer", email: "family@home.example")
            )
        }
        premises.source.put(.staff("9", forename: forename, surname: "Head"))
        try await premises.syncAll()
        let review = premises.review
        let school = try await premises.school()
        let account = try #require(
            try await premises.store.accounts(in: .example, of: .standard)
                .first { $0.account.surname == "Head" }?.account
        )
        let record = try await review.record("c2", in: school)
        let before = premises.store.memory.snapshot()
        let choice = try await review.rehearse(.account(account.id), record, in: school)
        guard case .failure(let error) = choice else { return #expect(isLinked) }
        #expect(!isLinked && error == .anotherPerson("c2", other: "9"))
        #expect(premises.store.memory.snapshot() == before)
    }

    private func link(
        _ premises: Premises,
        isSamePerson: Bool = false
    ) async throws -> (error: ReviewError?, links: Set<String>) {
        let school = try await premises.school()
        let review = premises.review
        let record = try await review.record("c2", in: school)
        var refusal: ReviewError?
        do throws(ReviewError) {
            _ = try await review.link(
                record,
                to: "family@home.example",
                in: school,
                isSamePerson: isSamePerson
            )
        } catch {
            refusal = error
        }
        let first = try #require(try await premises.account("c1"))
        let summary = try await premises.store.summary(of: first.id)
        return (refusal, Set((summary?.links ?? []).map(\.key.id)))
    }

    @Test(arguments: [PersonKind.contact, .staff])
    func `two who share an address stay two, unless it is said that they are one`(
        kind: PersonKind
    ) async throws {
        let premises = try await parents(kind) { _ in }
        let before = premises.store.memory.snapshot()
        let refused = try await link(premises)
        #expect(refused.error == .anotherPerson("c2", other: "c1"))
        #expect(refused.links == ["c1"])
        #expect(refused.error?.sentence.contains("--same-person") == true)
        let after = premises.store.memory.snapshot()
        #expect(before == after, "\(before.difference(from: after) ?? "")")
        let said = try await link(premises, isSamePerson: true)
        #expect(said.error == nil && said.links == ["c1", "c2"])
    }

    @Test func `a parent whose record came twice under one first name is linked`() async throws {
        let premises = try await parents { $0.forename = .value("SIÂN") }
        let linked = try await link(premises)
        #expect(linked.error == nil && linked.links == ["c1", "c2"])
    }
}
