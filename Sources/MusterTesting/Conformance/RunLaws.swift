import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of runs and of what they stage.
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
                \.disputed, \.failed, \.requests,
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
        ConformanceLaw("runs of a connection are listed, the newest first") { bench in
            for (id, at) in [(70, 5), (71, 9), (73, 7), (72, 7)] as [(Int64, Int64)] {
                try await bench.finish(bench.run(id, at: at), as: .failed)
            }
            try await bench.finish(bench.run(80, at: 8, of: bench.second))
            for (limit, expected) in [(9, [71, 73, 72, 70]), (2, [71, 73]), (0, [])]
                as [(Int, [Int64])]
            {
                let runs = try await bench.store.runs(of: bench.school.connection, limit: limit)
                try requireEqual(runs.map(\.id.value), expected, "up to \(limit)")
            }
            let newest = try await bench.store.runs(of: bench.second.connection, limit: 1)
            let same = try await bench.store.run(RunID(80))
            try requireEqual(newest.first, same, "the run of the other connection")
        },
        ConformanceLaw("the newest run of a milestone is found, however many came after it") {
            bench in
            try await bench.reachMilestones()
        },
        ConformanceLaw("the runs of milestones are not forgotten") { bench in
            try await bench.forgetAroundMilestones()
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
            expected.state = .failed
            expected.endedAt = Timestamp(milliseconds: 9)
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
        ConformanceLaw("present links come by id, a page at a time") { bench in
            let states: [(String, LinkState)] = [
                ("S5", .active), ("S2", .outOfScope), ("S4", .absent), ("S1", .left(.notCurrent)),
                ("S3", .active), ("S10", .active),
            ]
            for (number, (id, state)) in states.enumerated() {
                try await bench.open(Int64(number + 1), linkedTo: [bench.record(id)]) {
                    $0.state = state
                }
            }
            try await bench.open(
                20,
                linkedTo: [Observation(key: .student("S3", in: bench.school), sequence: 1)]
            )
            try await bench.open(
                21,
                linkedTo: [.staff("S3", in: bench.second, sequence: 1)]
            )
            var pages: [[String]] = []
            var last: SourceKey?
            repeat {
                let page = try await bench.store.presentLinks(
                    of: .staff,
                    in: bench.school,
                    after: last,
                    limit: 2
                )
                pages.append(page.map(\.key.id))
                last = page.last?.key
            } while last != nil && pages.count < 9
            try requireEqual(pages, [["S10", "S2"], ["S3", "S5"], []], "the pages")
        },
        ConformanceLaw("marks of present links say what these say") { bench in
            for (number, state) in [LinkState.active, .outOfScope, .absent, .active].enumerated() {
                try await bench.open(Int64(number + 1), linkedTo: [bench.record("S\(number)")]) {
                    $0.state = state
                    if number > 0 { $0.missingSince = Timestamp(milliseconds: Int64(number)) }
                }
            }
            try await bench.store.markChecked(
                [CheckedRecord(key: bench.staff("S3"), sequence: 9)],
                beside: nil,
                at: Timestamp(milliseconds: 1)
            )
            let links = try await bench.store.presentLinks(
                of: .staff,
                in: bench.school,
                after: nil,
                limit: 9
            )
            for (after, limit) in [(nil, 9), (bench.staff("S0"), 1)] as [(SourceKey?, Int)] {
                let marks = try await bench.store.presenceMarks(
                    of: .staff,
                    in: bench.school,
                    after: after,
                    limit: limit
                )
                let expected = links.dropFirst(after == nil ? 0 : 1).prefix(limit).map { link in
                    PresenceMark(
                        key: link.key,
                        isOutOfScope: link.state == .outOfScope,
                        sequence: link.sequence,
                        missingSince: link.missingSince
                    )
                }
                try requireEqual(marks, expected, "the marks")
            }
        },
        ConformanceLaw("records without an account are named a page at a time, each once") {
            bench in
            let ids = ["S3", "S1", "S5", "S4"]
            try await bench.apply { changes in
                let others = [
                    Observation(key: .student("S2", in: bench.school), sequence: 1),
                    .staff("S6", in: bench.second, sequence: 1),
                ]
                changes.unlinked = (ids.map { bench.record($0) } + others).map {
                    UnlinkedRecord(observation: $0, email: nil, reason: .left)
                }
            }
            var named: [String] = []
            var last: SourceKey?
            repeat {
                let page = try await bench.store.unlinkedKeys(
                    of: .staff,
                    in: bench.school,
                    after: last,
                    limit: 2
                )
                try require(page.count <= 2, "\(page.count) at once")
                named += page.map(\.id)
                last = page.last
                // Whoever was named may be without an account no more when the next page is read.
                try await bench.apply { $0.noLongerUnlinked = page }
            } while last != nil && named.count < 9
            try requireEqual(named.sorted(), ids.sorted(), "the records")
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
    private func end(
        _ id: Int64,
        at: Int64,
        as state: RunState,
        _ kind: RunKind = .full,
        isComplete: Bool = false,
        of school: SchoolKey? = nil
    ) async throws {
        var run = run(id, at: at, of: school)
        run.kind = kind
        try await begin(run, aliveSince: at)
        run.state = state
        run.isComplete = isComplete
        if state != .running { try await store.update(run) }
    }

    private func requireMilestones(
        _ applied: Int64?,
        _ full: Int64?,
        _ loaded: Int64?,
        _ complete: Int64?,
        _ what: String
    ) async throws {
        for (milestone, expected) in [
            (.applied, applied), (.full, full), (.loaded, loaded), (.complete, complete),
        ] as [(RunMilestone, Int64?)] {
            let run = try await store.newestRun(of: school.connection, milestone)
            try requireEqual(run?.id.value, expected, "the run \(milestone) \(what)")
            guard let run else { continue }
            try requireEqual(try await store.run(run.id), run, "the same run")
        }
    }

    fileprivate func reachMilestones() async throws {
        try await requireMilestones(nil, nil, nil, nil, "before any")
        try await end(60, at: 99, as: .completed, isComplete: true, of: second)
        try await end(61, at: 1, as: .failed, isComplete: true)
        try await end(62, at: 2, as: .cancelled, .approval, isComplete: true)
        try await end(63, at: 3, as: .preview, isComplete: true)
        try await requireMilestones(nil, nil, nil, nil, "after runs that came to nothing")
        try await end(64, at: 4, as: .completed, .delta)
        try await requireMilestones(64, nil, nil, nil, "after one that read changes")
        try await end(65, at: 5, as: .held, .approval)
        try await requireMilestones(65, nil, 65, nil, "after an approval")
        try await end(66, at: 6, as: .held, isComplete: true)
        try await requireMilestones(66, 66, 66, 66, "after one that held something")
        try await end(68, at: 7, as: .completed, isComplete: true)
        try await end(67, at: 7, as: .completed, isComplete: true)
        try await requireMilestones(68, 68, 68, 68, "after two at one moment")
        for id in 70...90 as ClosedRange<Int64> {
            try await end(id, at: id, as: id.isMultiple(of: 2) ? .failed : .preview)
        }
        try await end(91, at: 91, as: .running)
        try await requireMilestones(68, 68, 68, 68, "after many that came to nothing")
        try await end(92, at: 92, as: .completed)
        try await requireMilestones(92, 92, 68, 68, "after one that did not come to its end")
        try await end(93, at: 93, as: .held, .delta)
        try await requireMilestones(93, 92, 68, 68, "after changes that were held")
    }

    fileprivate func forgetAroundMilestones() async throws {
        try await end(70, at: 0, as: .completed, isComplete: true)
        try await end(71, at: 1, as: .completed, isComplete: true)
        try await end(72, at: 2, as: .held, isComplete: true)
        try await end(73, at: 3, as: .completed, .approval)
        try await end(74, at: 4, as: .completed, .approval)
        try await end(75, at: 5, as: .completed, .delta)
        try await end(76, at: 6, as: .completed, .delta)
        for id in 77...79 as ClosedRange<Int64> { try await end(id, at: id - 70, as: .failed) }
        let forgotten = try await store.forgetRuns(
            of: school.connection,
            before: Timestamp(milliseconds: 99),
            limit: 99
        )
        try requireEqual(forgotten, 6, "how many")
        let left = try await store.runs(of: school.connection, limit: 99)
        try requireEqual(left.map(\.id.value), [76, 74, 72, 71], "what is left")
    }
}

extension Bench {
    fileprivate static let stagedEmail = "staged@school.example"

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

    /// Fails where an observation staged in `run` still claims its address.
    fileprivate func requireNothingStaged(in run: Run, line: UInt = #line) async throws {
        let claims = try await claims(of: Self.stagedEmail, run: run.id)
        try requireEqual(claims, nil, "the claims of what \(run.id) staged", line: line)
    }

    fileprivate func stagedIDs(_ run: Run, limit: Int = 100) async throws -> [String] {
        try await store.staged(in: run.id, limit: limit).map(\.observation.key.id)
    }
}
