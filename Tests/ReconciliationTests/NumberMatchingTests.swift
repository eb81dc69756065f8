import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// Who states the number when a record of Amara Abdi with it is seen first, and what follows.
struct NumberRow: Sendable, CustomTestStringConvertible {
    var what: String
    var school = SchoolKey.other
    var holder: @Sendable (Bench) async throws -> Void
    var change: @Sendable (inout Observation) -> Void = { _ in }
    var expected: MatchRow.Expected

    var reason: UnlinkedReason? {
        if case .unlinked(let reason) = expected { reason } else { nil }
    }

    var testDescription: String { what }
}

extension SchoolKey {
    /// A third school of the same trust.
    static let third = SchoolKey(connection: .example, school: "A1000000003")
}

@Suite struct NumberMatchingTests {
    /// A record of Amara Abdi with a number, and an address of its own.
    private static func amara(_ id: String, in school: SchoolKey = .example) -> Observation {
        .staff(id, in: school).with { $0.neutralKeys = .teacher(1) }
    }

    private static func write(
        _ bench: Bench,
        _ change: @Sendable (inout Account) -> Void
    ) async throws {
        try await bench.see(amara("A"))
        try await bench.write(try await bench.account("A").with(change))
    }

    /// Somebody else, present, who got the number after she was linked.
    private static func typeWrongly(_ ids: String..., bench: Bench) async throws {
        for id in ids {
            let other = Observation.staff(id, forename: "F\(id)", surname: "S\(id)")
            try await bench.see(other)
            try await bench.see(other.with { $0.neutralKeys = .teacher(1) })
        }
    }

    static let rows: [NumberRow] = [
        NumberRow(what: "nobody", holder: { _ in }, expected: .created),
        NumberRow(
            what: "the same person at another school, with another address",
            holder: { try await $0.see(amara("A")) },
            expected: .joined
        ),
        NumberRow(
            what: "somebody who has another surname there",
            holder: { try await $0.see(amara("A").with { $0.surname = .value("Brown") }) },
            expected: .unlinked(.neutralKeyNameDisagrees)
        ),
        NumberRow(
            what: "somebody who is called otherwise there",
            holder: { try await $0.see(amara("A").with { $0.forename = .value("Amy") }) },
            expected: .unlinked(.neutralKeyNameDisagrees)
        ),
        NumberRow(
            what: "somebody of another surname and another first name",
            holder: { bench in
                try await bench.see(
                    amara("A").with {
                        $0.surname = .value("Brown")
                        $0.forename = .value("Zoë")
                    }
                )
            },
            expected: .unlinked(.neutralKeyNameDisagrees)
        ),
        NumberRow(
            what: "another record of the same school",
            school: .example,
            holder: { try await $0.see(amara("A")) },
            expected: .unlinked(.neutralKeyOfLinkedAccount)
        ),
        NumberRow(
            what: "a pupil",
            holder: { bench in
                var pupil = amara("A")
                pupil.key = .student("A")
                try await bench.see(pupil)
            },
            expected: .unlinked(.otherKind)
        ),
        NumberRow(
            what: "an account with rights given by hand",
            holder: {
                try await write($0) { $0.privileges = [Privilege(name: "admin", givenBy: nil)] }
            },
            expected: .unlinked(.privilegedAccount)
        ),
        NumberRow(
            what: "an account that an administrator suspended",
            holder: { try await write($0) { $0.status = .suspended(by: .administrator) } },
            expected: .unlinked(.suspendedAccount)
        ),
        NumberRow(
            what: "an account that is kept suspended though its school has it",
            holder: { try await write($0) { $0.status = .suspended(by: .sync) } },
            expected: .unlinked(.neutralKeyOfLinkedAccount)
        ),
        NumberRow(
            what: "somebody who left, of another name and another address",
            school: .example,
            holder: { bench in
                let leaver = amara("A").with { $0.surname = .value("Brown") }
                try await bench.see(leaver)
                try await bench.see(leaver.leaving)
            },
            expected: .unlinked(.possibleReturner)
        ),
        NumberRow(
            what: "somebody who left and whose number came with that",
            school: .example,
            holder: { bench in
                try await bench.see(amara("A").with { $0.neutralKeys = [] })
                try await bench.see(amara("A").leaving)
            },
            expected: .unlinked(.possibleReturner)
        ),
        NumberRow(
            what: "somebody who left long before numbers were read",
            school: .example,
            holder: { bench in
                let silent = amara("A").with { $0.neutralKeys = [] }
                try await bench.see(silent)
                try await bench.see(silent.leaving)
                try await bench.see(amara("A").leaving)
            },
            expected: .unlinked(.possibleReturner)
        ),
        NumberRow(
            what: "the same person, and addresses are not trusted",
            holder: {
                $0.policy.trustsEmail = false
                try await $0.see(amara("A"))
            },
            expected: .joined
        ),
        NumberRow(
            what: "the same person, and the login may not create",
            holder: {
                try await $0.see(amara("A"))
                $0.mayCreate = false
            },
            expected: .joined
        ),
        NumberRow(
            what: "the same person with the same address and another surname",
            holder: { bench in
                try await bench.see(
                    amara("A").with {
                        $0.email = .value("n@school.example")
                        $0.surname = .value("Brown")
                    }
                )
            },
            expected: .joined
        ),
        NumberRow(
            what: "nobody, and somebody of another number and first name has the address",
            holder: { bench in
                let other = Observation.staff("A", forename: "Zoë", email: "n@school.example")
                try await bench.see(other.with { $0.neutralKeys = .teacher(2) })
            },
            expected: .unlinked(.neutralKeysDisagree)
        ),
        NumberRow(
            what: "nobody, and somebody of that name and of another number has the address",
            holder: { bench in
                let same = Observation.staff("A", email: "n@school.example")
                try await bench.see(same.with { $0.neutralKeys = .teacher(2) })
            },
            expected: .joined
        ),
        NumberRow(
            what: "somebody, while somebody else has the address",
            holder: { bench in
                try await bench.see(amara("A"))
                try await bench.see(.staff("B", email: "n@school.example"))
            },
            expected: .unlinked(.neutralKeysDisagree)
        ),
        NumberRow(
            what: "somebody, while a leaver still has the address",
            holder: { bench in
                let leaver = Observation.staff("B", email: "n@school.example")
                try await bench.see(leaver)
                try await bench.see(leaver.leaving)
                try await bench.see(amara("A"))
            },
            expected: .unlinked(.neutralKeysDisagree)
        ),
        NumberRow(
            what: "two people, one number each",
            holder: { bench in
                try await bench.see(amara("A"))
                try await bench.see(.staff("B").with { $0.neutralKeys = .learner(1) })
            },
            change: { $0.neutralKeys.formUnion(Set<NeutralKey>.learner(1)) },
            expected: .unlinked(.neutralKeysDisagree)
        ),
        NumberRow(
            what: "two people, both the same number",
            holder: { bench in
                try await bench.see(amara("A"))
                try await typeWrongly("B", bench: bench)
            },
            expected: .unlinked(.neutralKeysDisagree)
        ),
        NumberRow(
            what: "so many people that it fills a gap",
            holder: { bench in
                try await bench.see(amara("A"))
                try await typeWrongly("B", "C", bench: bench)
            },
            expected: .created
        ),
        NumberRow(
            what: "another record of the school that has no account",
            holder: {
                $0.mayCreate = false
                try await $0.see(amara("B", in: .other))
                $0.mayCreate = true
            },
            expected: .unlinked(.sharedNeutralKey)
        ),
        NumberRow(
            what: "somebody, and another record of the school that has no account",
            holder: { bench in
                bench.mayCreate = false
                try await bench.see(amara("B", in: .other))
                bench.mayCreate = true
                try await bench.see(amara("A"))
            },
            expected: .unlinked(.sharedNeutralKey)
        ),
        NumberRow(
            what: "a record of another school that has no account yet",
            holder: {
                $0.mayCreate = false
                try await $0.see(amara("B", in: .third))
                $0.mayCreate = true
            },
            expected: .created
        ),
        NumberRow(
            what: "somebody, while another record waits for the address",
            holder: { bench in
                try await bench.see(amara("A"))
                bench.mayCreate = false
                try await bench.see(.staff("B", email: "n@school.example"))
                bench.mayCreate = true
            },
            expected: .unlinked(.sharedEmail)
        ),
        NumberRow(
            what: "an old record of the school, of somebody who left it",
            holder: { try await $0.see(amara("B", in: .other).leaving) },
            expected: .created
        ),
        NumberRow(
            what: "a record of the school that can be nobody's account",
            holder: { try await $0.see(amara("B", in: .other).with { $0.email = .empty }) },
            expected: .created
        ),
        NumberRow(
            what: "somebody, but the record states none",
            holder: { try await $0.see(amara("A")) },
            change: { $0.neutralKeys = [] },
            expected: .created
        ),
    ]

    @Test(arguments: rows)
    func `a record without a link is matched by who states its number`(row: NumberRow) async throws
    {
        let bench = Bench()
        try await row.holder(bench)
        let known = try await bench.accountOfA()
        let record = Self.amara("N", in: row.school).with(row.change)
        let step = try await bench.see(record)
        switch try #require(step.plan?.match) {
        case .created: #expect(row.expected == .created)
        case .adopted: #expect(row.expected == .adopted)
        case .joined(let id):
            #expect(row.expected == .joined)
            #expect(id == known?.id)
        case .linked: Issue.record("it had no link")
        case .unlinked(let reason, let candidates):
            #expect(row.expected == .unlinked(reason))
            #expect(known.map { candidates.contains($0.id) } ?? true)
            #expect(step.changes.accounts.isEmpty && step.changes.links.isEmpty)
        }
        let again = try await bench.plan([record.with { $0.sequence = 1_000 }])
        #expect(again.changes.accounts.isEmpty && again.changes.links.isEmpty)
    }

    @Test func `a leaver whose number came later is planned once, not every time`() async throws {
        let bench = Bench()
        let silent = Self.amara("A").with { $0.neutralKeys = [] }
        try await bench.see(silent)
        try await bench.see(silent.leaving)
        let leaving = Self.amara("A").leaving
        #expect(try await bench.see(leaving).changes.links.count == 1)
        let link = try await bench.link(.staff("A"))
        #expect(link.last.neutralKeys == .teacher(1))
        let rules = Fingerprint.rules(bench.policy)
        #expect(link.fingerprint == Fingerprint.of(leaving, rules: rules))
        #expect(try await bench.see(leaving).changes.isEmpty)
    }

    @Test func `silence takes no number away, and a new one of the kind replaces it`() async throws
    {
        let bench = Bench()
        let numbers = Set<NeutralKey>.teacher(1).union(Set<NeutralKey>.learner(1))
        try await bench.see(Self.amara("A").with { $0.neutralKeys = numbers })
        try await bench.see(
            Self.amara("A").with {
                $0.neutralKeys = []
                $0.surname = .value("Brown")
            }
        )
        #expect(try await bench.link(.staff("A")).last.neutralKeys == numbers)
        try await bench.see(Self.amara("A").with { $0.neutralKeys = .teacher(2) })
        let expected = Set<NeutralKey>.teacher(2).union(Set<NeutralKey>.learner(1))
        #expect(try await bench.link(.staff("A")).last.neutralKeys == expected)
    }

    @Test func `a number that comes for the first time is seen, and no number is nothing new`() {
        let rules = Fingerprint.rules(Policy())
        let silent = Self.amara("A").with { $0.neutralKeys = [] }
        let known = Fingerprint.of(silent, rules: rules)
        #expect(Fingerprint.of(Self.amara("A"), rules: rules) != known)
        let other = Self.amara("A").with { $0.neutralKeys = .teacher(2) }
        #expect(
            Fingerprint.of(other, rules: rules) != Fingerprint.of(Self.amara("A"), rules: rules)
        )
    }

    @Test func `a returner under a new name and address is told by her number`() async throws {
        let bench = Bench()
        try await bench.see(Self.amara("A"))
        try await bench.see(Self.amara("A").leaving)
        let back = Observation.staff("A", forename: "Mari", surname: "Brown", email: "b@x.example")
        let step = try await bench.see(back.with { $0.neutralKeys = .teacher(1) })
        #expect(step.plan?.outcome == .restored)
        let bare = Bench()
        try await bare.see(Self.amara("A"))
        try await bare.see(Self.amara("A").leaving)
        #expect(try await bare.see(back).plan?.outcome == .disputed(.reusedRecord))
    }

    /// One after the other in every order; three in one step are nobody's, see `NumberOrderTests`.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `one person at three schools is one account, whoever is seen first`(
        order: [Int]
    ) async throws {
        let records = [SchoolKey.example, .other, .third].enumerated().map { place, school in
            Self.amara("P\(place)", in: school)
        }
        let ordered = order.map { records[$0] }
        let bench = Bench()
        for record in ordered { try await bench.see(record) }
        var ids: Set<AccountID?> = []
        for record in records { ids.insert(try await bench.account(record.key)?.id) }
        #expect(ids.count == 1 && !ids.contains(nil))
    }

    @Test func `a person who decides goes before every number`() async throws {
        let bench = Bench()
        try await bench.see(Self.amara("A"))
        let record = Self.amara("N")
        #expect(try await bench.see(record).plan?.outcome.isDisputed == true)
        let made = try await bench.makeAnew(record)
        #expect(made.plan?.outcome == .created)
        #expect(try await bench.account("N").id != bench.account("A").id)
    }
}

extension Bench {
    /// The account of the record `A`, whatever kind of person it is of.
    fileprivate func accountOfA() async throws -> Account? {
        if let account = try await account(.staff("A")) { return account }
        return try await account(.student("A"))
    }

    /// Plans and applies that a person said the record gets an account of its own.
    fileprivate func makeAnew(_ observation: Observation) async throws -> Step {
        var numbered = observation
        numbered.sequence = try await store.nextSequence()
        let planner = Planner(
            policy: policy,
            today: today,
            now: now,
            mayCreate: true,
            mint: mint
        )
        let request = Planner.viewRequest(for: [numbered], tenant: .standard, run: nil)
        var step = Reconciliation(
            [numbered],
            confirmed: [numbered.key: .newAccount],
            planner: planner,
            view: try await store.view(request),
            tenant: .standard
        )
        let result = step.finish(run: nil, cause: .administrator)
        try await store.apply(result.changes)
        return Step(plans: result.plans, changes: result.changes)
    }
}

extension PersonOutcome {
    fileprivate var isDisputed: Bool {
        if case .disputed = self { true } else { false }
    }
}
