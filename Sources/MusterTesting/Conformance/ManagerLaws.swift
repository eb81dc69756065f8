import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the graph of line managers that a view brings along.
    static let managerLaws = [
        ConformanceLaw("around a record come those who name it and everybody above") { bench in
            // E names D, who names A; A reports to B, B to C.
            try await bench.chain([("A", "B"), ("B", "C"), ("C", nil), ("D", "A"), ("E", "D")])
            try requireEqual(try await bench.around("A"), ["A", "B", "C", "D"], "around A")
            try requireEqual(try await bench.around("E"), ["E", "D", "A", "B", "C"], "around E")
            try requireEqual(try await bench.around("C"), ["C", "B"], "around C")
        },
        ConformanceLaw("above a record come she and everybody above, nobody who names her") {
            bench in
            try await bench.chain([("A", "B"), ("B", "C"), ("C", nil), ("D", "A"), ("E", "D")])
            for (asked, found) in [("A", "ABC"), ("E", "EDABC"), ("C", "C"), ("Z", "")] {
                let view = try await bench.view { $0.managersAbove = [bench.staff(asked)] }
                let ids = Set(view.links.keys.map(\.id))
                try requireEqual(ids, Set(found.map(String.init)), "above \(asked)")
            }
            let both = try await bench.view {
                $0.managersAround = [bench.staff("D")]
                $0.managersAbove = [bench.staff("B")]
            }
            let ids = Set(both.links.keys.map(\.id))
            try requireEqual(ids, ["A", "B", "C", "D", "E"], "around D and above B")
        },
        ConformanceLaw("nobody else comes along with a graph of managers") { bench in
            try await bench.chain([("A", "B"), ("B", nil), ("C", "B"), ("D", nil)])
            let view = try await bench.view { $0.managersAround = [bench.staff("A")] }
            try requireEqual(Set(view.accounts.keys.map(\.value)), [1, 2], "the accounts")
        },
        ConformanceLaw("whoever was seen before is left out, and leads to others all the same") {
            bench in
            try await bench.chain([("A", "B"), ("B", "C"), ("C", nil)])
            let seen = try await bench.view { $0.managersAbove = [bench.staff("B")] }
            let rest = try await bench.view {
                $0.managersAround = [bench.staff("B")]
                $0.seen = Set(seen.accounts.keys)
            }
            try requireEqual(Set(rest.links.keys.map(\.id)), ["A"], "the links")
            try requireEqual(Set(rest.accounts.keys.map(\.value)), [1], "the accounts")
        },
        ConformanceLaw("a loop of managers comes whole, and once") { bench in
            try await bench.chain([("A", "B"), ("B", "C"), ("C", "A"), ("D", "D"), ("E", "A")])
            try requireEqual(try await bench.around("A"), ["A", "B", "C", "E"], "around A")
            try requireEqual(try await bench.around("D"), ["D"], "around D")
        },
        ConformanceLaw("a record without a link is still named by those who report to it") {
            bench in
            try await bench.chain([("A", "Z"), ("B", "Y")])
            try requireEqual(try await bench.around("Z"), ["A"], "around Z")
            try requireEqual(try await bench.around("Y", "Z"), ["A", "B"], "around both")
        },
        ConformanceLaw("those who left or are absent still name their manager") { bench in
            try await bench.chain([("A", nil)])
            for (number, state) in [LinkState.absent, .left(.notCurrent), .outOfScope].enumerated()
            {
                let id = "L\(number)"
                try await bench.open(Int64(number + 50), linkedTo: [bench.record(id)]) {
                    $0.manager = bench.staff("A")
                    $0.state = state
                }
            }
            try requireEqual(try await bench.around("A"), ["A", "L0", "L1", "L2"], "around A")
        },
        ConformanceLaw("a manager's own chain goes on from the home link of her account") { bench in
            // A reports to B; B's account lives at H, in another school, and reports to M there.
            let home = Observation.staff("H", in: bench.second, sequence: 1)
            let chief = Observation.staff("M", in: bench.second, sequence: 1)
            try await bench.open(20, linkedTo: [home, bench.record("B")]) {
                $0.manager = $0.key == home.key ? chief.key : nil
            }
            try await bench.open(21, linkedTo: [chief])
            try await bench.chain([("A", "B")])
            try requireEqual(try await bench.around("A"), ["A", "B", "H", "M"], "around A")
            let view = try await bench.view { $0.managersAround = [bench.staff("A")] }
            try requireEqual(Set(view.accounts.keys.map(\.value)), [1, 20, 21], "the accounts")
        },
        ConformanceLaw("the graph follows what managers become") { bench in
            try await bench.chain([("A", "B"), ("B", nil), ("C", nil)])
            let link = try await bench.link(bench.staff("A"))
            try await bench.change(link.with { $0.manager = bench.staff("C") }, base: 1)
            try requireEqual(try await bench.around("A"), ["A", "C"], "around A")
            try requireEqual(try await bench.around("B"), ["B"], "around B")
            try requireEqual(try await bench.around("C"), ["A", "C"], "around C")
        },
        ConformanceLaw("a change planned on the graph of managers as it is is done") { bench in
            try await bench.chain([("A", "B"), ("B", nil), ("C", "Z"), ("D", "B")])
            var graph = ManagerGraph()
            for id in ["A", "B", "C"] { graph.nodes[bench.staff(id)] = try await bench.node(id) }
            graph.missing = [bench.staff("Z"), bench.staff("Y")]
            graph.dependents[bench.staff("B")] = [bench.staff("A"), bench.staff("D")]
            graph.dependents[bench.staff("Z")] = [bench.staff("C")]
            graph.dependents[bench.staff("Y")] = []
            try await bench.tryWriting(on: graph)
        },
        ConformanceLaw("a change planned on another graph of managers is refused, and nothing done")
        {
            bench in
            try await bench.chain([("A", "B"), ("B", nil), ("C", "Z")])
            let node = try await bench.node("A")
            let (a, b, z) = (bench.staff("A"), bench.staff("B"), bench.staff("Z"))
            let others: [(String, (inout ManagerGraph) -> Void)] = [
                ("another account", { $0.nodes[a] = node.with { $0.account = AccountID(2) } }),
                ("another version", { $0.nodes[a] = node.with { $0.version += 1 } }),
                ("another manager", { $0.nodes[a] = node.with { $0.manager = z } }),
                ("an unheard-of manager", { $0.nodes[a] = node.with { $0.manager = .staff("?") } }),
                ("no manager", { $0.nodes[a] = node.with { $0.manager = nil } }),
                ("another state", { $0.nodes[a] = node.with { $0.isPresent = false } }),
                ("a link that is none", { $0.nodes[z] = node }),
                ("a link where there is one", { $0.missing = [z, b] }),
                ("one more who names her", { $0.dependents[b] = [] }),
                ("somebody else who names her", { $0.dependents[b] = [z] }),
                ("one less who names her", { $0.dependents[b] = [a, z] }),
                ("somebody who names a stranger", { $0.dependents[.staff("?")] = [a] }),
            ]
            for (name, change) in others {
                var graph = ManagerGraph()
                change(&graph)
                try await requireRefusal(.stale, name) { () throws(StoreError) in
                    try await bench.tryWriting(on: graph)
                }
            }
            try requireEqual(try await bench.account(3).surname, "Abdi", "the surname")
        },
    ]
}

extension ManagerGraph.Node {
    fileprivate func with(_ change: (inout Self) -> Void) -> Self {
        var changed = self
        change(&changed)
        return changed
    }
}

extension Bench {
    /// Makes an account for each record, with the manager it names.
    fileprivate func chain(_ reports: [(id: String, manager: String?)]) async throws {
        for (number, report) in reports.enumerated() {
            try await open(Int64(number + 1), linkedTo: [record(report.id)]) {
                $0.manager = report.manager.map(staff)
            }
        }
    }

    fileprivate func node(_ id: String) async throws -> ManagerGraph.Node {
        let link = try await link(staff(id))
        return ManagerGraph.Node(link, of: try await account(link.account.value))
    }

    /// Gives the third account another surname in a change that was planned on `graph`.
    fileprivate func tryWriting(on graph: ManagerGraph) async throws(StoreError) {
        let id = AccountID(3)
        var request = ViewRequest(tenant: .standard)
        request.accounts = [id]
        guard let before = try await store.view(request).accounts[id] else { throw .busy }
        var after = before
        after.surname = "Bello"
        try await apply {
            $0.accounts = [AccountWrite(after: after, before: before)]
            $0.managers = graph
        }
    }

    fileprivate func around(_ ids: String...) async throws -> Set<String> {
        let view = try await view { $0.managersAround = Set(ids.map(staff)) }
        return Set(view.links.keys.map(\.id))
    }
}
