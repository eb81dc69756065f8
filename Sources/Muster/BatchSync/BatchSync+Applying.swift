import Accounts
import Reconciliation
import Roster

extension BatchSync {
    /// Plans and applies what was staged, linked people first, so that addresses they give up are
    /// free for newcomers.
    func apply(
        _ parts: [SyncPart],
        as run: RunID,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) {
        for part in parts { try await forgetUnlisted(part) }
        let total = parts.reduce(0) { $0 + $1.staged }
        var done = 0
        while true {
            let next = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: run, limit: settings.chunk)
            }
            guard let isLinked = next.first?.isLinked else { break }
            // Not both in one step: an address is free only once its step is done.
            let chunk = next.prefix { $0.isLinked == isLinked }.map(\.observation)
            for part in parts {
                let own = chunk.filter { part.holds($0.key) }
                if !own.isEmpty { try await apply(own, part, &result) }
            }
            try await stored { () throws(StoreError) in
                try await workshop.store.unstage(chunk.map(\.key), in: run)
            }
            done += chunk.count
            progress(SyncProgress(stage: .applying, done: done, total: total))
        }
        // Whoever took the run over threw away what it had staged: that is no end.
        guard done == total else { throw .store(.stale) }
    }

    /// Applies some of a part, and keeps what of it is held back for a person to decide.
    private func apply(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        guard !part.isRenumbered else {
            return try await propose(observations, part, &result)
        }
        let (step, held) = try await applyStep(observations.map(part.believed), part)
        result.count(step)
        let waiting = observations.filter { held.contains($0.key) }
        if waiting.isEmpty { return }
        result.hold(waiting.count)
        try await keep(waiting.map { PlannedRecord(observation: $0) }, of: part, &result)
    }

    /// Plans and applies what is believed of some people in one transaction, without what is held
    /// back: that is the other part of the answer.
    private func applyStep(
        _ observations: [Observation],
        _ part: SyncPart
    ) async throws(SyncFailure) -> (StepResult, held: Set<SourceKey>) {
        var held = HeldBack()
        let step = try await reconcile(observations, part) { step throws(StoreError) in
            held = part.heldBack(of: step)
            guard !held.records.isEmpty else { return step }
            return try await drafted(held.remainder(of: observations), part)
        }
        return (step, held.records)
    }

    /// Carries out what a person approved.
    func apply(
        approved observations: [Observation],
        confirmed: [SourceKey: Confirmation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        result.count(try await reconcile(observations, confirmed: confirmed, part))
    }

    /// Notes or infers the absence of the people behind `links`.
    func apply(
        absent links: [Link],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let step = try await reconcile([], absent: links, part)
        result.followed += step.followers
        for plan in step.plans {
            if plan.outcome == .suspended {
                result.suspended += 1
            } else if plan.outcome == .changed {
                result.changed += 1
            }
        }
    }

    private func reconcile(
        _ observations: [Observation],
        absent: [Link] = [],
        confirmed: [SourceKey: Confirmation] = [:],
        _ part: SyncPart,
        review: (StepResult) async throws(StoreError) -> StepResult = { $0 }
    ) async throws(SyncFailure) -> StepResult {
        let planner = workshop.planner(policy: part.policy, school: part.school, mayCreate: true)
        let tenant = part.connection.tenant
        let run = part.run
        return try await stored { () throws(StoreError) in
            try await workshop.reconcile(
                observations,
                absent: absent,
                confirmed: confirmed,
                tenant: tenant,
                run: run,
                cause: .batch,
                planner: planner,
                stagedIn: run,
                review: review
            )
        }
    }

    /// Forgets records without an account that are no longer listed, before anything is planned.
    ///
    /// They claim their addresses no more.
    private func forgetUnlisted(_ part: SyncPart) async throws(SyncFailure) {
        guard part.isComplete, !part.isRenumbered else { return }
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
}

extension StepResult {
    /// Accounts, besides those that were planned, that changed because of them.
    fileprivate var followers: Int {
        let planned = Set(plans.compactMap(\.account))
        return changes.accounts.count { write in
            guard let before = write.before, write.after != before else { return false }
            return !planned.contains(before.id)
        }
    }
}

extension SyncResult {
    /// Counts everybody a step planned, and who followed.
    fileprivate mutating func count(_ step: StepResult) {
        followed += step.followers
        for plan in step.plans { count(plan) }
    }
}
