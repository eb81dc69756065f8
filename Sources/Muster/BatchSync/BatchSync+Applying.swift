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
            try await applyStep(observations, absent: [], part, &result)
            try await stored { () throws(StoreError) in
                try await workshop.store.unstage(chunk.map(\.observation.key), in: run)
            }
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
        var changes = ChangeSet(
            tenant: part.connection.tenant,
            run: part.run,
            cause: .batch,
            at: workshop.clock.now()
        )
        let records = try await stored { () throws(StoreError) in
            try await workshop.store.unlinkedRecords(in: part.key)
        }
        changes.noLongerUnlinked = records.map(\.observation.key).filter {
            $0.kind == part.kind && !part.hasSeen($0.id)
        }
        guard !changes.isEmpty else { return }
        let forgotten = changes
        try await stored { () throws(StoreError) in try await workshop.store.apply(forgotten) }
    }

    /// Judges, after a complete full run only, who was not in the list.
    func judgeAbsence(
        _ part: inout SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        guard part.isComplete else { return }
        let due = try await countDueAbsences(part)
        if try await mustHold(due, of: part) {
            try await forEachDue(part) { links throws(SyncFailure) in
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

    private func countDueAbsences(_ part: SyncPart) async throws(SyncFailure) -> Int {
        var due = 0
        try await forEachDue(part) { links throws(SyncFailure) in due += links.count }
        return due
    }

    /// Absent links whose absence is judged now.
    private func forEachDue(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        let now = workshop.clock.now()
        let today = SchoolCalendar.day(at: now, in: part.school.timeZone)
        guard !part.policy.isFrozen(on: today) else { return }
        try await forEachAbsent(part) { links throws(SyncFailure) in
            let due = links.filter { link in
                link.missingSince.map { now.since($0) >= Planner.absenceInterval } ?? false
            }
            let pinned = try await pinned(due, of: part, on: today)
            let judged = due.filter { !pinned.contains($0.key) }
            if !judged.isEmpty { try await body(judged) }
        }
    }

    /// The records of `links` that a pin keeps though they are missing.
    private func pinned(
        _ links: [Link],
        of part: SyncPart,
        on today: Day
    ) async throws(SyncFailure) -> Set<SourceKey> {
        if links.isEmpty { return [] }
        var request = ViewRequest(tenant: part.connection.tenant)
        request.keys = Set(links.map(\.key))
        let wanted = request
        let view = try await stored { () throws(StoreError) in
            try await workshop.store.view(wanted)
        }
        return request.keys.filter { view.keeps($0, against: StandingWord.absent, on: today) }
    }

    /// How many had each field before the first list was read: logins may have brought people.
    func filledBefore(_ part: SyncPart) async throws(SyncFailure) -> [SourceField: Int] {
        var filled: [SourceField: Int] = [:]
        try await forEachPresent(part) { links throws(SyncFailure) in
            for field in links.flatMap(\.last.filledFields) { filled[field, default: 0] += 1 }
        }
        return filled
    }

    func presentCount(_ part: SyncPart) async throws(SyncFailure) -> Int {
        var count = 0
        try await forEachPresent(part) { links throws(SyncFailure) in count += links.count }
        return count
    }

    /// Present links whose record the run did not see, or that no longer meet a criterion.
    private func forEachAbsent(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        try await forEachPresent(part) { links throws(SyncFailure) in
            // Of a record that could not be read it is not known whether it meets the criteria; and
            // a login may have found somebody who came after her page was read.
            let absent = links.filter {
                part.hasSeen($0.key.id)
                    ? $0.state == .outOfScope && !part.hasUnreadable
                    : $0.sequence < part.firstSequence ?? .max
            }
            if !absent.isEmpty { try await body(absent) }
        }
    }

    private func forEachPresent(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        var after: SourceKey?
        repeat {
            let (kind, key, last) = (part.kind, part.key, after)
            let links = try await stored { () throws(StoreError) in
                try await workshop.store.presentLinks(of: kind, in: key, after: last, limit: 500)
            }
            try await body(links)
            after = links.last?.key
        } while after != nil
    }

    func applyStep(
        _ observations: [Observation],
        absent: [Link],
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
                stagedIn: run
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
