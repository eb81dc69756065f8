import Accounts
import Reconciliation
import Roster

// A run that reads only who changed. It judges nobody absent, learns nothing of what the school
// grants, and ends no plan; whom it takes something from is counted as at a login.
extension BatchSync {
    /// Reads and applies who changed since the marks of earlier runs.
    /// - Returns: Why everybody must be read instead, and nothing was applied; nil where it is done.
    func carryOutChanges(
        _ reading: ChangeReading,
        _ run: inout Run,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> FullReason? {
        guard reading.source.readsChanges else { return .notOffered }
        let connection = reading.connection
        let (changedIDs, marks) = try await stored { () throws(StoreError) in
            (
                try await workshop.changedIDs(of: connection.id),
                try await workshop.connections.readMarks(of: connection.id)
            )
        }
        guard changedIDs.isEmpty else { return .idsChanged }
        let now = workshop.clock.now()
        var parts: [ChangedPart] = []
        for school in connection.schools {
            let key = SchoolKey(connection: connection.id, school: school.id)
            for kind in connection.kinds {
                guard let mark = marks.first(where: { $0.school == key && $0.kind == kind })
                else { return .noMark }
                if let why = mark.refusal(at: now, terms: reading.terms) { return why }
                let tally = try await tally(of: kind, in: key, connection.tenant)
                parts.append(ChangedPart(school: school, mark: mark, tally: tally))
            }
        }
        run.kind = .delta
        result.kind = .delta
        for index in parts.indices {
            let why = try await read(&parts[index], reading, &run, &result)
            if let why {
                try await giveUp(reading, &run, &result)
                return why
            }
        }
        if try await listsMoved(parts, reading, id: run.id, &result) {
            try await giveUp(reading, &run, &result)
            return .idsChanged
        }
        try await apply(parts, reading, &run, &result)
        guard result.state == .completed else { return nil }
        for part in parts { try await move(part) }
        return nil
    }

    /// Keeps, after a run that read everybody and applied all of it, from when on changes count.
    func setMarks(
        _ connection: Connection,
        startedAt: Timestamp,
        terms: UInt64
    ) async throws(SyncFailure) {
        for school in connection.schools {
            let key = SchoolKey(connection: connection.id, school: school.id)
            for kind in connection.people {
                guard let readAt = clocks.beginning(of: kind, in: key) else { continue }
                let mark = ReadMark(
                    school: key,
                    kind: kind,
                    readAt: readAt,
                    fullAt: startedAt,
                    terms: terms
                )
                try await stored { () throws(StoreError) in
                    try await workshop.connections.setReadMark(mark)
                }
            }
        }
    }

    private func move(_ part: ChangedPart) async throws(SyncFailure) {
        guard let readAt = clocks.beginning(of: part.mark.kind, in: part.mark.school) else {
            return
        }
        var mark = part.mark
        mark.readAt = readAt
        let moved = mark
        try await stored { () throws(StoreError) in
            try await workshop.connections.setReadMark(moved)
        }
    }

    private func tally(
        of kind: PersonKind,
        in school: SchoolKey,
        _ tenant: TenantID
    ) async throws(SyncFailure) -> LossTally {
        let question = LossQuestion(
            tenant: tenant,
            school: school,
            kind: kind,
            besides: AccountID(0),
            dayAgo: workshop.clock.now().advanced(by: .zero - SyncSchedule.day)
        )
        return try await stored { () throws(StoreError) in
            try await workshop.store.tally(question)
        }
    }

    /// Whether somebody who is said to have left has another record, of those that are listed or wait:
    /// only a list of everybody tells how many have.
    ///
    /// Of whom an earlier one told, and nobody has decided since, nothing is done and nobody is read.
    private func listsMoved(
        _ parts: [ChangedPart],
        _ reading: ChangeReading,
        id run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> Bool {
        var leaving: [SourceKey] = []
        var waiting: [SourceKey] = []
        var newcomers: [Observation] = []
        try await forEachStaged(in: run) { rows throws(SyncFailure) in
            leaving += rows.filter { $0.isLinked && $0.observation.statesLeaving }
                .map(\.observation.key)
            newcomers += rows.filter { !$0.isLinked }.map(\.observation)
        }
        for record in leaving {
            guard let part = parts.first(where: { $0.holds(record) }) else { continue }
            let planner = workshop.planner(
                policy: reading.policy,
                school: part.school,
                mayCreate: false
            )
            let tenant = reading.connection.tenant
            let listed = newcomers
            let other = try await stored { () throws(StoreError) in
                var request = ViewRequest(tenant: tenant)
                request.keys = [record]
                let seen = try await workshop.store.view(request)
                guard let link = seen.links[record], link.state.isPresent,
                    seen.accounts[link.account]?.status == .active
                else { return OtherRecord?.none }
                let other = try await workshop.otherRecord(
                    link.account,
                    than: record,
                    in: seen,
                    among: listed,
                    of: tenant,
                    planner
                )
                guard case .found(let key) = other else { return other }
                let since = planner.now.advanced(by: .zero - SyncPlan.force)
                let held = try await workshop.store.heldRecord(key, since: since)
                return held?.account == link.account ? .awaited : other
            }
            switch other {
            case .found: return true
            case .awaited: waiting.append(record)
            case nil: break
            }
        }
        try await forget(waiting, staged: run, reading)
        result.counts.unchanged += waiting.count
        return false
    }

    /// Throws away what was staged, so that a list of everybody can be read by the same run.
    private func giveUp(
        _ reading: ChangeReading,
        _ run: inout Run,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let id = run.id
        while true {
            let staged = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: id, limit: 500)
            }
            if staged.isEmpty { break }
            try await forget(staged.map(\.observation.key), staged: id, reading)
        }
        run.kind = .full
        result.kind = .full
        result.counts = RunCounts()
        result.remarks = []
        clocks.forget()
    }
}

extension BatchSync {
    /// Throws away what was staged of `records`.
    private func forget(
        _ records: [SourceKey],
        staged run: RunID,
        _ reading: ChangeReading
    ) async throws(SyncFailure) {
        guard !records.isEmpty else { return }
        var changes = ChangeSet(
            tenant: reading.connection.tenant,
            run: run,
            cause: .batch,
            at: workshop.clock.now()
        )
        changes.unstaged = records
        let forgotten = changes
        try await stored { () throws(StoreError) in
            try await workshop.store.apply(forgotten)
        }
    }
}

// Applying, one person after the other, as logins would.
extension BatchSync {
    private func apply(
        _ parts: [ChangedPart],
        _ reading: ChangeReading,
        _ run: inout Run,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let total = parts.reduce(0) { $0 + $1.staged }
        var done = 0
        var held: Set<Loss> = []
        let id = run.id
        while true {
            let next = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: id, limit: 1)
            }
            guard let observation = next.first?.observation else { break }
            guard let part = parts.first(where: { $0.holds(observation.key) }) else {
                throw .store(.stale)
            }
            held.formUnion(try await take(observation, of: part, reading, id, &result))
            done += 1
            progress(result.progress(.applying, done, of: total))
        }
        guard !held.isEmpty else { return }
        let words = held.map(\.word).sorted().joined(separator: ", ")
        result.trouble =
            held.contains(.exchange)
            ? "The MIS gives people of \(reading.connection.name) the names and the address of others who have accounts, so \(result.held.people) \(result.held.word("stays", "stay")) as before here; put it right in the MIS, or sync everybody and decide what that sync holds."
            : "The MIS takes something (\(words)) from many people of \(reading.connection.name), of whom \(result.held) \(result.held.word("keeps", "keep")) theirs here; check the MIS, then sync everybody and decide what that sync holds."
    }

    private func take(
        _ observation: Observation,
        of part: ChangedPart,
        _ reading: ChangeReading,
        _ run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> Set<Loss> {
        let planner = workshop.planner(
            policy: reading.policy,
            school: part.school,
            mayCreate: true
        )
        var step = RefreshStep(
            workshop: workshop,
            school: ConnectedSchool(connection: reading.connection, school: part.school),
            policy: reading.policy,
            mayCreate: true,
            login: LoginID(0)
        )
        step.cause = .batch
        step.staging = run
        let guarded = step
        let tenant = reading.connection.tenant
        var held: Set<Loss> = []
        var isKept = false
        let since = planner.now.advanced(by: .zero - SyncPlan.force)
        let before = result
        var after = before
        _ = try await stored { () throws(StoreError) in
            try await workshop.reconcile(
                [observation],
                tenant: tenant,
                run: run,
                cause: .batch,
                planner: planner,
                stagedIn: run,
                taking: [observation.key]
            ) { drafted throws(StoreError) in
                var drafted = drafted
                // Only a list of everybody can tell a value that is gone from one that is not
                // delivered any more.
                let believed = guarded.believable(observation, beside: drafted.seen, nil)
                    .withholding(reading.contradictsHierarchy ? [.managers] : [])
                if believed != observation {
                    drafted = try await guarded.draft([believed], planner, run)
                }
                held = try await guarded.guarding(&drafted, [believed], planner, run).losses
                drafted.countCreations()
                // A plan of one, beside that of a sync of everybody, would be approved in its place.
                isKept = try await workshop.store.heldRecord(observation.key, since: since) != nil
                if !held.isEmpty, !isKept {
                    // Before the step is done, so that a kill in between loses nothing that waits.
                    try await workshop.keep(
                        [PlannedRecord(observation: observation)],
                        for: run,
                        of: tenant
                    )
                }
                return drafted
            } counting: { step in
                after = before
                after.followed += step.followers
                // Of what waits as a whole nothing was done.
                if LossGuard.withheld(for: held) != nil {
                    for plan in step.plans { after.count(plan) }
                }
                guard !held.isEmpty else { return after.counts }
                after.hold(1)
                if !isKept { after.waiting.add(PlannedRecord(observation: observation)) }
                if held.contains(.exchange) { after.remark(observation.key, Self.movesRecord) }
                return after.counts
            }
        }
        result = after
        pulse?.told(result.counts)
        return held
    }
}
