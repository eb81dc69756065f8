import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what is forgotten with time.
    static let retentionLaws: [ConformanceLaw] = [
        ConformanceLaw("history is forgotten from its old end, a few rows at a time") { bench in
            try await bench.open(.named("A", "B", id: 1), .named("C", "D", id: 2))
            for (number, at) in [1, 2, 9, 3, 4].enumerated() {
                try await bench.apply(at: Int64(at)) {
                    $0.history = [.about(Int64(1 + number % 2), to: "\(at)")]
                }
            }
            func forget(_ limit: Int) async throws -> Int {
                let before = Timestamp(milliseconds: 5)
                return try await bench.store.forgetHistory(
                    of: .standard,
                    before: before,
                    limit: limit
                )
            }
            try requireEqual(try await forget(1), 1, "the first")
            try requireEqual(try await forget(9), 1, "up to the young one")
            try requireEqual(try await forget(9), 0, "behind the young one")
            let rows = try await bench.store.history(of: AccountID(1)).map(\.entry.to)
            try requireEqual(rows, ["9", "4"], "what is left")
            let seen = try await bench.store.changes(after: 0, of: .standard, in: nil, limit: 9)
            try await bench.apply { $0.history = [.about(1, to: "new")] }
            let last = seen.last?.position ?? 0
            let new = try await bench.store.changes(after: last, of: .standard, in: nil, limit: 9)
            try requireEqual(new.map(\.change.entry.to), ["new"], "what came after")
        },
        ConformanceLaw("runs are forgotten but for those that others go by") { bench in
            let states: [(RunState, Bool)] = [
                (.completed, true), (.failed, false), (.completed, true), (.held, true),
                (.cancelled, false), (.failed, false),
            ]
            for (number, (state, isComplete)) in states.enumerated() {
                var run = bench.run(Int64(70 + number), at: Int64(number))
                try await bench.begin(run)
                run.state = state
                run.isComplete = isComplete
                try await bench.store.update(run)
            }
            try await bench.begin(bench.run(90, at: 6))
            try await bench.begin(bench.run(91, at: 0, of: bench.second))
            var forgotten: [Int] = []
            for _ in 1...3 {
                forgotten.append(
                    try await bench.store.forgetRuns(
                        of: bench.school.connection,
                        before: Timestamp(milliseconds: 5),
                        limit: 2
                    )
                )
            }
            try requireEqual(forgotten, [2, 1, 0], "how many")
            let left = try await bench.store.runs(of: bench.school.connection, limit: 9)
            try requireEqual(left.map(\.id.value), [90, 75, 73, 72], "what is left")
        },
    ]
}
