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
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async -> SyncResult {
        await begin(connection, as: id, by: SyncOrder(plan: plan), progress) {
            batch,
            run,
            result throws(SyncFailure) in
            let made = try await batch.stored { () throws(StoreError) in
                try await workshop.store.run(with: plan)
            }
            guard let made, made.connection == connection.id else { throw .unknownPlan(plan) }
            guard made.approvablePlan(at: workshop.clock.now()) != nil
            else { throw .lapsedPlan(plan) }
            let later = try await batch.stored { () throws(StoreError) in
                try await workshop.laterReading(than: made)
            }
            if let later { throw .overtakenPlan(plan, by: later) }
            let policy = try await batch.stored { () throws(StoreError) in
                try await workshop.connections.policy(of: connection.tenant)
            }
            var parts = connection.parts(of: run.id, policy)
            var absent: [SourceKey] = []
            for index in parts.indices {
                parts[index].isApproved = true
                // Nothing more is known than what was shown: nobody is missing from a plan.
                parts[index].isComplete = false
            }
            let exchanges = try await batch.changesOfPlace(made, parts)
            let exchanged = Set(exchanges.keys)
            try await batch.stage(made.id, besides: exchanged, &parts, &absent, &result)
            try await batch.exchange(exchanges, parts, &result)
            try await batch.apply(parts, as: run.id, &result)
            for part in parts {
                try await batch.carryOut(absent.filter(part.holds), part, &result)
            }
            if result.seen > 0, result.skipped == result.seen, result.trouble == nil {
                result.trouble =
                    "Nothing of the plan was carried out: what it had for \(result.seen.people) is done already, or newer answers contradict it; sync again to see what is left."
            }
        }
    }

    /// Stages what still stands of a plan before any of it is carried out, so that each sees who
    /// else states her address, and nothing that is done speaks against what comes after.
    private func stage(
        _ planned: RunID,
        besides exchanged: Set<SourceKey>,
        _ parts: inout [SyncPart],
        _ absent: inout [SourceKey],
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        try await forEachPlanned(by: planned) { records throws(SyncFailure) in
            for index in parts.indices {
                let own = records.filter {
                    parts[index].holds($0.observation.key)
                        && !exchanged.contains($0.observation.key)
                }
                if own.isEmpty { continue }
                let view = try await view(around: own, of: parts[index])
                for record in own {
                    guard let why = record.contradiction(in: view) else { continue }
                    result.remark(record.observation.key, "It was skipped, because \(why).")
                }
                let standing = own.filter { $0.stands(in: view) }
                result.seen += own.count
                result.skipped += own.count - standing.count
                absent += standing.filter(\.isAbsent).map(\.observation.key)
                try await stage(standing.filter { !$0.isAbsent }, in: view, &parts[index])
            }
        }
    }

    private func stage(
        _ records: [PlannedRecord],
        in view: LocalView,
        _ part: inout SyncPart
    ) async throws(SyncFailure) {
        for record in records {
            guard let account = record.account else { continue }
            part.confirmed[record.observation.key] = .account(account)
        }
        var managers: [SourceKey] = []
        var rows: [StagedObservation] = []
        for record in records where part.isNew(record.observation.key.id) {
            let observation = record.latest(in: view)
            let isLinked = view.links[observation.key] != nil
            if !isLinked { managers += part.name(managersOf: observation) }
            rows.append(
                StagedObservation(
                    observation: observation,
                    email: observation.claimedEmail,
                    isLinked: isLinked
                )
            )
        }
        try await stage(rows, before: managers, &part)
    }

    /// What is known of planned records, and of whoever holds the addresses that they state.
    func view(
        around records: [PlannedRecord],
        of part: SyncPart
    ) async throws(SyncFailure) -> LocalView {
        var request = ViewRequest(tenant: part.connection.tenant)
        request.emails = Set(records.compactMap(\.observation.claimedEmail))
        request.keys = Set(records.map(\.observation.key))
        request.accounts = Set(records.compactMap(\.account))
        let wanted = request
        return try await stored { () throws(StoreError) in
            try await workshop.store.view(wanted)
        }
    }

    /// Infers the leaving of those who were missing when the plan was made and still are.
    private func carryOut(
        _ absent: [SourceKey],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        var rest = absent[...]
        while !rest.isEmpty {
            var request = ViewRequest(tenant: part.connection.tenant)
            let some = rest.prefix(settings.firstChunk)
            rest.removeFirst(some.count)
            request.keys = Set(some)
            let wanted = request
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(wanted)
            }
            let links = wanted.keys.compactMap { view.links[$0] }.filter {
                $0.state.isPresent && $0.missingSince != nil
            }
            try await apply(absent: links.sorted { $0.key.id < $1.key.id }, part, &result)
        }
    }
}

extension PlannedRecord {
    /// What was read of the record last: a login since, of somebody without an account, would be in
    /// the way of what was approved, where it says the same of who she is.
    fileprivate func latest(in view: LocalView) -> Observation {
        guard let later = view.unlinked[observation.key]?.observation,
            later.sequence > observation.sequence, later.tellsTheSame(as: observation)
        else { return observation }
        return later
    }

    /// Whether nothing contradicts it since it was planned.
    func stands(in view: LocalView) -> Bool { contradiction(in: view) == nil }

    /// What contradicts it since it was planned, as half a sentence; nil where nothing does.
    func contradiction(in view: LocalView) -> String? {
        let isChanged = "the account was changed since the plan was shown"
        guard let link = view.links[observation.key] else {
            if let account { return view.accounts[account]?.version == version ? nil : isChanged }
            return version == nil && !isAbsent ? nil : "the record stands for no account any more"
        }
        if account != nil { return "the record was given to an account since" }
        guard observation.sequence >= link.sequence else {
            return "the record was read again since the plan was shown"
        }
        if isAbsent, !link.state.isPresent { return "the person is known to have left already" }
        if isAbsent, link.missingSince == nil { return "a list had the person again since" }
        guard let version else { return nil }
        return view.accounts[link.account]?.version == version ? nil : isChanged
    }
}

extension Observation {
    /// Whether both say the same of all that tells whose record it is.
    func tellsTheSame(as other: Observation) -> Bool {
        standing == other.standing && claimedEmail == other.claimedEmail
            && forename == other.forename && surname == other.surname
            && neutralKeys == other.neutralKeys
    }
}
