import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what runs stage.
    static let stagingLaws: [ConformanceLaw] = [
        ConformanceLaw("a run that ends makes way and throws away what it staged") { bench in
            for (number, state) in [RunState.completed, .held, .preview, .failed, .cancelled]
                .enumerated()
            {
                var run = bench.run(Int64(70 + number))
                try requireEqual(try await bench.begin(run), .begun, "the start")
                try await bench.stage(bench.record("S1"), email: Bench.stagedEmail, in: run)
                try await bench.store.update(run)
                try requireEqual(try await bench.stagedIDs(run), ["S1"], "staged while it goes on")
                run.state = state
                try await bench.store.update(run)
                try await bench.requireNothingStaged(in: run)
            }
        },
        ConformanceLaw("all that is staged can be looked at without taking any") { bench in
            let run = bench.run(70)
            try await bench.begin(run)
            for id in ["S3", "S1", "S4", "S2"] {
                try await bench.stage(bench.record(id), email: nil, in: run)
            }
            var seen: [String] = []
            var after: SourceKey?
            repeat {
                let page = try await bench.store.staged(in: run.id, after: after, limit: 3)
                seen += page.map(\.observation.key.id)
                after = page.last?.observation.key
            } while after != nil
            try requireEqual(seen.sorted(), ["S1", "S2", "S3", "S4"], "each of them once")
            try requireEqual(try await bench.stagedIDs(run).count, 4, "what is still staged")
        },
        ConformanceLaw("staged observations come linked ones first, then by id") { bench in
            let run = bench.run(70)
            let other = bench.run(71, of: bench.second)
            try await bench.begin(run)
            try await bench.begin(other)
            for (id, linked) in [("S3", false), ("S4", true), ("S1", false), ("S2", true)] {
                try await bench.stage(bench.record(id), email: nil, linked: linked, in: run)
            }
            try await bench.stage(bench.record("S0"), email: nil, in: other)
            try requireEqual(try await bench.stagedIDs(run), ["S2", "S4", "S1", "S3"], "all")
            try requireEqual(try await bench.stagedIDs(run, limit: 3), ["S2", "S4", "S1"], "three")
            try await bench.take(["S4", "S1", "S9"], in: run.id)
            try requireEqual(try await bench.stagedIDs(run), ["S2", "S3"], "what was not taken")
            try requireEqual(try await bench.stagedIDs(other), ["S0"], "the other run's")
        },
        ConformanceLaw("staged observations of one sort come by turn, then by id") { bench in
            let run = bench.run(70)
            try await bench.begin(run)
            let rows: [(String, Bool, StagedTurn)] = [
                ("S1", false, .others), ("S2", false, .managers), ("S3", true, .others),
                ("S4", false, .top), ("S5", false, .others), ("S6", false, .managers),
            ]
            let staged = rows.map { id, isLinked, turn in
                StagedObservation(
                    observation: bench.record(id),
                    email: nil,
                    isLinked: isLinked,
                    turn: turn
                )
            }
            try await bench.store.stage(staged, in: run.id)
            let order = ["S3", "S4", "S2", "S6", "S1", "S5"]
            try requireEqual(try await bench.stagedIDs(run), order, "as staged")
            let found = try await bench.store.staged(in: run.id, limit: 9)
            try requireEqual(
                found.map(\.turn),
                [.others, .top, .managers, .managers, .others, .others],
                "the turns"
            )
            try await bench.store.hasten(["S5", "S4", "S9"].map(bench.staff), in: run.id)
            let hastened = ["S3", "S4", "S2", "S5", "S6", "S1"]
            try requireEqual(try await bench.stagedIDs(run), hastened, "once hastened")
        },
        ConformanceLaw("what was staged is taken with the change that came of it, or not at all") {
            bench in
            let run = bench.run(70)
            try await bench.begin(run)
            for id in ["S1", "S2"] {
                try await bench.stage(bench.record(id), email: nil, in: run)
            }
            let account = Account.named("Amara", "Abdi", id: 1)
            try await bench.apply(run: run.id) {
                $0.accounts = [AccountWrite(after: account, before: nil)]
                $0.unstaged = [bench.staff("S1")]
            }
            try requireEqual(try await bench.stagedIDs(run), ["S2"], "what was not taken")
            // The account is there already: nothing of this is done.
            try await requireRefusal(.stale, "the same again") { () throws(StoreError) in
                try await bench.apply(run: run.id) {
                    $0.accounts = [AccountWrite(after: account, before: nil)]
                    $0.unstaged = [bench.staff("S2")]
                }
            }
            try requireEqual(try await bench.stagedIDs(run), ["S2"], "after the refusal")
            try await bench.begin(bench.run(71, at: 9), aliveSince: 6)
            let other = Account.named("Bella", "Abdi", id: 2)
            try await requireRefusal(.stale, "a run that was taken over") {
                () throws(StoreError) in
                try await bench.apply(run: run.id) {
                    $0.accounts = [AccountWrite(after: other, before: nil)]
                    $0.unstaged = [bench.staff("S2")]
                }
            }
            let view = try await bench.view { $0.accounts = [other.id] }
            try requireEqual(view.accounts[other.id], nil, "the account of the refused change")
            try await requireRefusal(.stale, "no run at all") { () throws(StoreError) in
                try await bench.apply { $0.unstaged = [bench.staff("S2")] }
            }
        },
        ConformanceLaw("what a run has come to is kept with the change that brought it there") {
            bench in
            let run = bench.run(70)
            try await bench.begin(run)
            let account = Account.named("Amara", "Abdi", id: 1)
            var counts = RunCounts()
            counts.created = 1
            let first = counts
            try await bench.apply(run: run.id) {
                $0.accounts = [AccountWrite(after: account, before: nil)]
                $0.counts = first
            }
            try requireEqual(try await bench.store.run(run.id)?.counts, first, "the counts")
            counts.created = 2
            let second = counts
            // The account is there already: nothing of this is done.
            try await requireRefusal(.stale, "the same again") { () throws(StoreError) in
                try await bench.apply(run: run.id) {
                    $0.accounts = [AccountWrite(after: account, before: nil)]
                    $0.counts = second
                }
            }
            try requireEqual(try await bench.store.run(run.id)?.counts, first, "once refused")
            try await bench.begin(bench.run(71, at: 9), aliveSince: 6)
            let other = Account.named("Bella", "Abdi", id: 2)
            try await requireRefusal(.stale, "a run that was taken over") {
                () throws(StoreError) in
                try await bench.apply(run: run.id) {
                    $0.accounts = [AccountWrite(after: other, before: nil)]
                    $0.counts = second
                }
            }
            let view = try await bench.view { $0.accounts = [other.id] }
            try requireEqual(view.accounts[other.id], nil, "the account of the refused change")
            try requireEqual(try await bench.store.run(run.id)?.counts, first, "of who lost it")
        },
        ConformanceLaw("a record staged twice keeps the later answer") { bench in
            let run = bench.run(70)
            try await bench.begin(run)
            try await bench.stage(bench.record("S1"), email: "a@school.example", in: run)
            let later = bench.record("S1", email: "b@school.example", sequence: 2)
            try await bench.stage(later, email: "b@school.example", linked: true, in: run)
            let expected = StagedObservation(
                observation: later,
                email: "b@school.example",
                isLinked: true
            )
            let found = try await bench.store.staged(in: run.id, limit: 9)
            try requireExact(found, [expected], "the staged")
            let old = try await bench.claims(of: "a@school.example", run: run.id)
            try requireEqual(old, nil, "the claims of the earlier answer")
        },
    ]
}

extension Bench {
    static let stagedEmail = "staged@school.example"

    /// Fails where an observation staged in `run` still claims its address.
    func requireNothingStaged(in run: Run, line: UInt = #line) async throws {
        let claims = try await claims(of: Self.stagedEmail, run: run.id)
        try requireEqual(claims, nil, "the claims of what \(run.id) staged", line: line)
    }

    func stagedIDs(_ run: Run, limit: Int = 100) async throws -> [String] {
        try await store.staged(in: run.id, limit: limit).map(\.observation.key.id)
    }
}
