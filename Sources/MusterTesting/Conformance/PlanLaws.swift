import Accounts
import Roster

extension AccountStoreConformance {
    /// Laws of what runs leave to a person.
    static let planLaws: [ConformanceLaw] = [
        ConformanceLaw("what a run leaves to a person outlives the run") { bench in
            var run = bench.run(70)
            try await bench.begin(run)
            let records = ["S3", "S1", "S2"].enumerated().map { number, id in
                PlannedRecord(
                    observation: bench.record(id, sequence: Int64(number + 1)),
                    isAbsent: id == "S1",
                    version: id == "S2" ? 4 : nil,
                    account: id == "S3" ? AccountID(7) : nil
                )
            }
            try await bench.store.keep(records, for: run.id)
            let newer = PlannedRecord(observation: bench.record("S3", sequence: 9), version: 2)
            try await bench.store.keep([newer], for: run.id)
            run.state = .held
            run.plan = PlanID("abc")
            try await bench.store.update(run)
            let planned = try await bench.planned(by: run, limit: 2)
            try requireEqual(Set(planned), [newer, records[1], records[2]], "the plan")
            let found = try await bench.store.run(with: PlanID("abc"))
            try requireEqual(found, run, "the run with the plan")
            let none = try await bench.store.run(with: PlanID("abd"))
            try requireEqual(none, nil, "the run with another plan")
        },
        ConformanceLaw("a run that ends without a plan leaves nothing") { bench in
            for (number, state) in [RunState.completed, .failed, .cancelled].enumerated() {
                var run = bench.run(Int64(70 + number))
                try await bench.begin(run)
                let record = PlannedRecord(observation: bench.record("S1"))
                try await bench.store.keep([record], for: run.id)
                run.state = state
                try await bench.store.update(run)
                try requireEqual(try await bench.planned(by: run), [], "after \(state)")
            }
        },
        ConformanceLaw("a run that judged everybody ends the plans of its connection") { bench in
            for (number, state) in [RunState.failed, .completed].enumerated() {
                let (held, other) = try await bench.plans(number)
                try await bench.finish(bench.run(Int64(90 + number), at: 50), as: state)
                let isKept = state == .failed
                let count = try await bench.planned(by: held).count
                try requireEqual(count, isKept ? 1 : 0, "the plan after \(state)")
                let plan = try await bench.store.run(held.id)?.plan
                try requireEqual(plan != nil, isKept, "its name after \(state)")
                let theirs = try await bench.planned(by: other).count
                try requireEqual(theirs, 1, "the plan of another connection")
            }
        },
        ConformanceLaw(
            "an approval ends the plan that it carries out, and what one of everybody replaced"
        ) { bench in
            let (held, _) = try await bench.plans(0)
            var changes = bench.run(80, at: 40)
            changes.kind = .delta
            changes = try await bench.leave("S2", in: changes, as: .held)
            let approval = try await bench.approve(changes, as: bench.run(81, at: 50))
            try requireEqual(try await bench.store.run(approval.id), approval, "the approval")
            try requireEqual(try await bench.planned(by: changes), [], "what it carried out")
            let name = try await bench.store.run(changes.id)?.plan
            try requireEqual(name, nil, "the name of what it carried out")
            try requireEqual(try await bench.planned(by: held).count, 1, "the other plan")
            let preview = try await bench.leave("S1", in: bench.run(82, at: 60), as: .preview)
            _ = try await bench.approve(preview, as: bench.run(83, at: 70))
            let older = try await bench.planned(by: held)
            try requireEqual(older, [], "what was planned before a plan of everybody")
        },
        ConformanceLaw("what waits of a record is told by the newest held run, of no preview") {
            bench in
            let (held, _) = try await bench.plans(0)
            let key = bench.record("S1").key
            let first = try await bench.store.planned(by: held.id, after: nil, limit: 1).first
            try requireEqual(
                try await bench.store.heldRecord(key, since: held.startedAt),
                first,
                "what is held"
            )
            let other = try await bench.store.heldRecord(
                bench.record("S2").key,
                since: held.startedAt
            )
            try requireEqual(other, nil, "what is held of another record")
            var delta = bench.run(80, at: 40)
            delta.kind = .delta
            try await bench.begin(delta)
            let newer = PlannedRecord(observation: bench.record("S1", sequence: 9), isAbsent: true)
            try await bench.store.keep([newer], for: delta.id)
            try requireEqual(
                try await bench.store.heldRecord(key, since: held.startedAt),
                first,
                "while a run goes on"
            )
            delta.state = .held
            delta.plan = PlanID("delta")
            try await bench.store.update(delta)
            try requireEqual(
                try await bench.store.heldRecord(key, since: held.startedAt),
                newer,
                "the newer one"
            )
            var preview = bench.run(81, at: 50)
            try await bench.begin(preview)
            try await bench.store.keep([newer], for: preview.id)
            preview.state = .preview
            preview.plan = PlanID("preview")
            try await bench.store.update(preview)
            let after = try await bench.store.heldRecord(key, since: held.startedAt)
            try requireEqual(after, newer, "after a preview")
            let none = try await bench.store.heldRecord(key, since: preview.startedAt)
            try requireEqual(none, nil, "of runs that began later")
        },
        ConformanceLaw("nothing is kept for a run that is over") { bench in
            let run = bench.run(70)
            try await bench.finish(run)
            let record = PlannedRecord(observation: bench.record("S1"))
            try await requireRefusal(.stale, "the plan") { () throws(StoreError) in
                try await bench.store.keep([record], for: run.id)
            }
        },
    ]
}

extension Bench {
    /// Everything that `run` planned, read `limit` records at a time.
    fileprivate func planned(by run: Run, limit: Int = 100) async throws -> [PlannedRecord] {
        var all: [PlannedRecord] = []
        var after: SourceKey?
        repeat {
            let page = try await store.planned(by: run.id, after: after, limit: limit)
            all += page
            after = page.last?.observation.key
        } while after != nil && all.count < 1000
        return all
    }

    /// The run, begun, and ended with a plan of one record.
    fileprivate func leave(_ id: String, in run: Run, as state: RunState) async throws -> Run {
        var run = run
        try await begin(run)
        try await store.keep([PlannedRecord(observation: record(id))], for: run.id)
        run.plan = PlanID("plan \(run.id.value)")
        run.state = state
        try await store.update(run)
        return run
    }

    /// The run, begun and ended, that carries out what `planned` left.
    fileprivate func approve(_ planned: Run, as run: Run) async throws -> Run {
        var run = run
        run.kind = .approval
        run.order.plan = planned.plan
        try await begin(run)
        run.state = .completed
        try await store.update(run)
        return run
    }

    /// Two runs that end with a plan, one of each connection.
    fileprivate func plans(_ number: Int) async throws -> (Run, Run) {
        var runs: [Run] = []
        for (place, at) in [school, second].enumerated() {
            var run = run(Int64(10 * (number + 1) + place), at: Int64(number + 1), of: at)
            try await begin(run)
            let record = Observation.staff("S1", in: at, sequence: 1)
            try await store.keep([PlannedRecord(observation: record)], for: run.id)
            run.state = .held
            run.plan = PlanID("\(number)\(place)")
            try await store.update(run)
            runs.append(run)
        }
        return (runs[0], runs[1])
    }
}
