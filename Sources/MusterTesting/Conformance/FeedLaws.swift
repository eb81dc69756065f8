import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of the feed of changes.
    static let feedLaws: [ConformanceLaw] = [
        ConformanceLaw("changes come in the order in which they were made, a page at a time") {
            bench in
            for id in 1...3 as ClosedRange<Int64> { try await bench.open(.named("A", "B", id: id)) }
            var expected: [DatedHistoryEntry] = []
            for (at, ids) in [(300, [2, 1, 2]), (100, [3]), (200, [1, 3])]
                as [(Int64, [Int64])]
            {
                expected += try await bench.write(ids.map(Bench.entry), at: at, run: RunID(at))
            }
            for limit in [1, 4, 100] {
                var found: [FeedEntry] = []
                var pages = 0
                repeat {
                    let page = try await bench.changes(
                        after: found.last?.position ?? 0,
                        limit: limit
                    )
                    try require(page.count <= limit, "\(page.count) rows for \(limit).")
                    found += page
                    pages += 1
                    guard !page.isEmpty else { break }
                } while pages < 20
                try requireExact(found.map(\.change), expected, "the changes, \(limit) at a time")
                let positions = found.map(\.position)
                try requireEqual(positions, Set(positions).sorted(), "the positions")
            }
            let none = try await bench.changes(after: 0, limit: 0)
            try requireEqual(none, [], "a page of nothing")
        },
        ConformanceLaw("changes are those of the tenant, and of whoever has a link into a school") {
            bench in
            let there = Observation.staff("T1", in: bench.second, sequence: 1)
            try await bench.open(1, linkedTo: [bench.record("S1")])
            try await bench.open(2, linkedTo: [there])
            try await bench.open(3, linkedTo: [bench.record("S3")]) { $0.state = .absent }
            try await bench.open(.named("A", "B", id: 4))
            let foreign = Observation.staff("C1", in: bench.foreign, sequence: 1)
            try await bench.open(5, linkedTo: [foreign], tenant: bench.stranger)
            for id in 1...4 as ClosedRange<Int64> {
                try await bench.write([Bench.entry(id)], at: id)
            }
            try await bench.write([Bench.entry(5)], at: 5, tenant: bench.stranger)
            let expected: [(SchoolKey?, TenantID, [Int64])] = [
                (nil, .standard, [1, 2, 3, 4]), (bench.school, .standard, [1, 3]),
                (bench.second, .standard, [2]), (nil, bench.stranger, [5]),
                (bench.school, bench.stranger, []), (bench.foreign, .standard, []),
            ]
            for (school, tenant, ids) in expected {
                let found = try await bench.changes(of: tenant, in: school)
                let accounts = found.map(\.change.entry.account.value)
                try requireEqual(accounts, ids, "the changes of \(tenant) in \(school as Any)")
            }
        },
        ConformanceLaw("a refused change is not among the changes") { bench in
            try await bench.open(.named("A", "B", id: 1))
            let wrong = try await bench.account(1).with { $0.version = 9 }
            try await requireRefusal(.stale, "the change") { () throws(StoreError) in
                try await bench.apply {
                    $0.accounts = [AccountWrite(after: wrong, before: wrong)]
                    $0.history = [Bench.entry(1)]
                }
            }
            try requireEqual(try await bench.changes(), [], "the changes")
        },
        ConformanceLaw("whoever reads on while others write misses no change") { bench in
            for id in 1...4 as ClosedRange<Int64> { try await bench.open(.named("A", "B", id: id)) }
            let rounds: Int64 = 25
            let found = try await withThrowingTaskGroup(of: [FeedEntry].self) { group in
                for id in 1...4 as ClosedRange<Int64> {
                    group.addTask {
                        for round in 0..<rounds {
                            try await bench.write([Bench.entry(id), Bench.entry(id)], at: round)
                        }
                        return []
                    }
                }
                group.addTask {
                    var found: [FeedEntry] = []
                    // Writers that never finish their work would be a failure of their own.
                    for _ in 0..<100_000 where found.count < Int(rounds) * 8 {
                        found += try await bench.changes(after: found.last?.position ?? 0, limit: 7)
                        await Task.yield()
                    }
                    return found
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let all = try await bench.changes(limit: 1000)
            try requireEqual(all.count, Int(rounds) * 8, "the changes in all")
            try requireEqual(found, all, "the changes that were read on the way")
        },
    ]
}

extension Bench {
    static func entry(_ account: Int64) -> HistoryEntry {
        HistoryEntry(
            account: AccountID(account),
            field: account == 1 ? nil : .surname,
            from: nil,
            to: "e\u{301}\u{0}",
            reason: "sourceOwns"
        )
    }

    @discardableResult
    fileprivate func write(
        _ entries: [HistoryEntry],
        at: Int64,
        run: RunID? = nil,
        tenant: TenantID = .standard
    ) async throws(StoreError) -> [DatedHistoryEntry] {
        try await apply(at: at, run: run, tenant: tenant) { $0.history = entries }
        return entries.map {
            DatedHistoryEntry(
                entry: $0,
                at: Timestamp(milliseconds: at),
                run: run,
                cause: .batch
            )
        }
    }

    func changes(
        after position: Int64 = 0,
        of tenant: TenantID = .standard,
        in school: SchoolKey? = nil,
        limit: Int = 100
    ) async throws(StoreError) -> [FeedEntry] {
        try await store.changes(after: position, of: tenant, in: school, limit: limit)
    }
}
