import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// Who owns the surname, what its source said last and says now, whether it was edited here, and
/// what is to come of it.
struct FieldRow: Sendable, CustomTestStringConvertible {
    var owner: Ownership
    var last: Observed<String> = .value("Old")
    var now: Observed<String>
    var edit: String?
    var held: String?
    var verdict: Verdict
    var reason: Reason

    var testDescription: String {
        "\(owner) last \(last) now \(now) edit \(edit ?? "-"): \(reason)"
    }
}

@Suite struct FieldDecisionTests {
    static let rows: [FieldRow] = [
        row(.source, now: .value("Old"), "Old", .keep, .same),
        row(.source, now: .value("New"), "New", .change, .sourceOwns),
        row(.source, now: .empty, nil, .change, .sourceCleared),
        row(.source, now: .value("Old"), edit: "Edit", "Old", .change, .sourceOwns),
        row(.source, now: .value("Edit"), edit: "Edit", "Edit", .keep, .same),
        row(.source, now: .notSupplied(.neverByProvider), "Old", .keep, .neverByProvider),
        row(.source, now: .notSupplied(.notGranted), "Old", .keep, .notGranted),
        row(.source, now: .notSupplied(.notAskedFor), "Old", .keep, .notAskedFor),
        row(.source, now: .notSupplied(.unreadable), "Old", .keep, .unusableValue),
        row(.source, now: .value(" "), "Old", .keep, .notGranted),
        row(.source, now: .value("a\u{0}b"), "Old", .keep, .unusableValue),
        row(.local, now: .value("New"), "Old", .keep, .ownedLocally),
        row(.local, now: .empty, "Old", .keep, .ownedLocally),
        row(.local, now: .value("New"), edit: "Edit", "Edit", .keep, .ownedLocally),
        row(.local, now: .notSupplied(.notGranted), "Old", .keep, .notGranted),
        row(.onceAtCreation, now: .value("New"), "Old", .keep, .setOnceAtCreation),
        row(.onceAtCreation, now: .empty, "Old", .keep, .setOnceAtCreation),
        row(.onceAtCreation, now: .value("New"), edit: "Edit", "Edit", .keep, .setOnceAtCreation),
        row(.untilEdited, now: .value("New"), "New", .change, .sourceOwns),
        row(.untilEdited, now: .empty, nil, .change, .sourceCleared),
        row(.untilEdited, now: .value("Old"), edit: "Edit", "Edit", .keep, .localEditStands),
        row(.untilEdited, now: .value("New"), edit: "Edit", "New", .change, .sourceChanged),
        row(.untilEdited, now: .empty, edit: "Edit", nil, .change, .sourceChanged),
        row(.untilEdited, now: .notSupplied(.notGranted), edit: "Edit", "Edit", .keep, .notGranted),
        row(.untilEdited, now: .value("a\u{0}"), edit: "Edit", "Edit", .keep, .unusableValue),
        row(
            .untilEdited,
            last: .notSupplied(.notGranted),
            now: .value("New"),
            edit: "Edit",
            "Edit",
            .keep,
            .localEditStands
        ),
        row(.untilEdited, last: .empty, now: .empty, edit: "Edit", "Edit", .keep, .localEditStands),
        row(
            .untilEdited,
            last: .empty,
            now: .value("New"),
            edit: "Edit",
            "New",
            .change,
            .sourceChanged
        ),
    ]

    private static func row(
        _ owner: Ownership,
        last: Observed<String> = .value("Old"),
        now: Observed<String>,
        edit: String? = nil,
        _ held: String?,
        _ verdict: Verdict,
        _ reason: Reason
    ) -> FieldRow {
        FieldRow(
            owner: owner,
            last: last,
            now: now,
            edit: edit,
            held: held,
            verdict: verdict,
            reason: reason
        )
    }

    @Test(arguments: rows)
    func `a field is decided by its owner, the source and the edit`(row: FieldRow) async throws {
        let bench = Bench()
        let person = Observation.staff("1").with { $0.surname = row.last }
        try await bench.see(person)
        bench.policy.ownership = [.surname: row.owner]
        if let edit = row.edit { try await bench.edit("1", .surname) { $0.surname = edit } }
        let step = try await bench.see(person.with { $0.surname = row.now })
        let decision = try #require(step.decision(.surname))
        #expect(decision.verdict == row.verdict)
        #expect(decision.reason == row.reason)
        #expect(decision.source == row.now.value?.usable)
        #expect(try await bench.account("1").surname == row.held)
        #expect(step.reasons(of: .surname) == (row.verdict == .change ? [row.reason.rawValue] : []))
        #expect(step.plan?.outcome == (row.verdict == .change ? .changed : .unchanged))
    }

    @Test(arguments: rows)
    func `the same answer again decides nothing more`(row: FieldRow) async throws {
        let bench = Bench()
        let person = Observation.staff("1").with { $0.surname = row.last }
        try await bench.see(person)
        bench.policy.ownership = [.surname: row.owner]
        if let edit = row.edit { try await bench.edit("1", .surname) { $0.surname = edit } }
        try await bench.see(person.with { $0.surname = row.now })
        let step = try await bench.plan([person.with { $0.surname = row.now }])
        #expect(step.changes.isEmpty)
        #expect(step.plan?.outcome == .unchanged)
    }

    @Test(arguments: [
        (Observed<String>.value("a\u{0}b"), "an unusable value"), (.value("  "), "a blank"),
        (.notSupplied(.notGranted), "silence"),
    ])
    func `an edit gives way to a change that something unsaid lies before`(
        between: Observed<String>,
        what: String
    ) async throws {
        let bench = Bench()
        bench.policy.ownership = [.surname: .untilEdited]
        let person = Observation.staff("1", surname: "Old")
        try await bench.see(person)
        try await bench.edit("1", .surname) { $0.surname = "Edit" }
        try await bench.see(person.with { $0.surname = between })
        try await bench.see(person)
        #expect(try await bench.account("1").surname == "Edit", "\(what) is no change")
        try await bench.see(person.with { $0.surname = between })
        try await bench.see(person.with { $0.surname = .value("New") })
        #expect(try await bench.account("1").surname == "New", "after \(what)")
    }

    /// How the source states the fields that hold one text.
    private static let stated: [Field: @Sendable (inout Observation, Observed<String>) -> Void] = [
        .title: { $0.title = $1 }, .forename: { $0.forename = $1 }, .surname: { $0.surname = $1 },
        .initials: { $0.initials = $1 }, .phone: { $0.phone = $1 }, .address: { $0.address = $1 },
        .email: { $0.email = $1 },
        .jobTitle: { $0.roles = $1.map { [StaffRole(title: $0)] } },
    ]

    @Test(arguments: stated.keys.sorted())
    func `silence between is no change of the source in any field`(field: Field) async throws {
        let bench = Bench()
        let state = try #require(Self.stated[field])
        func person(_ said: Observed<String>) -> Observation {
            Observation.staff("1").with { state(&$0, said) }
        }
        bench.policy.ownership = [field: .untilEdited]
        try await bench.see(person(.value("old@school.example")))
        try await bench.edit("1", field) { $0[text: field] = "edit@school.example" }
        for said in [Observed<String>.notSupplied(.notGranted), .value("old@school.example")] {
            try await bench.see(person(said))
            #expect(try await bench.account("1")[text: field] == "edit@school.example")
        }
        try await bench.see(person(.notSupplied(.notGranted)))
        try await bench.see(person(.value("new@school.example")))
        #expect(try await bench.account("1")[text: field] == "new@school.example")
    }

    @Test func `an edit gives way to a change that was stated while out of scope`() async throws {
        let bench = Bench()
        bench.policy.ownership = [.surname: .untilEdited]
        let person = Observation.staff("1", surname: "Old")
        try await bench.see(person)
        try await bench.edit("1", .surname) { $0.surname = "Edit" }
        let renamed = person.with { $0.surname = .value("New") }
        try await bench.see(renamed.with { $0.email = .empty })
        #expect(try await bench.account("1").surname == "Edit")
        try await bench.see(renamed)
        #expect(try await bench.account("1").surname == "New")
    }

    @Test func `a person's own spelling is kept where only the form differs`() async throws {
        let bench = Bench()
        try await bench.see(.staff("1", surname: "Ní Bhriain"))
        let step = try await bench.see(.staff("1", surname: " Ni\u{301}  Bhriain "))
        #expect(step.decision(.surname)?.reason == .same)
        #expect(step.changes.accounts.isEmpty)
    }

    @Test(arguments: Field.owned.filter { $0 != .lineManager })
    func `every owned field takes the source's value`(field: Field) async throws {
        let bench = Bench()
        try await bench.see(.staff("1"))
        let step = try await bench.see(Self.filled)
        let decision = try #require(step.decision(field))
        #expect(decision.verdict == .change)
        #expect(step.reasons(of: field) == [Reason.sourceOwns.rawValue])
        let account = try await bench.account("1")
        if field != .teachingStaff {
            #expect(account[text: field] == decision.source)
            #expect(decision.source != nil)
        } else {
            #expect(account.teachingStaff == true)
        }
    }

    @Test(arguments: Field.owned.filter { $0 != .lineManager })
    func `no owned field changes that is owned here`(field: Field) async throws {
        let bench = Bench()
        bench.policy.ownership = [field: .local]
        try await bench.see(.staff("1"))
        let before = try await bench.account("1")
        let step = try await bench.see(Self.filled)
        #expect(step.decision(field)?.reason == .ownedLocally)
        #expect(step.reasons(of: field).isEmpty)
        let after = try await bench.account("1")
        #expect(before[text: field] == after[text: field])
        if field == .teachingStaff { #expect(before.teachingStaff == after.teachingStaff) }
    }

    @Test(arguments: [Ownership.source, .untilEdited, .onceAtCreation, .local])
    func `a new account takes every value but those owned here`(owner: Ownership) async throws {
        let bench = Bench()
        for field in Field.owned { bench.policy.ownership[field] = owner }
        let step = try await bench.see(Self.filled)
        let account = try await bench.account("1")
        #expect(account.email == "new@school.example")
        for field in Field.texts {
            let expected = owner == .local ? nil : step.decision(field)?.source
            #expect(account[text: field] == expected, "\(field)")
            #expect(step.decision(field)?.reason == (owner == .local ? .ownedLocally : .created))
        }
        #expect(step.changes.history.count == 1)
        #expect(step.changes.history.first?.field == nil)
    }

    @Test func `a creation decides every field`() async throws {
        let bench = Bench()
        let step = try await bench.see(Self.filled)
        let decided = Set(step.plan?.decisions.map(\.field) ?? [])
        #expect(decided.isSuperset(of: Field.observed.filter { $0 != .status && $0 != .contacts }))
    }

    @Test func `a refresh decides every field once`() async throws {
        let bench = Bench()
        try await bench.see(.staff("1"))
        let step = try await bench.see(Self.filled)
        #expect(
            step.plan?.decisions.map(\.field).sorted()
                == Field.observed.filter { $0 != .contacts }.sorted()
        )
    }

    @Test func `what the source takes over is no local edit any more`() async throws {
        let bench = Bench()
        for field in Field.owned { bench.policy.ownership[field] = .untilEdited }
        try await bench.see(.staff("1"))
        try await bench.edit("1", .surname, .title, .email) {
            $0.surname = "Edit"
            $0.title = "Dr"
            $0.email = "edit@school.example"
        }
        try await bench.see(Self.filled)
        #expect(try await bench.account("1").localEdits == [])
        #expect(try await bench.account("1").email == "new@school.example")
    }

    private static let filled = Observation.staff(
        "1",
        title: "Ms",
        forename: "Zoë",
        surname: "Żak",
        email: "new@school.example",
        roles: ["Head"]
    ).with {
        $0.initials = .value("ZŻ")
        $0.phone = .value("01632 960001")
        $0.address = .value("1 Mill Lane")
        $0.teachingStaff = .value(true)
    }
}

extension String {
    /// The text where it can be a surname.
    fileprivate var usable: String? { contains("\u{0}") || self == " " ? nil : self }
}
