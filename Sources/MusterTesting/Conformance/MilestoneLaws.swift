import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what runs came to, by which others go.
    static let milestoneLaws: [ConformanceLaw] = [
        ConformanceLaw("the newest run of a milestone is found, however many came after it") {
            bench in
            try await bench.reachMilestones()
        },
        ConformanceLaw("the runs of milestones are not forgotten") { bench in
            try await bench.forgetAroundMilestones()
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
        try await requireMilestones(67, 67, 67, 67, "after two at one moment")
        try await end(69, at: 6, as: .completed, isComplete: true)
        try await requireMilestones(69, 69, 69, 69, "after one whose clock was set back")
        for id in 70...90 as ClosedRange<Int64> {
            try await end(id, at: id, as: id.isMultiple(of: 2) ? .failed : .preview)
        }
        try await end(91, at: 91, as: .running)
        try await requireMilestones(69, 69, 69, 69, "after many that came to nothing")
        try await end(92, at: 92, as: .completed)
        try await requireMilestones(92, 92, 69, 69, "after one that did not come to its end")
        try await end(93, at: 93, as: .held, .delta)
        try await requireMilestones(93, 92, 69, 69, "after changes that were held")
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
