import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// Who is responsible for a pupil: what her record says is done at once.
@Suite struct ContactTests {
    /// What a pupil's record said, says now, and what the account holds then.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var before: [ContactEntry] = [.example("C1", "Mother"), .example("C2", "Father")]
        var now: Observed<[ContactEntry]>
        var held: Set<String>
        var reason = Reason.sourceOwns
        var changes = 1
    }

    static let both: Set = ["C1 Mother true", "C2 Father true"]

    static let rows = [
        Row(
            testDescription: "a new relation",
            now: .value([
                .example("C1", "Mother"), .example("C2", "Father"), .example("C3", "Carer"),
            ]),
            held: both.union(["C3 Carer true"])
        ),
        Row(
            testDescription: "a changed relationship",
            now: .value([.example("C1", "Step-mother"), .example("C2", "Father")]),
            held: ["C1 Step-mother true", "C2 Father true"]
        ),
        Row(
            testDescription: "a withdrawn responsibility",
            now: .value([
                .example("C1", "Mother"), .example("C2", "Father", responsible: false),
            ]),
            held: ["C1 Mother true", "C2 Father false"]
        ),
        Row(
            testDescription: "a responsibility of which nothing is said any more",
            now: .value([.example("C1", "Mother"), .example("C2", "Father", responsible: nil)]),
            held: ["C1 Mother true", "C2 Father true unconfirmed"]
        ),
        Row(
            testDescription: "a removed contact",
            now: .value([.example("C1", "Mother")]),
            held: ["C1 Mother true"]
        ),
        Row(testDescription: "an empty list", now: .value([]), held: [], changes: 2),
        Row(testDescription: "none", now: .empty, held: [], changes: 2),
        Row(
            testDescription: "the same in another order",
            now: .value([.example("C2", "Father"), .example("C1", "Mother")]),
            held: both,
            reason: .same,
            changes: 0
        ),
        Row(
            testDescription: "not granted",
            now: .notSupplied(.notGranted),
            held: both,
            reason: .notGranted,
            changes: 0
        ),
        Row(
            testDescription: "not asked for",
            now: .notSupplied(.notAskedFor),
            held: both,
            reason: .notAskedFor,
            changes: 0
        ),
        Row(
            testDescription: "one contact twice, once without responsibility",
            now: .value([
                .example("C1", "Mother"), .example("C2", "Father"),
                .example("C2", "Emergency", responsible: false),
            ]),
            held: ["C1 Mother true", "C2 Emergency false"]
        ),
        Row(
            testDescription: "a relationship that cannot be used",
            now: .value([.example("C1", "Mother"), .example("C2", "un\u{0}usable")]),
            held: ["C1 Mother true", "C2 - true"]
        ),
    ]

    @Test(arguments: rows)
    func `what the record says is done in the step that saw it`(row: Row) async throws {
        let bench = Bench()
        let pupil = Observation.student("K", contacts: row.before)
        try await bench.see(pupil)
        let step = try await bench.see(pupil.with { $0.contacts = row.now })
        #expect(try await held(bench) == row.held)
        #expect(step.decision(.contacts)?.reason == row.reason)
        #expect(step.reasons(of: .contacts).count == row.changes)
        let again = try await bench.plan([pupil.with { $0.contacts = row.now }])
        #expect(again.changes.accounts.isEmpty && again.changes.history.isEmpty)
    }

    @Test func `history names the contact once she has an account`() async throws {
        let bench = Bench()
        let pupil = Observation.student("K", contacts: [.example("C1", "Mother")])
        try await bench.see(pupil)
        let lost = try await bench.see(
            pupil.with { $0.contacts = .value([.example("C1", "Mother", responsible: false)]) }
        )
        let row = try #require(lost.changes.history.first)
        #expect(row.from == "contact C1 (Mother, parental responsibility)")
        #expect(row.to == "contact C1 (Mother, no parental responsibility)")
        try await bench.see(.contact("C1"))
        let gone = try await bench.see(pupil.with { $0.contacts = .empty })
        let last = try #require(gone.changes.history.first)
        #expect(last.from == "Siân Patel (Mother, no parental responsibility)" && last.to == nil)
    }

    @Test func `only a pupil's record has a say`() async throws {
        let bench = Bench()
        for record in [Observation.staff("K"), .contact("K")] {
            let step = try await bench.see(
                record.with { $0.contacts = .value([.example("C1")]) }
            )
            #expect(step.decision(.contacts) == nil)
            #expect(try await bench.account(record.key)?.guardianships == [])
        }
    }

    @Test func `a leaver's relations go with her link and come back with her`() async throws {
        let bench = Bench()
        let pupil = Observation.student("K", contacts: [.example("C1", "Mother")])
        try await bench.see(pupil)
        let left = try await bench.see(pupil.leaving)
        #expect(try await held(bench) == [])
        #expect(left.reasons(of: .contacts) == [Reason.linkEnded.rawValue])
        try await bench.see(pupil)
        #expect(try await held(bench) == ["C1 Mother true"])
    }

    @Test func `a pupil who has no address any more still loses a contact`() async throws {
        let bench = Bench()
        let pupil = Observation.student("K", contacts: [.example("C1", "Mother")])
        try await bench.see(pupil)
        let without = pupil.with {
            $0.email = .empty
            $0.contacts = .value([.example("C1", "Mother", responsible: false)])
        }
        try await bench.see(without)
        #expect(try await held(bench) == ["C1 Mother false"])
        #expect(try await bench.link(pupil.key).state == .outOfScope)
        let again = try await bench.plan([without])
        #expect(again.changes.accounts.isEmpty && again.changes.history.isEmpty)
    }

    /// A pupil with a first day ahead, of whom the MIS takes a contact away.
    private func withdrawing(_ bench: Bench) async throws -> (before: Observation, now: Observation)
    {
        let contacts = [ContactEntry.example("C1", "Mother"), .example("C2", "Father")]
        let pupil = Observation.student("K", contacts: contacts)
        try await bench.see(pupil)
        let ahead = pupil.with { $0.standing = .notYetStarted(.at("2030-09-01")) }
        let now = ahead.with {
            $0.contacts = .value([contacts[0], .example("C2", "Father", responsible: false)])
            $0.surname = .value("Later")
        }
        return (ahead, now)
    }

    @Test func `a first day ahead hides no withdrawal, and nothing else is done`() async throws {
        let bench = Bench()
        let now = try await withdrawing(bench).now
        let step = try await bench.see(now)
        #expect(try await held(bench) == ["C1 Mother true", "C2 Father false"])
        #expect(step.decision(.contacts)?.verdict == .change)
        #expect(try await bench.account(now.key)?.surname == "O'Hara")
        #expect(try await bench.link(now.key).state == .active)
        let again = try await bench.plan([now])
        #expect(again.changes.accounts.isEmpty && again.changes.history.isEmpty)
        try await bench.see(now.with { $0.contacts = .notSupplied(.notGranted) })
        #expect(try await held(bench) == ["C1 Mother true", "C2 Father false"])
        try await bench.see(now.with { $0.contacts = .empty })
        #expect(try await held(bench) == [])
    }

    @Test func `an older answer gives nothing back, though the first day is ahead`() async throws {
        let bench = Bench()
        let (before, now) = try await withdrawing(bench)
        let older = try await bench.store.nextSequence()
        try await bench.see(now)
        try await bench.see(before.with { $0.sequence = older })
        #expect(try await held(bench) == ["C1 Mother true", "C2 Father false"])
    }

    @Test func `what was given by hand stays`() async throws {
        let bench = Bench()
        let pupil = Observation.student("K", contacts: [.example("C1", "Mother")])
        try await bench.see(pupil)
        let account = try #require(try await bench.account(pupil.key))
        let byHand = Guardianship(contact: .contact("C1"), relationship: "Aunt", givenBy: nil)
        try await bench.write(account.with { $0.guardianships.insert(byHand) })
        try await bench.see(pupil.with { $0.contacts = .empty })
        #expect(try await held(bench) == ["C1 Aunt -"])
    }

    private func held(_ bench: Bench) async throws -> Set<String> {
        let account = try #require(try await bench.account(.student("K")))
        return Set(
            account.guardianships.map { relation in
                let responsibility = relation.parentalResponsibility.map(String.init) ?? "-"
                let doubt = relation.isConfirmed ? "" : " unconfirmed"
                let relationship = relation.relationship ?? "-"
                return "\(relation.contact.id) \(relationship) \(responsibility)\(doubt)"
            }
        )
    }
}
