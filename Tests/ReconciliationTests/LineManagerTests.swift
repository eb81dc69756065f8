import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// What the source says of a school: who names whom as manager, who left, and what is to be held.
struct GraphRow: Sendable, CustomTestStringConvertible {
    var what: String
    /// `A>B` where A names B; `A` alone names nobody.
    var before: [String]
    /// The same later, for those who changed; `-A` left.
    var after: [String] = []
    /// `A>B` where A has B in the end; everybody else has none.
    var expected: [String]
    var reasons: [String: Reason] = [:]

    var testDescription: String { what }
}

@Suite struct LineManagerTests {
    static let rows: [GraphRow] = [
        GraphRow(what: "a manager", before: ["A>B", "B"], expected: ["A>B"]),
        GraphRow(
            what: "a manager nobody knows",
            before: ["A>X"],
            expected: [],
            reasons: ["A": .managerUnknown]
        ),
        GraphRow(
            what: "a manager who comes later",
            before: ["A>B"],
            after: ["B"],
            expected: ["A>B"]
        ),
        GraphRow(
            what: "herself",
            before: ["A>A"],
            expected: [],
            reasons: ["A": .managerIsSelf]
        ),
        GraphRow(
            what: "a loop of two",
            before: ["A>B", "B>A"],
            expected: [],
            reasons: ["A": .managerLoop, "B": .managerLoop]
        ),
        GraphRow(
            what: "a loop of four",
            before: ["A>B", "B>C", "C>D", "D>A"],
            expected: [],
            reasons: ["D": .managerLoop]
        ),
        GraphRow(
            what: "a loop of three with two below",
            before: ["A>B", "B>C", "C>A", "D>A", "E>D"],
            expected: ["D>A", "E>D"],
            reasons: ["B": .managerLoop]
        ),
        GraphRow(
            what: "a loop that closes",
            before: ["A>B", "B>C", "C"],
            after: ["C>A"],
            expected: []
        ),
        GraphRow(
            what: "a loop that opens",
            before: ["A>B", "B>C", "C>A"],
            after: ["C"],
            expected: ["A>B", "B>C"]
        ),
        GraphRow(
            what: "a loop that opens to another",
            before: ["A>B", "B>C", "C>A", "D"],
            after: ["B>D"],
            expected: ["A>B", "B>D", "C>A"]
        ),
        GraphRow(
            what: "a loop that somebody leaves",
            before: ["A>B", "B>C", "C>A"],
            after: ["-A"],
            expected: ["B>C"],
            reasons: ["C": .managerLeft]
        ),
        GraphRow(
            what: "a loop of four that somebody leaves",
            before: ["A>B", "B>C", "C>D", "D>A"],
            after: ["-A"],
            expected: ["B>C", "C>D"]
        ),
        GraphRow(
            what: "a loop that closes when somebody returns",
            before: ["-A>B", "B>C", "C>A"],
            after: ["A>B"],
            expected: []
        ),
        GraphRow(
            what: "a manager who left",
            before: ["A>B", "B"],
            after: ["-B"],
            expected: [],
            reasons: ["A": .managerLeft]
        ),
        GraphRow(
            what: "a manager who returned",
            before: ["A>B", "-B"],
            after: ["B"],
            expected: ["A>B"]
        ),
        GraphRow(
            what: "a leaver and her manager, who left too",
            before: ["A>B", "B"],
            after: ["-A", "-B"],
            expected: []
        ),
        GraphRow(
            what: "another manager",
            before: ["A>B", "B", "C"],
            after: ["A>C"],
            expected: ["A>C"]
        ),
        GraphRow(what: "a manager taken away", before: ["A>B", "B"], after: ["A"], expected: []),
        GraphRow(
            what: "the top joins itself",
            before: ["A>B", "B>C", "C"],
            after: ["C>C"],
            expected: ["A>B", "B>C"],
            reasons: ["C": .managerIsSelf]
        ),
    ]

    /// Reads `A>B`, `A` or `-A>B`.
    private func person(_ text: String) -> Observation {
        let names = text.drop { $0 == "-" }.split(separator: ">").map(String.init)
        let observation = Observation.staff(
            names[0],
            forename: names[0],
            surname: names[0],
            managers: Array(names.dropFirst())
        )
        return text.hasPrefix("-") ? observation.leaving : observation
    }

    /// A school as `before` says; a leaver in it was there once.
    private func school(_ row: GraphRow) async throws -> Bench {
        let bench = Bench()
        try await bench.see(row.before.map { person(String($0.drop { $0 == "-" })) })
        try await bench.see(row.before.map(person))
        return bench
    }

    private func check(_ bench: Bench, _ row: GraphRow, _ note: String) async throws {
        let ids = Set((row.before + row.after).map { person($0).key.id })
        for id in ids.sorted() {
            let expected = row.expected.first { $0.hasPrefix("\(id)>") }?.dropFirst(2)
            let held = try await bench.manager(of: id)
            #expect(held == expected.map(String.init), "\(id), \(note)")
        }
    }

    @Test(arguments: rows)
    func `managers follow the source's graph in one batch`(row: GraphRow) async throws {
        let bench = try await school(row)
        let step = try await bench.see(row.after.map(person))
        try await check(bench, row, "batch")
        for (id, reason) in row.reasons {
            let seen = try await bench.plan([
                person(
                    (row.after + row.before).first {
                        person($0).key.id == id
                    } ?? id
                )
            ])
            #expect(seen.changes.isEmpty)
            #expect(seen.decision(.lineManager)?.reason == reason)
            #expect(seen.decision(.lineManager)?.verdict == .wait)
        }
        #expect(step.changes.history.allSatisfy { $0.from != $0.to })
    }

    @Test(arguments: rows)
    func `managers follow the source's graph one by one, in any order`(row: GraphRow) async throws {
        for order in row.before.permutations.prefix(24) {
            for later in row.after.permutations {
                let bench = Bench()
                for text in order { try await bench.see(person(String(text.drop { $0 == "-" }))) }
                for text in order where text.hasPrefix("-") { try await bench.see(person(text)) }
                for text in later { try await bench.see(person(text)) }
                try await check(bench, row, "\(order), then \(later)")
            }
        }
    }

    @Test func `a manager who left is kept where the policy says so`() async throws {
        let bench = Bench()
        bench.policy.departedManager = .keep
        try await bench.see(person("A>B"), person("B"))
        try await bench.see(person("-B"))
        #expect(try await bench.manager(of: "A") == "B")
    }

    @Test func `silence about managers removes nobody`() async throws {
        let bench = Bench()
        try await bench.see(person("A>B"), person("B"))
        let step = try await bench.see(
            person("A").with { $0.managers = .notSupplied(.notGranted) }
        )
        #expect(step.decision(.lineManager)?.reason == .notGranted)
        #expect(try await bench.manager(of: "A") == "B")
    }

    @Test(arguments: [
        (Ownership.source, "B"), (.untilEdited, "C"), (.local, "C"), (.onceAtCreation, "C"),
    ])
    func `the same manager again leaves an edit as the owner says`(
        owner: Ownership,
        expected: String
    ) async throws {
        let bench = Bench()
        try await bench.see(person("A>B"), person("B"), person("C"))
        bench.policy.ownership = [.lineManager: owner]
        let other = try await bench.account("C").id
        try await bench.edit("A", .lineManager) { $0.lineManager = other }
        let step = try await bench.see(person("A>B"))
        #expect(try await bench.manager(of: "A") == expected)
        let edits = try await bench.account("A").localEdits
        #expect(edits.contains(.lineManager) == (expected == "C"))
        let reasons: [Ownership: Reason] = [
            .source: .sourceOwns, .untilEdited: .localEditStands, .local: .ownedLocally,
            .onceAtCreation: .setOnceAtCreation,
        ]
        #expect(step.decision(.lineManager)?.reason == reasons[owner])
        #expect(try await bench.plan([person("A>B")]).changes.isEmpty)
    }

    @Test(arguments: [
        (Ownership.source, "D"), (.untilEdited, "D"), (.local, "C"), (.onceAtCreation, "C"),
    ])
    func `another manager overrules an edit as the owner says`(
        owner: Ownership,
        expected: String
    ) async throws {
        let bench = Bench()
        try await bench.see(person("A>B"), person("B"), person("C"), person("D"))
        bench.policy.ownership = [.lineManager: owner]
        let other = try await bench.account("C").id
        try await bench.edit("A", .lineManager) { $0.lineManager = other }
        let step = try await bench.see(person("A>D"))
        #expect(try await bench.manager(of: "A") == expected)
        if owner == .untilEdited {
            #expect(step.decision(.lineManager)?.reason == .sourceChanged)
        }
        let edits = try await bench.account("A").localEdits
        #expect(edits.contains(.lineManager) == (expected == "C"))
    }

    @Test func `a manager supplied for the first time leaves an edit alone`() async throws {
        let bench = Bench()
        bench.policy.ownership = [.lineManager: .untilEdited]
        let silent = person("A").with { $0.managers = .notSupplied(.notGranted) }
        try await bench.see(silent, person("B"), person("C"))
        let other = try await bench.account("C").id
        try await bench.edit("A", .lineManager) { $0.lineManager = other }
        let step = try await bench.see(person("A>B"))
        #expect(try await bench.manager(of: "A") == "C")
        #expect(step.decision(.lineManager)?.reason == .localEditStands)
    }

    @Test func `an edit of a manager stands when others come and go`() async throws {
        let bench = Bench()
        bench.policy.ownership = [.lineManager: .untilEdited]
        try await bench.see(person("A>B"), person("B"), person("C"))
        let other = try await bench.account("C").id
        try await bench.edit("A", .lineManager) { $0.lineManager = other }
        for text in ["-B", "B", "C>A", "C"] { try await bench.see(person(text)) }
        #expect(try await bench.manager(of: "A") == "C")
    }

    @Test func `a manager who ends on a day ends that day`() async throws {
        let bench = Bench()
        let ending = person("A>B").with {
            $0.managers = .value([
                ManagerEntry(key: .staff("B"), term: Term(end: .at("2026-09-10")))
            ])
        }
        try await bench.see(ending, person("B"))
        #expect(try await bench.link(.staff("A")).replanOn == .at("2026-09-11"))
        bench.today = .at("2026-09-10")
        #expect(try await bench.see(ending).changes.isEmpty)
        bench.today = .at("2026-09-11")
        try await bench.see(ending)
        #expect(try await bench.manager(of: "A") == nil)
        #expect(try await bench.link(.staff("A")).replanOn == nil)
    }
}
