import Accounts
import Reconciliation
import Roster

extension BatchSync {
    /// Plans and applies what was staged, linked people first, so that addresses they give up are
    /// free for newcomers.
    func apply(
        _ part: inout SyncPart,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) {
        try await forgetUnlisted(part)
        let holdsLeavers = try await mustHold(part.statedLeavers, of: part)
        var done = 0
        while true {
            let run = part.run
            let next = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: run, limit: settings.chunk)
            }
            guard let isLinked = next.first?.isLinked else { break }
            // Not both in one step: an address is free only once its step is done.
            let chunk = next.prefix { $0.isLinked == isLinked }
            let leavers = holdsLeavers ? chunk.filter { part.isLeaver($0.observation.key.id) } : []
            result.held += leavers.count
            let observations = chunk.map { part.believed($0.observation) }
                .filter { !holdsLeavers || !part.isLeaver($0.key.id) }
            let doubted = chunk.filter {
                part.isDoubted($0.observation)
                    && !(holdsLeavers && part.isLeaver($0.observation.key.id))
            }
            let waiting = (leavers + doubted).map { PlannedRecord(observation: $0.observation) }
            if !waiting.isEmpty { try await keep(waiting, of: part, &result) }
            let taken = chunk.map(\.observation.key)
            try await applyStep(observations, absent: [], taking: taken, part, &result)
            done += chunk.count
            progress(SyncProgress(stage: .applying, done: done, total: part.staged))
        }
        // Whoever took the run over threw away what it had staged: that is no end.
        guard done == part.staged else { throw .store(.stale) }
        for (field, count) in part.emptied.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            result.hold(
                count,
                "\(count) people of \(part.school.name) have no \(field.rawValue) in the MIS any more, more than a sync may clear at once; theirs was left as it is, so check it in the MIS."
            )
        }
        if holdsLeavers {
            result.hold(
                0,
                "The MIS says that \(part.statedLeavers) people of \(part.school.name) have left, more than a sync may suspend at once; they were left as they are, so check the list in the MIS."
            )
        }
    }

    /// Forgets records without an account that are no longer listed, before anything is planned.
    ///
    /// They claim their addresses no more.
    private func forgetUnlisted(_ part: SyncPart) async throws(SyncFailure) {
        guard part.isComplete else { return }
        var after: SourceKey?
        repeat {
            let (kind, key, last) = (part.kind, part.key, after)
            let keys = try await stored { () throws(StoreError) in
                try await workshop.store.unlinkedKeys(of: kind, in: key, after: last, limit: 500)
            }
            after = keys.last
            var changes = ChangeSet(
                tenant: part.connection.tenant,
                run: part.run,
                cause: .batch,
                at: workshop.clock.now()
            )
            changes.noLongerUnlinked = keys.filter { !part.hasSeen($0.id) }
            let forgotten = changes
            try await stored { () throws(StoreError) in try await workshop.store.apply(forgotten) }
        } while after != nil
    }

    /// Judges, after a complete full run only, who was not in the list.
    func judgeAbsence(
        _ part: inout SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        guard part.isComplete else { return }
        let (absent, due) = try await countAbsences(part)
        guard absent > 0 else { return }
        if try await mustHold(due, of: part) {
            try await forEachAbsent(part, dueOnly: true) { links throws(SyncFailure) in
                let records = links.map { PlannedRecord(observation: $0.last, isAbsent: true) }
                try await keep(records, of: part, &result)
            }
            result.hold(
                due,
                "\(due) people of \(part.school.name) are missing from the list of the MIS, more than a sync may suspend at once; they were left as they are, so check the list in the MIS."
            )
            return
        }
        try await forEachAbsent(part) { links throws(SyncFailure) in
            if part.isPreview {
                try await rehearse(absent: links, part, &result)
            } else {
                try await applyStep([], absent: links, part, &result, counting: false)
            }
        }
    }

    /// A guard: more than five people and, among twenty or more, more than a tenth, those included
    /// whom logins suspended since the last good run.
    private func mustHold(_ leavers: Int, of part: SyncPart) async throws(SyncFailure) -> Bool {
        guard leavers > 0 else { return false }
        let question = LossQuestion(
            tenant: part.connection.tenant,
            school: part.key,
            kind: part.kind,
            besides: AccountID(0),
            dayAgo: workshop.clock.now().advanced(by: .seconds(-86_400))
        )
        let tally = try await stored { () throws(StoreError) in
            try await workshop.store.tally(question)
        }
        // Whom logins suspended since the last good run, a batch would have suspended.
        let before = tally.atSchool[.access, default: 0]
        return LossGuard.isTooMany(leavers + before, of: tally.peopleAtSchool + before, .access)
    }

    /// How many present links the run did not see, and of how many the absence is judged now.
    private func countAbsences(
        _ part: SyncPart
    ) async throws(SyncFailure) -> (absent: Int, due: Int) {
        var (absent, due) = (0, 0)
        let judgement = AbsenceJudgement(part, at: workshop.clock.now())
        try await forEachMark(part) { marks throws(SyncFailure) in
            for mark in marks where judgement.isAbsent(mark, part) {
                absent += 1
                if judgement.isDue(mark) { due += 1 }
            }
        }
        return (absent, due)
    }

    /// Present links whose record the run did not see, or that no longer meet a criterion.
    private func forEachAbsent(
        _ part: SyncPart,
        dueOnly: Bool = false,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        let judgement = AbsenceJudgement(part, at: workshop.clock.now())
        try await forEachMark(part) { marks throws(SyncFailure) in
            var request = ViewRequest(tenant: part.connection.tenant)
            for mark in marks where judgement.isAbsent(mark, part) {
                if !dueOnly || judgement.isDue(mark) { request.keys.insert(mark.key) }
            }
            guard !request.keys.isEmpty else { return }
            let wanted = request
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(wanted)
            }
            // A login may have come between the mark and the view.
            let links = view.links.values.filter {
                wanted.keys.contains($0.key) && $0.state.isPresent
            }
            if !links.isEmpty { try await body(links.sorted { $0.key.id < $1.key.id }) }
        }
    }

    /// How many had each field before the first list was read: logins may have brought people.
    func filledBefore(_ part: SyncPart) async throws(SyncFailure) -> [SourceField: Int] {
        var filled: [SourceField: Int] = [:]
        var after: SourceKey?
        repeat {
            let (kind, key, last) = (part.kind, part.key, after)
            let links = try await stored { () throws(StoreError) in
                try await workshop.store.presentLinks(of: kind, in: key, after: last, limit: 500)
            }
            for field in links.flatMap(\.last.filledFields) { filled[field, default: 0] += 1 }
            after = links.last?.key
        } while after != nil
        return filled
    }

    func presentCount(_ part: SyncPart) async throws(SyncFailure) -> Int {
        var count = 0
        try await forEachMark(part) { marks throws(SyncFailure) in count += marks.count }
        return count
    }

    private func forEachMark(
        _ part: SyncPart,
        _ body: ([PresenceMark]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        var after: SourceKey?
        repeat {
            let (kind, key, last) = (part.kind, part.key, after)
            let marks = try await stored { () throws(StoreError) in
                try await workshop.store.presenceMarks(of: kind, in: key, after: last, limit: 500)
            }
            try await body(marks)
            after = marks.last?.key
        } while after != nil
    }

    func applyStep(
        _ observations: [Observation],
        absent: [Link],
        taking staged: [SourceKey] = [],
        _ part: SyncPart,
        _ result: inout SyncResult,
        counting: Bool = true
    ) async throws(SyncFailure) {
        let planner = workshop.planner(policy: part.policy, school: part.school, mayCreate: true)
        let tenant = part.connection.tenant
        let run = part.run
        let step = try await stored { () throws(StoreError) in
            try await workshop.reconcile(
                observations,
                absent: absent,
                tenant: tenant,
                run: run,
                cause: .batch,
                planner: planner,
                stagedIn: run,
                taking: staged
            )
        }
        let planned = Set(step.plans.compactMap(\.account))
        result.followed += step.changes.accounts.count { write in
            guard let before = write.before, write.after != before else { return false }
            return !planned.contains(before.id)
        }
        for plan in step.plans {
            if counting {
                result.count(plan)
            } else if plan.outcome == .suspended {
                result.suspended += 1
            } else if plan.outcome == .changed {
                result.changed += 1
            }
        }
    }
}

/// Who counts as missing from the list of one part of a run.
private struct AbsenceJudgement {
    private let now: Timestamp
    private let isFrozen: Bool

    init(_ part: SyncPart, at now: Timestamp) {
        self.now = now
        isFrozen = part.policy.isFrozen(on: SchoolCalendar.day(at: now, in: part.school.timeZone))
    }

    func isAbsent(_ mark: PresenceMark, _ part: SyncPart) -> Bool {
        // Of a record that could not be read it is not known whether it meets the criteria; and a
        // login may have found somebody who came after her page was read.
        part.hasSeen(mark.key.id)
            ? mark.isOutOfScope && !part.hasUnreadable
            : mark.sequence < part.firstSequence ?? .max
    }

    /// Whether the absence is judged now, the record being absent.
    func isDue(_ mark: PresenceMark) -> Bool {
        guard !isFrozen else { return false }
        return mark.missingSince.map { now.since($0) >= Planner.absenceInterval } ?? false
    }
}
