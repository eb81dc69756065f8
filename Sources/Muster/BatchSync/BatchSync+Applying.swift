import Accounts
import Reconciliation
import Roster

extension BatchSync {
    /// Plans and applies what was staged, linked people first, so that addresses they give up are
    /// free for newcomers.
    func apply(
        _ parts: [SyncPart],
        as run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        for part in parts { try await forgetUnlisted(part) }
        // While nothing is taken yet: each sees who else states her address.
        for part in parts where part.isRenumbered { try await propose(part, &result) }
        for part in parts where !part.moved.isEmpty { try await proposeMoved(part, &result) }
        result.explainRenumbering()
        let total = parts.reduce(0) { $0 + $1.staged }
        var done = 0
        var size = settings.firstChunk
        while true {
            let begun = workshop.clock.instant()
            // Where the run was taken over, this throws: an end is only what a running run reads.
            // Fewer than were staged come where somebody was erased meanwhile.
            let next = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: run, limit: size)
            }
            guard let isLinked = next.first?.isLinked else { break }
            // Not both in one step: an address is free only once its step is done.
            let chunk = next.prefix { $0.isLinked == isLinked }.map(\.observation)
            for part in parts {
                let own = chunk.filter { part.holds($0.key) }
                if !own.isEmpty { try await apply(own, part, &result) }
            }
            done += chunk.count
            let time = begun.duration(to: workshop.clock.instant())
            size = settings.nextChunk(after: chunk.count, in: time)
            progress(result.progress(.applying, done, of: total))
        }
    }

    /// Applies some of a part, and keeps what of it is held back for a person to decide.
    private func apply(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        if part.isRenumbered { return try await forget(observations.map(\.key), part) }
        let believed = try await believed(observations.filter { !part.spares($0.key) }, part)
        var held = HeldBack()
        try await reconcile(
            believed,
            confirmed: part.confirmed.isEmpty ? [:] : part.confirmed(among: observations),
            taking: observations.map(\.key),
            part,
            &result
        ) { drafted throws(StoreError) in
            held = part.heldBack(of: drafted)
            let last = try await lastAdministrators(in: drafted, part)
            held.keep(administrators: last)
            guard !held.records.isEmpty else { return drafted.countingSuspensions(.access, part) }
            // Before the step is done: nothing that waits may be lost by a kill in between.
            try await workshop.keep(
                held.plan(of: believed),
                for: part.run,
                of: part.connection.tenant
            )
            var rest = try await self.drafted(
                held.remainder(of: believed),
                doubting: held.doubts(of: believed),
                part
            ).countingSuspensions(.access, part)
            let newcomers = believed.filter { held.newcomers.contains($0.key) }
            rest.changes.unlinked += drafted.seen.waiting(renewedBy: newcomers)
            return rest
        } counting: { step, result in
            result.count(step)
            result.hold(observations.count { part.moved.contains($0.key) })
            result.keep(awaited: observations.filter { part.awaited.contains($0.key) })
            for record in held.plan(of: believed) { result.waiting.add(record) }
            result.hold(held.records.count)
            result.remark(lastAdministrators: held.administrators)
            for (key, losses) in held.losses.sorted(by: { $0.key.id < $1.key.id })
            where losses.contains(.exchange) {
                result.remark(key, Self.movesRecord)
            }
        }
    }

    /// The records of a step that would suspend the last administrator.
    func lastAdministrators(
        in step: StepResult,
        _ part: SyncPart
    ) async throws(StoreError) -> Set<SourceKey> {
        // What a person approved is done.
        if part.isApproved { return [] }
        let last = try await workshop.lastAdministrators(
            in: step,
            at: part.key,
            of: part.connection.tenant,
            part.policy
        )
        return Set(step.plans.filter { $0.account.map(last.contains) ?? false }.map(\.key))
    }

    /// Takes what was staged of some records as done.
    private func forget(_ keys: [SourceKey], _ part: SyncPart) async throws(SyncFailure) {
        var changes = changeSet(for: part)
        changes.unstaged = keys
        let done = changes
        try await stored { () throws(StoreError) in try await workshop.store.apply(done) }
    }

    /// Has records that wait say what was read of them last, though a plan has them too: a person may
    /// decide about them one by one.
    func renew(_ waiting: [UnlinkedRecord], _ part: SyncPart) async throws(SyncFailure) {
        guard !waiting.isEmpty else { return }
        var changes = changeSet(for: part)
        changes.unlinked = waiting
        let renewed = changes
        try await stored { () throws(StoreError) in
            // Where a candidate was erased meanwhile, they say it after the next sync.
            do throws(StoreError) { try await workshop.store.apply(renewed) } catch {
                guard error == .stale else { throw error }
            }
        }
    }

    private func changeSet(for part: SyncPart) -> ChangeSet {
        ChangeSet(
            tenant: part.connection.tenant,
            run: part.run,
            cause: .batch,
            at: workshop.clock.now()
        )
    }

    /// Notes or infers the absence of the people behind `links`.
    func apply(
        absent links: [Link],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        var last: Set<SourceKey> = []
        try await reconcile([], absent: links, part, &result) { drafted throws(StoreError) in
            last = try await lastAdministrators(in: drafted, part)
            guard !last.isEmpty else { return drafted.countingSuspensions(.absence, part) }
            let waiting = links.filter { last.contains($0.key) }
            try await workshop.keep(
                waiting.map { PlannedRecord(observation: $0.last, isAbsent: true) },
                for: part.run,
                of: part.connection.tenant
            )
            return try await self.drafted([], absent: links.filter { !last.contains($0.key) }, part)
                .countingSuspensions(.absence, part)
        } counting: { step, result in
            for link in links where last.contains(link.key) {
                result.waiting.add(PlannedRecord(observation: link.last, isAbsent: true))
            }
            result.hold(last.count)
            result.remark(lastAdministrators: last)
            result.followed += step.followers
            for plan in step.plans {
                if plan.outcome == .suspended {
                    result.suspended += 1
                } else if plan.outcome == .changed {
                    result.changed += 1
                }
            }
        }
    }

    /// Does a step of a part; `counting` adds to the result what comes of it.
    ///
    /// What the run has come to with the step is kept in the step's own transaction: a run that is
    /// killed says of itself what it did.
    func reconcile(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        exchanged: Exchange? = nil,
        taking staged: [SourceKey] = [],
        _ part: SyncPart,
        _ result: inout SyncResult,
        review: (StepResult) async throws(StoreError) -> StepResult = { $0 },
        counting: (StepResult, inout SyncResult) -> Void
    ) async throws(SyncFailure) {
        let planner = workshop.planner(policy: part.policy, school: part.school, mayCreate: true)
        let tenant = part.connection.tenant
        let run = part.run
        let before = result
        var after = before
        _ = try await stored { () throws(StoreError) in
            try await workshop.reconcile(
                observations,
                absent: absent,
                confirmed: confirmed,
                exchanged: exchanged,
                tenant: tenant,
                run: run,
                cause: .batch,
                planner: planner,
                stagedIn: run,
                taking: staged,
                review: review
            ) { step in
                after = before
                counting(step, &after)
                return after.counts
            }
        }
        result = after
        pulse?.told(result.counts)
    }

    /// Forgets records without an account that are no longer listed, before anything is planned.
    ///
    /// They claim their addresses no more.
    private func forgetUnlisted(_ part: SyncPart) async throws(SyncFailure) {
        guard part.isComplete, part.isCounted, !part.isRenumbered else { return }
        try await forEachUnlinked(part) { keys throws(SyncFailure) in
            var changes = changeSet(for: part)
            changes.noLongerUnlinked = keys.filter { !part.hasSeen($0.id) }
            let forgotten = changes
            try await stored { () throws(StoreError) in try await workshop.store.apply(forgotten) }
        }
    }
}

extension StepResult {
    /// Accounts, besides those that were planned, that changed because of them.
    var followers: Int {
        let planned = Set(plans.compactMap(\.account))
        return changes.accounts.count { write in
            guard let before = write.before, write.after != before else { return false }
            return !planned.contains(before.id)
        }
    }
}

extension LocalView {
    /// The records that wait and of which `observations` say something later, which wait as before.
    func waiting(renewedBy observations: [Observation]) -> [UnlinkedRecord] {
        observations.compactMap { person in
            guard var record = unlinked[person.key],
                record.observation.sequence < person.sequence
            else { return nil }
            record.observation = person.forgetting(contacts: erased)
            record.email = person.claimedEmail
            // That she left, or has no address, was said before; the next list would believe it.
            if record.reason.standing != .disputed { record.reason = .manyNewcomers }
            return record
        }
    }
}

extension StepResult {
    /// The same step, counting for the guards of the next day whom it suspends; what a person
    /// approved does not count.
    fileprivate func countingSuspensions(_ loss: Loss, _ part: SyncPart) -> StepResult {
        if part.isApproved { return self }
        var step = self
        step.changes.losses += plans.compactMap { plan in
            guard plan.outcome == .suspended, let account = plan.account else { return nil }
            return CountedLoss(
                loss: loss,
                account: account,
                school: plan.key.school,
                kind: plan.key.kind,
                isByList: true
            )
        }
        return step
    }
}

extension SyncResult {
    /// Counts everybody a step planned, and who followed.
    fileprivate mutating func count(_ step: StepResult) {
        counts.followed += step.followers
        for plan in step.plans { count(plan) }
    }

    /// Notes leavers who stay until a person has decided about a record that waits.
    mutating func keep(awaited leavers: [Observation]) {
        counts.unchanged += leavers.count
        for leaver in leavers {
            remark(
                leaver.key.id,
                "It is listed as left, but a name suggests that a record which waits since the change of MIS is this person's, so she was not suspended; decide about that record in `muster review` first."
            )
        }
    }

    fileprivate mutating func remark(lastAdministrators records: Set<SourceKey>) {
        for id in records.map(\.id).sorted() {
            remark(
                id,
                "It is the last account with the rights of an administrator, so it was not suspended; give somebody else the rights, or approve the plan."
            )
        }
    }
}
