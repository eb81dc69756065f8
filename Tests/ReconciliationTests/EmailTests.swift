import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// People by their letter, the addresses their source states now, and those they hold in the end.
///
/// At first `a` holds `a@school.example`; a letter stands for such an address.
struct MoveRow: Sendable, CustomTestStringConvertible {
    var what: String
    var moves: [Character: Character]
    var left: Set<Character> = []
    var suspended: Set<Character> = []
    var expected: [Character: Character?]

    var testDescription: String { what }
}

@Suite struct EmailTests {
    static let rows: [MoveRow] = [
        MoveRow(what: "a free address", moves: ["a": "x"], expected: ["a": "x"]),
        MoveRow(what: "a swap", moves: ["a": "b", "b": "a"], expected: ["a": "b", "b": "a"]),
        MoveRow(
            what: "a ring of three",
            moves: ["a": "b", "b": "c", "c": "a"],
            expected: ["a": "b", "b": "c", "c": "a"]
        ),
        MoveRow(
            what: "a chain that ends free",
            moves: ["a": "b", "b": "c", "c": "x"],
            expected: ["a": "b", "b": "c", "c": "x"]
        ),
        MoveRow(
            what: "a chain that ends with a leaver",
            moves: ["a": "b", "b": "c", "c": "c"],
            left: ["c"],
            expected: ["a": "b", "b": "c", "c": nil]
        ),
        MoveRow(
            what: "a chain that ends with somebody who stays",
            moves: ["a": "b", "b": "c", "c": "c"],
            expected: ["a": "a", "b": "b", "c": "c"]
        ),
        MoveRow(
            what: "a chain that ends with somebody an administrator suspended",
            moves: ["a": "b", "b": "c", "c": "c"],
            suspended: ["c"],
            expected: ["a": "a", "b": "b", "c": "c"]
        ),
        MoveRow(
            what: "one address for two",
            moves: ["a": "x", "b": "x"],
            expected: ["a": "a", "b": "b"]
        ),
        MoveRow(
            what: "one address for two, of which one would free another",
            moves: ["a": "x", "b": "x", "c": "a"],
            expected: ["a": "a", "b": "b", "c": "c"]
        ),
        MoveRow(
            what: "a swap beside somebody who asks for one of them",
            moves: ["a": "b", "b": "a", "c": "a"],
            expected: ["a": "a", "b": "b", "c": "c"]
        ),
        MoveRow(
            what: "two swaps",
            moves: ["a": "b", "b": "a", "c": "d", "d": "c"],
            expected: ["a": "b", "b": "a", "c": "d", "d": "c"]
        ),
        MoveRow(
            what: "a leaver's address while she keeps another's",
            moves: ["a": "b", "b": "x"],
            left: ["b"],
            expected: ["a": "b", "b": nil]
        ),
    ]

    private func observations(_ row: MoveRow) -> [Observation] {
        row.expected.keys.sorted().map { letter in
            let stated = row.moves[letter] ?? letter
            let observation = Observation.staff(
                "\(letter)",
                forename: "\(letter)",
                surname: "\(letter)",
                email: "\(stated)@school.example"
            )
            return row.left.contains(letter) ? observation.leaving : observation
        }
    }

    private func school(_ row: MoveRow) async throws -> Bench {
        let bench = Bench()
        for letter in row.expected.keys.sorted() {
            let person = Observation.staff(
                "\(letter)",
                forename: "\(letter)",
                surname: "\(letter)"
            )
            try await bench.see(person)
            if row.suspended.contains(letter) {
                try await bench.edit("\(letter)") { $0.status = .suspended(by: .administrator) }
            }
        }
        return bench
    }

    private func check(_ bench: Bench, _ row: MoveRow, _ note: String) async throws {
        for (letter, expected) in row.expected {
            let held = try await bench.account("\(letter)").email
            #expect(held == expected.map { "\($0)@school.example" }, "\(letter), \(note)")
        }
    }

    @Test(arguments: rows)
    func `addresses change hands in one batch`(row: MoveRow) async throws {
        let bench = try await school(row)
        let step = try await bench.see(observations(row))
        try await check(bench, row, "batch")
        for plan in step.plans {
            let waits = plan.decisions.first { $0.field == .email }?.verdict == .wait
            let held = try await bench.account(plan.key.id).email
            let stated = row.moves[Character(plan.key.id)].map { "\($0)@school.example" }
            if !row.left.contains(Character(plan.key.id)) {
                #expect(waits == (stated != nil && held != stated), "\(plan.key.id)")
            }
        }
        #expect(try await bench.plan(observations(row)).changes.isEmpty)
    }

    @Test(arguments: rows)
    func `addresses change hands one by one, in any order`(row: MoveRow) async throws {
        for order in observations(row).permutations {
            let bench = try await school(row)
            // With two who state one address, the first would have it before the second speaks.
            let isContested = Set(row.moves.values).count < row.moves.count
            for _ in 1...2 { for observation in order { try await bench.see(observation) } }
            if !isContested {
                try await check(bench, row, "order \(order.map(\.key.id))")
            }
            let batch = try await bench.plan(order)
            #expect(batch.changes.isEmpty, "order \(order.map(\.key.id))")
        }
    }

    @Test func `a waiting address is not forgotten where the next answer says nothing of it`()
        async throws
    {
        let bench = Bench()
        try await bench.see(.staff("a"), .staff("b"))
        let asking = Observation.staff("a", email: "b@school.example")
        try await bench.see(asking)
        #expect(try await bench.link(.staff("a")).awaitedEmail == "b@school.example")
        for silence in [Observed<String>.notSupplied(.notGranted), .value(" "), .value("none")] {
            try await bench.see(asking.with { $0.email = silence })
            #expect(try await bench.link(.staff("a")).awaitedEmail == "b@school.example")
        }
        try await bench.see(.staff("b", email: "x@school.example"))
        #expect(try await bench.emails("a", "b") == ["b@school.example", "x@school.example"])
    }

    @Test func `a wish that the source withdrew is withdrawn`() async throws {
        let bench = Bench()
        try await bench.see(.staff("a"), .staff("b"))
        try await bench.see(.staff("a", email: "b@school.example"))
        try await bench.see(.staff("a"))
        #expect(try await bench.link(.staff("a")).awaitedEmail == nil)
        try await bench.see(.staff("b", email: "x@school.example"))
        #expect(try await bench.emails("a", "b") == ["a@school.example", "x@school.example"])
    }

    @Test func `a holder of whom nothing but a name was said keeps her address`() async throws {
        let bench = Bench()
        try await bench.see(.staff("a"), .staff("b"), .staff("c"))
        try await bench.see(.staff("a", email: "b@school.example"))
        // In one step b's name changes and c moves, so that wishes are looked at again.
        let silent = Observation.staff("b", surname: "Żak").with {
            $0.email = .notSupplied(.notGranted)
        }
        try await bench.see(silent, .staff("c", email: "x@school.example"))
        #expect(
            try await bench.emails("a", "b", "c")
                == ["a@school.example", "b@school.example", "x@school.example"]
        )
        #expect(try await bench.account("b").surname == "Żak")
    }

    @Test func `an address given up is remembered for each of a ring`() async throws {
        let bench = Bench()
        try await bench.see(.staff("a"), .staff("b"))
        let step = try await bench.see(
            .staff("a", email: "b@school.example"),
            .staff("b", email: "a@school.example")
        )
        let former = Set(step.changes.formerEmails.map(\.email))
        #expect(former == ["a@school.example", "b@school.example"])
        #expect(step.changes.formerEmails.count == 2)
        let rows = step.changes.history.filter { $0.field == .email }
        #expect(Set(rows.map(\.from)) == ["a@school.example", "b@school.example"])
        #expect(rows.count == 2)
    }

    @Test func `somebody who waits is served when the holder leaves`() async throws {
        let bench = Bench()
        try await bench.see(.staff("a"), .staff("b"))
        try await bench.see(.staff("a", email: "b@school.example"))
        try await bench.see(Observation.staff("b").leaving)
        #expect(try await bench.emails("a", "b") == ["b@school.example", nil])
    }

    @Test func `an address edited here is not the source's while the edit stands`() async throws {
        let bench = Bench()
        bench.policy.ownership = [.email: .untilEdited]
        try await bench.see(.staff("a"))
        try await bench.edit("a", .email) { $0.email = "edit@school.example" }
        #expect(try await bench.see(.staff("a")).decision(.email)?.reason == .localEditStands)
        try await bench.see(.staff("a", email: "new@school.example"))
        #expect(try await bench.emails("a") == ["new@school.example"])
    }
}

extension Array {
    /// The elements in every order.
    var permutations: [[Element]] {
        guard let first else { return [[]] }
        return Array(dropFirst()).permutations.flatMap { rest in
            (0...rest.count).map { Array(rest[..<$0]) + [first] + Array(rest[$0...]) }
        }
    }
}
