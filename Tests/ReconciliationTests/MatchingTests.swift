import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// What holds the address when a record of Amara Abdi with it is seen first, and what follows.
struct MatchRow: Sendable, CustomTestStringConvertible {
    var what: String
    var school = SchoolKey.other
    var holder: @Sendable (Bench) async throws -> Void
    var change: @Sendable (inout Observation) -> Void = { _ in }
    var expected: Expected

    enum Expected: Sendable, Equatable {
        case created
        case joined
        case adopted
        case unlinked(UnlinkedReason)
    }

    var testDescription: String { what }
}

extension SchoolKey {
    /// A second school of the same trust.
    static let other = SchoolKey(connection: .example, school: "A1000000002")
}

@Suite struct MatchingTests {
    private static let email = "amara@school.example"

    /// A record of Amara Abdi, the holder's own or the one that is to be matched.
    private static func amara(_ id: String, in school: SchoolKey = .example) -> Observation {
        .staff(id, email: email, in: school)
    }

    private static func account(_ change: @Sendable (inout Account) -> Void) -> Account {
        Account.named("Amara", "Abdi", id: 7, email: email).with(change)
    }

    static let rows: [MatchRow] = [
        MatchRow(what: "nobody", holder: { _ in }, expected: .created),
        MatchRow(
            what: "the host's own account",
            holder: { try await $0.write(account { _ in }) },
            expected: .adopted
        ),
        MatchRow(
            what: "the host's own account, in another spelling of the name",
            holder: { try await $0.write(account { $0.surname = "ABDI" }) },
            change: { $0.email = .value(" Amara@School.example") },
            expected: .adopted
        ),
        MatchRow(
            what: "the host's own account of another surname",
            holder: { try await $0.write(account { $0.surname = "Brown" }) },
            expected: .unlinked(.surnameDisagrees)
        ),
        MatchRow(
            what: "the host's own account without a surname",
            holder: { try await $0.write(account { $0.surname = nil }) },
            expected: .unlinked(.surnameDisagrees)
        ),
        MatchRow(
            what: "the host's own account, while the record has no surname",
            holder: { try await $0.write(account { _ in }) },
            change: { $0.surname = .empty },
            expected: .unlinked(.surnameDisagrees)
        ),
        MatchRow(
            what: "an account with rights given by hand",
            holder: {
                try await $0.write(
                    account { $0.privileges = [Privilege(name: "admin", givenBy: nil)] }
                )
            },
            expected: .unlinked(.privilegedAccount)
        ),
        MatchRow(
            what: "an account that an administrator suspended",
            holder: { try await $0.write(account { $0.status = .suspended(by: .administrator) }) },
            expected: .unlinked(.suspendedAccount)
        ),
        MatchRow(
            what: "the host's own account, but addresses are not trusted",
            holder: {
                $0.policy.trustsEmail = false
                try await $0.write(account { _ in })
            },
            expected: .unlinked(.untrustedEmail)
        ),
        MatchRow(
            what: "the same person at another school of the trust",
            holder: { try await $0.see(amara("A")) },
            expected: .joined
        ),
        MatchRow(
            what: "somebody else at another school of the trust",
            holder: { try await $0.see(amara("A").with { $0.surname = .value("Brown") }) },
            expected: .unlinked(.surnameDisagrees)
        ),
        MatchRow(
            what: "somebody of the same school",
            school: .example,
            holder: { try await $0.see(amara("A")) },
            expected: .unlinked(.emailOfLinkedAccount)
        ),
        MatchRow(
            what: "a pupil",
            holder: { bench in
                let pupil = amara("A")
                var record = Observation(key: .student("A"), sequence: 0, standing: .current)
                record.forename = pupil.forename
                record.surname = pupil.surname
                record.email = pupil.email
                try await bench.see(record)
            },
            expected: .unlinked(.otherKind)
        ),
        MatchRow(
            what: "somebody else who left",
            school: .example,
            holder: { bench in
                let leaver = amara("A").with { $0.surname = .value("Brown") }
                try await bench.see(leaver)
                try await bench.see(leaver.leaving)
            },
            expected: .created
        ),
        MatchRow(
            what: "somebody of another first name who left",
            school: .example,
            holder: { bench in
                let leaver = amara("A").with { $0.forename = .value("Zoë") }
                try await bench.see(leaver)
                try await bench.see(leaver.leaving)
            },
            expected: .created
        ),
        MatchRow(
            what: "somebody of the same name who left",
            school: .example,
            holder: { bench in
                try await bench.see(amara("A"))
                try await bench.see(amara("A").leaving)
            },
            expected: .unlinked(.possibleReturner)
        ),
        MatchRow(
            what: "nobody, but the login may not create",
            holder: { $0.mayCreate = false },
            expected: .unlinked(.creationNotAllowed)
        ),
        MatchRow(
            what: "the host's own account, and the login may not create",
            holder: {
                $0.mayCreate = false
                try await $0.write(account { _ in })
            },
            expected: .adopted
        ),
        MatchRow(
            what: "an unlinked record with a dispute",
            holder: {
                $0.mayCreate = false
                try await $0.see(amara("B"))
                $0.mayCreate = true
            },
            expected: .unlinked(.sharedEmail)
        ),
        MatchRow(
            what: "the host's own account, and an unlinked record",
            holder: { bench in
                bench.policy.trustsEmail = false
                try await bench.write(account { _ in })
                try await bench.see(amara("B"))
                bench.policy.trustsEmail = true
            },
            expected: .unlinked(.sharedEmail)
        ),
        MatchRow(
            what: "only a record of somebody who left long ago",
            holder: { try await $0.see(amara("B").leaving) },
            expected: .created
        ),
        MatchRow(
            what: "only a record of somebody who starts next year",
            holder: {
                try await $0.see(
                    amara("B").with { $0.standing = .notYetStarted(.at("2027-01-01")) }
                )
            },
            expected: .unlinked(.sharedEmail)
        ),
        MatchRow(
            what: "an account that states another address by now",
            holder: { bench in
                try await bench.see(amara("A"))
                try await bench.edit("A", .email) { $0.email = "kept@school.example" }
            },
            expected: .unlinked(.sharedEmail)
        ),
        MatchRow(
            what: "nobody, no address",
            holder: { _ in },
            change: { $0.email = .empty },
            expected: .unlinked(.noWorkEmail)
        ),
        MatchRow(
            what: "nobody, a blank address",
            holder: { _ in },
            change: { $0.email = .value(" ") },
            expected: .unlinked(.noWorkEmail)
        ),
        MatchRow(
            what: "nobody, an address not granted",
            holder: { _ in },
            change: { $0.email = .notSupplied(.notGranted) },
            expected: .unlinked(.noWorkEmail)
        ),
        MatchRow(
            what: "nobody, no address but a word",
            holder: { _ in },
            change: { $0.email = .value("none") },
            expected: .unlinked(.invalidEmail)
        ),
        MatchRow(
            what: "nobody, somebody who left",
            holder: { _ in },
            change: { $0.standing = .left(.toBeDeleted) },
            expected: .unlinked(.left)
        ),
        MatchRow(
            what: "nobody, somebody who starts tomorrow",
            holder: { _ in },
            change: { $0.standing = .notYetStarted(.at("2026-09-08")) },
            expected: .unlinked(.notYetStarted)
        ),
        MatchRow(
            what: "nobody, a surname that cannot be used",
            holder: { _ in },
            change: { $0.surname = .value("\u{0}") },
            expected: .unlinked(.unusableName)
        ),
        MatchRow(
            what: "nobody, neither name",
            holder: { _ in },
            change: {
                $0.surname = .empty
                $0.forename = .value(" ")
            },
            expected: .unlinked(.unusableName)
        ),
        MatchRow(
            what: "nobody, one name only",
            holder: { _ in },
            change: { $0.surname = .empty },
            expected: .created
        ),
    ]

    @Test(arguments: rows)
    func `a record without a link is matched by who holds its address`(row: MatchRow) async throws {
        let bench = Bench()
        try await row.holder(bench)
        let before = bench.store.snapshot()
        let record = Self.amara("N", in: row.school).with(row.change)
        let step = try await bench.see(record)
        let match = try #require(step.plan?.match)
        switch match {
        case .created: #expect(row.expected == .created)
        case .adopted: #expect(row.expected == .adopted)
        case .joined: #expect(row.expected == .joined)
        case .linked: Issue.record("it had no link")
        case .unlinked(let reason, _): #expect(row.expected == .unlinked(reason))
        }
        let account = try await bench.account(record.key)
        if case .unlinked(let reason) = row.expected {
            #expect(account == nil)
            #expect(try await bench.unlinked(record.key)?.reason == reason)
            #expect(step.changes.accounts.isEmpty && step.changes.links.isEmpty)
            let after = bench.store.snapshot()
            #expect(before.entries.count + 1 == after.entries.count)
            #expect(step.plan?.outcome.unlinkedStanding == reason.standing)
        } else {
            #expect(account?.email == Self.email)
            #expect(try await bench.unlinked(record.key) == nil)
        }
        let again = try await bench.plan([record.with { $0.sequence = 1_000 }])
        #expect(again.changes.accounts.isEmpty && again.changes.links.isEmpty)
    }

    @Test func `every reason not to link is in the table`() {
        let tried = Self.rows.compactMap { row in
            if case .unlinked(let reason) = row.expected { reason } else { nil }
        }
        // A reused record has a link; it is in the tables of leaving. Erasures are the store's, and
        // what was taken back is in the tests of undo; changes of MIS, and logins of many newcomers,
        // have tests of their own.
        let elsewhere: Set<UnlinkedReason> = [
            .reusedRecord, .erased, .linkTakenBack, .namesakeAfterRenumbering,
            .unknownAfterRenumbering, .manyNewcomers,
        ]
        let byNumbers = Set(NumberMatchingTests.rows.compactMap(\.reason))
        #expect(
            Set(tried).union(byNumbers) == Set(UnlinkedReason.allCases).subtracting(elsewhere)
        )
    }

    @Test func `a leaver's address passes to a newcomer and is remembered`() async throws {
        let bench = Bench()
        let leaver = Self.amara("A").with { $0.surname = .value("Brown") }
        try await bench.see(leaver)
        try await bench.see(leaver.leaving)
        let step = try await bench.see(Self.amara("N"))
        #expect(try await bench.emails("A", "N") == [nil, Self.email])
        let old = try await bench.account("A")
        #expect(step.changes.formerEmails == [FormerEmail(account: old.id, email: Self.email)])
        #expect(step.reasons(of: .email) == [Reason.addressPassedOn.rawValue])
        #expect(old.status == .suspended(by: .sync))
        // She comes back, and waits for it.
        let back = try await bench.see(leaver)
        #expect(back.decision(.email)?.reason == .emailHeld)
        #expect(try await bench.emails("A", "N") == [nil, Self.email])
        #expect(try await bench.account("A").status == .active)
    }

    @Test func `neither of two newcomers with one address is created`() async throws {
        let bench = Bench()
        bench.mayCreate = false
        try await bench.see(Self.amara("N"))
        bench.mayCreate = true
        try await bench.see(Self.amara("O"))
        try await bench.see(Self.amara("N"))
        #expect(try await bench.unlinked(.staff("N"))?.reason == .sharedEmail)
        #expect(try await bench.unlinked(.staff("O"))?.reason == .sharedEmail)
        // One of them gets another address.
        try await bench.see(Self.amara("O").with { $0.email = .value("o@school.example") })
        try await bench.see(Self.amara("N"))
        #expect(try await bench.emails("N", "O") == [Self.email, "o@school.example"])
    }

    @Test func `two records never lead to one account by an address one of them takes`()
        async throws
    {
        let bench = Bench()
        try await bench.see(.staff("A"), .staff("B"))
        let ids = [try await bench.account("A").id, try await bench.account("B").id]
        try await bench.see(
            .staff("A", email: "b@school.example"),
            .staff("B", email: "b@school.example")
        )
        #expect([try await bench.account("A").id, try await bench.account("B").id] == ids)
        #expect(try await bench.emails("A", "B") == ["a@school.example", "b@school.example"])
    }

    @Test func `an older answer about an unlinked record is ignored`() async throws {
        let bench = Bench()
        try await bench.see(
            Self.amara("N").with {
                $0.email = .empty
                $0.sequence = 900
            }
        )
        let step = try await bench.see(Self.amara("N").with { $0.sequence = 800 })
        #expect(step.changes.isEmpty)
        #expect(step.plan?.outcome == .ignored(.noWorkEmail))
    }

    @Test func `an older answer about a linked record is ignored`() async throws {
        let bench = Bench()
        try await bench.see(Self.amara("N").with { $0.sequence = 900 })
        let step = try await bench.see(
            Self.amara("N").with {
                $0.sequence = 899
                $0.surname = .value("Old")
            }
        )
        #expect(step.changes.isEmpty)
        #expect(step.plan?.outcome == .unchanged)
    }
}

extension PersonOutcome {
    fileprivate var unlinkedStanding: UnlinkedStanding? {
        switch self {
        case .disputed: .disputed
        case .ignored: .ignored
        case .failed: .failed
        case .unchanged, .changed, .created, .restored, .suspended: nil
        }
    }
}
