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
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) -> FullReason? {
        guard reading.source.readsChanges else { return .notOffered }
        let connection = reading.connection
        let marks = try await stored { () throws(StoreError) in
            try await workshop.connections.readMarks(of: connection.id)
        }
        let now = workshop.clock.now()
        var parts: [ChangedPart] = []
        for school in connection.schools {
            let key = SchoolKey(connection: connection.id, school: school.id)
            for kind in connection.people.sorted(by: { $0.rawValue < $1.rawValue }) {
                guard let mark = marks.first(where: { $0.school == key && $0.kind == kind })
                else { return .noMark }
                if let why = mark.refusal(at: now, terms: reading.terms) { return why }
                let limit = try await limit(of: kind, in: key, connection.tenant)
                parts.append(ChangedPart(school: school, mark: mark, limit: limit))
            }
        }
        run.kind = .delta
        result.kind = .delta
        for index in parts.indices {
            let why = try await read(&parts[index], reading, &run, &result, progress)
            if let why {
                try await giveUp(reading, &run, &result)
                return why
            }
        }
        try await apply(parts, reading, &run, &result, progress)
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

    /// How many may change before a list of everybody is wanted, which shows more: a tenth, and
    /// no more than fit in memory.
    private func limit(
        of kind: PersonKind,
        in school: SchoolKey,
        _ tenant: TenantID
    ) async throws(SyncFailure) -> Int {
        let question = LossQuestion(
            tenant: tenant,
            school: school,
            kind: kind,
            besides: AccountID(0),
            dayAgo: workshop.clock.now().advanced(by: .zero - SyncSchedule.day)
        )
        let tally = try await stored { () throws(StoreError) in
            try await workshop.store.tally(question)
        }
        return min(max(20, tally.peopleAtSchool / 10), 2000)
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
            var changes = ChangeSet(
                tenant: reading.connection.tenant,
                run: id,
                cause: .batch,
                at: workshop.clock.now()
            )
            changes.unstaged = staged.map(\.observation.key)
            let forgotten = changes
            try await stored { () throws(StoreError) in
                try await workshop.store.apply(forgotten)
            }
        }
        run.kind = .full
        result.kind = .full
        result.counts = RunCounts()
        result.remarks = []
        clocks.forget()
    }
}

// Reading.
extension BatchSync {
    private func read(
        _ part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: inout Run,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) -> FullReason? {
        var cursor: PageCursor?
        var pages = 0
        repeat {
            let page: RosterPage
            do throws(SyncFailure) {
                page = try await self.page(of: part, at: cursor, reading)
            } catch {
                // A source that does not take the question may still list everybody.
                if case .source(let why) = error, why.isOdd { return .oddAnswer }
                throw error
            }
            clocks.note(page, of: part.mark.kind, in: part.mark.school)
            if let moment = page.statedAt, moment < part.mark.changedSince { return .oddAnswer }
            try await take(page, into: &part, reading, run.id, &result)
            guard part.staged <= part.limit else { return .manyChanged }
            run.aliveAt = workshop.clock.now()
            run.counts = result.counts
            let alive = run
            try await stored { () throws(StoreError) in try await workshop.store.update(alive) }
            pulse?.told(alive)
            progress(SyncProgress(stage: .reading, done: result.seen, total: nil))
            pages += 1
            guard pages < 100_000 else { throw .endless(pages: pages) }
            cursor = page.next
        } while cursor != nil
        return try await lookUpRemoved(&part, reading, run.id, &result)
    }

    private func page(
        of part: ChangedPart,
        at cursor: PageCursor?,
        _ reading: ChangeReading
    ) async throws(SyncFailure) -> RosterPage {
        let sequence = try await stored { () throws(StoreError) in
            try await workshop.store.nextSequence()
        }
        return try await patiently(reading.connection) { () throws(SourceError) in
            try await reading.source.page(
                of: part.mark.kind,
                in: part.mark.school,
                at: cursor,
                changedSince: part.mark.changedSince,
                knowing: reading.connection.capabilities,
                sequence: sequence,
                by: workshop.clock.instant() + settings.pageTimeout
            )
        }
    }

    /// Stages what is not plainly unchanged.
    private func take(
        _ page: RosterPage,
        into part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        result.requests += page.requests
        for record in page.unreadable {
            result.seen += 1
            result.failed += 1
            result.remark(record.id, record.reason)
        }
        let fresh = page.observations.filter { part.seen.insert($0.key).inserted }
        result.seen += fresh.count
        try await stage(fresh, of: &part, reading, run, &result)
    }

    private func stage(
        _ observations: [Observation],
        of part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let marks = try await stored { () throws(StoreError) in
            try await workshop.store.marks(of: observations.map(\.key))
        }
        let rules = Fingerprint.rules(reading.policy)
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: part.school.timeZone)
        let changed = observations.filter {
            marks[$0.key]?.standsFor($0, rules: rules, on: today) != true
        }
        result.unchanged += observations.count - changed.count
        part.staged += changed.count
        guard !changed.isEmpty, part.staged <= part.limit else { return }
        let rows = changed.map {
            StagedObservation(
                observation: $0,
                email: $0.claimedEmail,
                isLinked: marks[$0.key] != nil
            )
        }
        try await stored { () throws(StoreError) in
            try await workshop.store.stage(rows, in: run)
        }
    }

    /// Looks up whom the source lists as removed or brought back: the row alone says nothing.
    private func lookUpRemoved(
        _ part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> FullReason? {
        let mark = part.mark
        let removed = try await patiently(reading.connection) { () throws(SourceError) in
            try await reading.source.removals(
                of: mark.kind,
                in: mark.school,
                since: mark.changedSince,
                by: workshop.clock.instant() + settings.pageTimeout
            )
        }
        let unseen = removed.subtracting(part.seen).sorted { $0.id < $1.id }
        let links = try await stored { () throws(StoreError) in
            try await workshop.store.marks(of: unseen)
        }
        let known = unseen.filter { links[$0] != nil }
        guard known.count <= part.limit else { return .manyChanged }
        for key in known {
            switch try await lookUp(key, reading) {
            case .found(let observation):
                result.seen += 1
                part.seen.insert(key)
                try await stage([observation], of: &part, reading, run, &result)
            case .notReturned, .refused, .failed:
                result.remark(
                    key.id,
                    "The MIS lists the record as removed and does not return it; nothing was changed, because only syncs of everybody judge who is absent."
                )
            }
        }
        return part.staged <= part.limit ? nil : .manyChanged
    }

    private func lookUp(
        _ key: SourceKey,
        _ reading: ChangeReading
    ) async throws(SyncFailure) -> LookUpAnswer {
        let sequence = try await stored { () throws(StoreError) in
            try await workshop.store.nextSequence()
        }
        return try await patiently(reading.connection) { () throws(SourceError) in
            let answer = await reading.source.lookUp(
                key,
                knowing: reading.connection.capabilities,
                sequence: sequence,
                by: workshop.clock.instant() + settings.pageTimeout
            ).answer
            switch answer {
            case .failed(let error): throw error
            case .refused(let reason): throw .refused(reason: reason)
            case .found, .notReturned: return answer
            }
        }
    }
}

// Applying, one person after the other, as logins would.
extension BatchSync {
    private func apply(
        _ parts: [ChangedPart],
        _ reading: ChangeReading,
        _ run: inout Run,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
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
            progress(SyncProgress(stage: .applying, done: done, total: total))
        }
        guard done == total else { throw .store(.stale) }
        guard !held.isEmpty else { return }
        let words = held.map(\.word).sorted().joined(separator: ", ")
        result.trouble =
            "The MIS takes something (\(words)) from more people of \(reading.connection.name) than syncs of changes and logins may take it from; \(result.held) people keep theirs, so check the MIS and then sync everybody."
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
        let taken = try await stored { () throws(StoreError) in
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
                held = try await guarded.guarding(&drafted, [observation], planner, run)
                if !held.isEmpty {
                    // Before the step is done, so that a kill in between loses nothing that waits.
                    try await workshop.store.keep(
                        [PlannedRecord(observation: observation)],
                        for: run
                    )
                }
                return drafted
            }
        }
        let planned = Set(taken.plans.compactMap(\.account))
        result.followed += taken.changes.accounts.count { write in
            guard let before = write.before, write.after != before else { return false }
            return !planned.contains(before.id)
        }
        // Of what waits as a whole nothing was done.
        if LossGuard.withheld(for: held) != nil { for plan in taken.plans { result.count(plan) } }
        guard !held.isEmpty else { return [] }
        result.hold(1)
        result.waiting.add(PlannedRecord(observation: observation))
        return held
    }
}

/// What a run that reads changes works with.
struct ChangeReading {
    let connection: Connection
    let source: any RosterSource
    let policy: Policy
    /// What the school grants now and how records are read, as marks keep it.
    let terms: UInt64
}

/// One kind of person in one school whose changes are read.
private struct ChangedPart {
    let school: SchoolDescription
    let mark: ReadMark
    /// How many may change.
    let limit: Int
    var seen: Set<SourceKey> = []
    /// How many observations wait in the store.
    var staged = 0

    init(school: SchoolDescription, mark: ReadMark, limit: Int) {
        self.school = school
        self.mark = mark
        self.limit = limit
    }

    func holds(_ record: SourceKey) -> Bool {
        record.school == mark.school && record.kind == mark.kind
    }
}

extension SourceError {
    /// Whether the question was not understood, rather than the source away.
    fileprivate var isOdd: Bool {
        switch self {
        case .malformed, .unknown: true
        case .unavailable, .overloaded, .refused, .cancelled: false
        }
    }
}
