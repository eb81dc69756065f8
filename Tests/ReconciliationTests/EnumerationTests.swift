import Accounts
import MusterTesting
import Reconciliation
import Roster
import Testing

/// Every small school there is: three people, whoever manages whom, whoever left, in every order.
@Suite struct EnumerationTests {
    private static let names = ["A", "B", "C"]

    /// Whom each of the three names, nil for nobody, and who of them left.
    struct Graph: Sendable, CustomTestStringConvertible {
        var managers: [Int?]
        var left: [Bool]

        var testDescription: String {
            zip(managers, left).enumerated().map { index, person in
                let manager = person.0.map { ">\(EnumerationTests.names[$0])" } ?? ""
                return "\(person.1 ? "-" : "")\(EnumerationTests.names[index])\(manager)"
            }.joined(separator: " ")
        }

        /// The graph numbered `number` of all there are.
        init(managers number: Int, left mask: Int) {
            managers = [number % 4, number / 4 % 4, number / 16 % 4].map { $0 == 3 ? nil : $0 }
            left = [mask & 1, mask & 2, mask & 4].map { $0 != 0 }
        }

        var observations: [Observation] {
            (0..<3).map { index in
                let name = EnumerationTests.names[index]
                let observation = Observation.staff(
                    name,
                    forename: name,
                    surname: name,
                    managers: managers[index].map { [EnumerationTests.names[$0]] } ?? []
                )
                return left[index] ? observation.leaving : observation
            }
        }

        /// Who manages each of those who are still there, judged on the whole graph.
        var expected: [Int?] {
            (0..<3).map { index in
                guard !left[index], let manager = managers[index], !left[manager] else {
                    return nil
                }
                var seen: Set<Int> = []
                var above: Int? = manager
                while let next = above, seen.insert(next).inserted {
                    if next == index { return nil }
                    above = left[next] ? nil : managers[next]
                }
                return manager
            }
        }
    }

    private func school(_ graph: Graph) async throws -> Bench {
        let bench = Bench()
        try await bench.see(graph.observations)
        return bench
    }

    private func managers(_ bench: Bench, of graph: Graph) async throws -> [Int?] {
        var ids: [AccountID] = []
        var accounts: [Account] = []
        for name in Self.names {
            accounts.append(try await bench.account(name))
            ids.append(accounts[accounts.count - 1].id)
        }
        return zip(accounts, graph.left).map { account, left in
            left ? nil : account.lineManager.flatMap(ids.firstIndex)
        }
    }

    /// What the school was before: nobody managed, or all three in a ring.
    @Test(arguments: [63, 0b00_10_01], 0..<8)
    func `every graph comes out by batch and in every order of logins`(
        before: Int,
        mask: Int
    ) async throws {
        for number in 0..<64 {
            let graph = Graph(managers: number, left: mask)
            let batch = try await school(Graph(managers: before, left: 0))
            try await batch.see(graph.observations)
            let found = try await managers(batch, of: graph)
            #expect(found == graph.expected, "batch to \(graph.testDescription) from \(before)")
            let content = batch.store.snapshot()
            for order in graph.observations.permutations {
                let logins = try await school(Graph(managers: before, left: 0))
                for observation in order { try await logins.see(observation) }
                if let difference = logins.store.snapshot().difference(from: content) {
                    Issue.record(
                        "\(graph.testDescription) from \(before), by \(order.map(\.key.id)): \(difference)"
                    )
                }
            }
        }
    }

    /// Everybody takes one of four addresses, no two the same; some leave.
    @Test(arguments: 0..<8)
    func `every exchange of addresses comes out in every order`(mask: Int) async throws {
        let addresses = ["a", "b", "c", "x"].map { "\($0)@school.example" }
        for choice in addresses.permutations.map({ Array($0.prefix(3)) }) {
            let graph = Graph(managers: 63, left: mask)
            let wishes = zip(graph.observations, choice).map { observation, email in
                observation.with { $0.email = .value(email) }
            }
            let expected = zip(choice, graph.left).map { $1 ? nil : $0 }
            for order in [wishes] + wishes.permutations {
                let bench = try await school(Graph(managers: 63, left: 0))
                if order == wishes {
                    try await bench.see(order)
                } else {
                    for _ in 1...2 { for wish in order { try await bench.see(wish) } }
                }
                let held = try await bench.emails("A", "B", "C")
                let present = zip(held, graph.left).map { $1 ? nil : $0 }
                #expect(present == expected, "\(choice) \(mask) by \(order.map(\.key.id))")
            }
        }
    }
}
