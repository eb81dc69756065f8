public import Accounts
import Reconciliation
import Roster

extension BatchSync {
    /// Carries out what an earlier run left to a person, without the guards.
    ///
    /// Whatever a newer answer or another change contradicts is skipped and counted. Never throws:
    /// what went wrong is in the result.
    /// - Parameters:
    ///   - plan: The plan's name.
    ///   - connection: The connection whose run made it.
    ///   - id: The new run's identity; nil for a new one.
    ///   - progress: Called as the run goes on.
    /// - Returns: What it came to.
    public func approve(
        _ plan: PlanID,
        at connection: Connection,
        as id: RunID? = nil,
        progress: @Sendable (SyncProgress) -> Void = { _ in }
    ) async -> SyncResult {
        await begin(connection, as: id, kind: .approval) { batch, run, result throws(SyncFailure) in
            let made = try await batch.stored { () throws(StoreError) in
                try await workshop.store.run(with: plan)
            }
            guard let made, made.connection == connection.id else { throw .unknownPlan(plan) }
            guard workshop.clock.now().since(made.endedAt ?? made.startedAt) <= SyncPlan.life
            else { throw .lapsedPlan(plan) }
            let policy = try await batch.stored { () throws(StoreError) in
                try await workshop.connections.policy(of: connection.tenant)
            }
            for var part in connection.parts(of: run.id, policy) {
                part.isApproved = true
                try await batch.carryOut(made.id, part, &result, progress)
            }
        }
    }

    private func carryOut(
        _ planned: RunID,
        _ part: SyncPart,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) {
        var after: SourceKey?
        repeat {
            let last = after
            let records = try await stored { () throws(StoreError) in
                try await workshop.store.planned(by: planned, after: last, limit: settings.chunk)
            }
            after = records.last?.observation.key
            try await carryOut(records.filter { part.holds($0.observation.key) }, part, &result)
            progress(SyncProgress(stage: .applying, done: result.seen, total: nil))
        } while after != nil
    }

    private func carryOut(
        _ records: [PlannedRecord],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        guard !records.isEmpty else { return }
        var request = ViewRequest(tenant: part.connection.tenant)
        request.keys = Set(records.map(\.observation.key))
        request.accounts = Set(records.compactMap(\.account))
        let wanted = request
        let view = try await stored { () throws(StoreError) in
            try await workshop.store.view(wanted)
        }
        let standing = records.filter { $0.stands(in: view) }
        result.seen += records.count
        result.skipped += records.count - standing.count
        let present = standing.filter { !$0.isAbsent }
        if !present.isEmpty {
            let given = present.compactMap { record in
                record.account.map { (record.observation.key, Confirmation.account($0)) }
            }
            try await apply(
                approved: present.map(\.observation),
                confirmed: Dictionary(given) { first, _ in first },
                part,
                &result
            )
        }
        let absent = standing.filter(\.isAbsent).compactMap { view.links[$0.observation.key] }
        if !absent.isEmpty { try await apply(absent: absent, part, &result) }
    }
}

extension PlannedRecord {
    /// Whether nothing contradicts it since it was planned.
    fileprivate func stands(in view: LocalView) -> Bool {
        guard let link = view.links[observation.key] else {
            if let account { return view.accounts[account]?.version == version }
            return version == nil && !isAbsent
        }
        // Somebody gave the record an account meanwhile.
        if account != nil { return false }
        guard observation.sequence >= link.sequence else { return false }
        if isAbsent, !link.state.isPresent || link.missingSince == nil { return false }
        guard let version else { return true }
        return view.accounts[link.account]?.version == version
    }
}
