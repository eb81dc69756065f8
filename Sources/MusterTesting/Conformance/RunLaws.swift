import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of runs: how they begin, join, go on and end.
    static let runLaws: [ConformanceLaw] = [
        ConformanceLaw("a run that begins is kept as it is") { bench in
            let run = bench.run(70, at: 5)
            try requireEqual(try await bench.begin(run), .begun, "the start")
            try requireEqual(try await bench.store.run(run.id), run, "the run")
            try requireEqual(try await bench.store.run(RunID(71)), nil, "another run")
        },
        ConformanceLaw("a run reads back as it was updated") { bench in
            let states = [RunState.running, .completed, .held, .failed, .cancelled]
            let troubles = [nil, "", "The MIS said \u{0} e\u{301}."] as [String?]
            for (number, state) in states.enumerated() {
                var run = bench.run(Int64(70 + number), at: Int64(number))
                try await bench.begin(run, aliveSince: Int64(number))
                for _ in 1...2 {
                    run.aliveAt = run.aliveAt.advanced(by: .seconds(1))
                    run.isComplete.toggle()
                    run.isCounted = !run.isComplete
                    run.counts.seen += 1 << 40
                    run.trouble = troubles[number % 3]
                    try await bench.store.update(run)
                    try requireEqual(try await bench.store.run(run.id), run, "the run going on")
                }
                run.state = state
                run.endedAt = state == .running ? nil : run.aliveAt
                try await bench.store.update(run)
                try requireEqual(try await bench.store.run(run.id), run, "the run \(state)")
                run.state = .completed
                if state == .running { try await bench.store.update(run) }
            }
        },
        ConformanceLaw("every count of a run comes back") { bench in
            var run = bench.run(70)
            run.trouble = "It began badly."
            run.counts.requests = 3
            run.counts.missing = 2
            try await bench.begin(run)
            try requireEqual(try await bench.store.run(run.id), run, "the run that began")
            let counts: [WritableKeyPath<RunCounts, Int>] = [
                \.seen, \.unchanged, \.changed, \.created, \.restored, \.suspended, \.held,
                \.disputed, \.failed, \.followed, \.requests,
            ]
            for (number, path) in counts.enumerated() {
                run.counts = RunCounts()
                run.counts[keyPath: path] = number + 1
                try await bench.store.update(run)
                try requireEqual(try await bench.store.run(run.id), run, "the run \(number)")
            }
            for (number, reason) in UnlinkedReason.allCases.enumerated() {
                run.counts.ignored[reason] = number + 1
            }
            run.trouble = nil
            try await bench.store.update(run)
            try requireEqual(try await bench.store.run(run.id), run, "the reasons")
        },
        ConformanceLaw("what a run read, and why, comes back") { bench in
            var run = bench.run(70)
            run.kind = .delta
            try await bench.begin(run)
            try requireEqual(try await bench.store.run(run.id), run, "the run that began")
            let reasons = FullReason.allCases.map(Optional.some) + [nil]
            for (kind, why) in RunKind.allCases.flatMap({ kind in reasons.map { (kind, $0) } }) {
                run.kind = kind
                run.why = why
                try await bench.store.update(run)
                try requireEqual(try await bench.store.run(run.id), run, "the run \(kind)")
            }
        },
        ConformanceLaw("what a run was asked to do comes back") { bench in
            let orders = [
                SyncOrder(), SyncOrder(onlyChanges: true), SyncOrder(isPreview: true),
                SyncOrder(comparesAll: true), SyncOrder(isPreview: true, comparesAll: true),
                SyncOrder(plan: PlanID("00000000000000ab")),
            ]
            for (number, order) in orders.enumerated() {
                var run = bench.run(Int64(70 + number), at: Int64(number))
                run.order = order
                try await bench.begin(run)
                try requireEqual(try await bench.store.run(run.id), run, "the run that began")
                run.state = .failed
                try await bench.store.update(run)
                try requireEqual(try await bench.store.run(run.id), run, "the run that ended")
            }
        },
        ConformanceLaw("whose ids a run found changed comes back, and is found with it") { bench in
            var run = bench.run(70)
            try await bench.begin(run)
            let ids = ["", "A\nB", "\u{0}", "\\", "e\u{301}"]
            for (school, kind) in zip(
                [bench.school, bench.second, bench.school],
                PersonKind.allCases
            ) {
                var school = school
                school = SchoolKey(connection: run.connection, school: school.school + "\\\n")
                for formerIDs in [[], ids] {
                    run.changedIDs.append(
                        ChangedIDs(
                            school: school,
                            kind: kind,
                            withoutRecord: 1 << 40,
                            formerIDs: formerIDs
                        )
                    )
                }
                try await bench.store.update(run)
                try requireEqual(try await bench.store.run(run.id), run, "the run going on")
            }
            run.state = .held
            try await bench.store.update(run)
            let newest = try await bench.store.newestRun(of: run.connection, .full)
            try requireEqual(newest, run, "the newest")
            try requireEqual(newest?.changedIDs.last?.formerIDs, ids, "the ids")
        },
        // As they were begun: the clock of the second was ahead.
        ConformanceLaw("runs of a connection are listed, the newest first") { bench in
            for (id, at) in [(70, 5), (71, 9), (73, 7), (72, 7)] as [(Int64, Int64)] {
                try await bench.finish(bench.run(id, at: at), as: .failed)
            }
            try await bench.finish(bench.run(80, at: 8, of: bench.second))
            for (limit, expected) in [(9, [72, 73, 71, 70]), (2, [72, 73]), (0, [])]
                as [(Int, [Int64])]
            {
                let runs = try await bench.store.runs(of: bench.school.connection, limit: limit)
                try requireEqual(runs.map(\.id.value), expected, "up to \(limit)")
            }
            let newest = try await bench.store.runs(of: bench.second.connection, limit: 1)
            let same = try await bench.store.run(RunID(80))
            try requireEqual(newest.first, same, "the run of the other connection")
        },
        ConformanceLaw("a run joins one of its connection that is alive") { bench in
            var first = bench.run(70, at: 5)
            try await bench.begin(first)
            let joined = try await bench.begin(bench.run(71), aliveSince: 5)
            try requireEqual(joined, .joined(first), "the second start")
            try requireEqual(try await bench.store.run(RunID(71)), nil, "the second run")
            first.aliveAt = Timestamp(milliseconds: 50)
            try await bench.store.update(first)
            let again = try await bench.begin(bench.run(72), aliveSince: 50)
            try requireEqual(again, .joined(first), "the third start")
            let other = try await bench.begin(bench.run(73, of: bench.second), aliveSince: 5)
            try requireEqual(other, .begun, "the start of another connection")
        },
        ConformanceLaw("a run that shows no life is failed, and what it staged is gone") { bench in
            let dead = bench.run(70, at: 5)
            try await bench.begin(dead)
            try await bench.stage(bench.record("S1"), email: Bench.stagedEmail, in: dead)
            try requireEqual(
                try await bench.begin(bench.run(71, at: 9), aliveSince: 6),
                .begun,
                "the start"
            )
            try requireEqual(try await bench.store.run(dead.id)?.state, .failed, "the dead run")
            try await bench.requireNothingStaged(in: dead)
            let joined = try await bench.begin(bench.run(72, at: 9), aliveSince: 9)
            try requireEqual(joined, .joined(bench.run(71, at: 9)), "the next start")
        },
        ConformanceLaw("a run that says it was alive long after now is dead") { bench in
            let minutes: Int64 = 60_000
            var first = bench.run(70)
            try await bench.begin(first)
            first.aliveAt = Timestamp(milliseconds: 60 * minutes)
            try await bench.store.update(first)
            let joined = try await bench.begin(bench.run(71, at: 50 * minutes))
            try requireEqual(joined, .joined(first), "the start ten minutes before")
            let begun = try await bench.begin(bench.run(72, at: 50 * minutes - 1))
            try requireEqual(begun, .begun, "the start of a clock set back")
            try requireEqual(try await bench.store.run(first.id)?.state, .failed, "the first run")
        },
        ConformanceLaw("a run that is over, or never began, goes no further") { bench in
            let dead = bench.run(70, at: 5)
            try await bench.begin(dead)
            try await bench.stage(bench.record("S1"), email: Bench.stagedEmail, in: dead)
            try await bench.begin(bench.run(71, at: 9), aliveSince: 6)
            try await bench.requireOver(dead)
            var alive = dead
            alive.aliveAt = Timestamp(milliseconds: 50)
            for state in [RunState.running, .completed, .failed] {
                alive.state = state
                let run = alive
                try await requireRefusal(.stale, "the update to \(state)") {
                    () throws(StoreError) in try await bench.store.update(run)
                }
            }
            var expected = dead
            expected.cutOff()
            try requireEqual(try await bench.store.run(dead.id), expected, "the run")
            let ends = [RunState.completed, .held, .preview, .failed, .cancelled]
            for (number, state) in ends.enumerated() {
                var run = bench.run(Int64(80 + number), at: 9, of: bench.second)
                try await bench.begin(run)
                run.state = state
                try await bench.store.update(run)
                try await bench.requireOver(run)
            }
            try await bench.requireOver(bench.run(99))
            let next = try await bench.begin(bench.run(73, at: 9), aliveSince: 9)
            try requireEqual(next, .joined(bench.run(71, at: 9)), "the next start")
        },
        ConformanceLaw(
            "a run whose connection was removed goes no further",
            needsConnections: true
        ) { bench in
            let run = bench.run(70)
            try await bench.begin(run)
            try await bench.stage(bench.record("S1"), email: Bench.stagedEmail, in: run)
            try await bench.connections.remove(bench.school.connection)
            try await bench.requireOver(run)
            try requireEqual(try await bench.store.run(run.id), nil, "the run")
        },
        ConformanceLaw("of runs that begin at once exactly one is begun") { bench in
            for round in 1...10 as ClosedRange<Int64> {
                let starts = try await withThrowingTaskGroup(of: RunStart.self) { group in
                    for number in 0..<4 as Range<Int64> {
                        group.addTask {
                            try await bench.begin(
                                bench.run(round * 10 + number, at: round),
                                aliveSince: round
                            )
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                try requireEqual(starts.count { $0 == .begun }, 1, "runs begun")
            }
        },
        ConformanceLaw("a run that goes on keeps that its end was asked for") { bench in
            var run = bench.run(1, at: 1)
            try await bench.begin(run)
            let asked = Timestamp(milliseconds: 5)
            try await bench.store.askToEnd(run.id, at: asked)
            run.counts.seen = 3
            try await bench.store.update(run)
            let kept = try await bench.store.run(run.id)
            try requireEqual(kept?.endAskedAt, asked, "while it goes on")
            try requireEqual(kept?.counts.seen, 3, "what was updated")
            run.state = .cancelled
            run.endedAt = asked
            try await bench.store.update(run)
            try await bench.store.askToEnd(run.id, at: Timestamp(milliseconds: 9))
            try requireEqual(
                try await bench.store.run(run.id)?.endAskedAt,
                asked,
                "once it is over"
            )
            try await bench.store.askToEnd(RunID(2), at: asked)
            let next = bench.run(2, at: 6)
            try await bench.begin(next)
            try requireEqual(try await bench.store.run(next.id)?.endAskedAt, nil, "of the next")
        },
    ]
}

extension Bench {
    /// Fails unless `run` may neither stage nor take.
    fileprivate func requireOver(_ run: Run, line: UInt = #line) async throws {
        let record = record("S1", email: Self.stagedEmail)
        let staged = StagedObservation(
            observation: record,
            email: Self.stagedEmail,
            isLinked: false
        )
        try await requireRefusal(.stale, "staging", line: line) { () throws(StoreError) in
            try await store.stage([staged], in: run.id)
        }
        try await requireRefusal(.stale, "taking", line: line) { () throws(StoreError) in
            _ = try await store.staged(in: run.id, limit: 9)
        }
        try await requireRefusal(.stale, "unstaging", line: line) { () throws(StoreError) in
            try await take([record.key.id], in: run.id)
        }
        try await requireRefusal(.stale, "hastening", line: line) { () throws(StoreError) in
            try await store.hasten([record.key], in: run.id)
        }
        try await requireRefusal(.stale, "updating", line: line) { () throws(StoreError) in
            try await store.update(run)
        }
        try await requireNothingStaged(in: run, line: line)
    }
}
