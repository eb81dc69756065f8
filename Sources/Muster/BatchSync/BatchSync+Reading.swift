import Accounts
import Reconciliation
import Roster

extension BatchSync {
    /// Reads every page of one kind of person and stages whatever is not plainly unchanged.
    func read(
        _ part: inout SyncPart,
        from source: any RosterSource,
        _ capabilities: Capabilities,
        _ run: inout Run,
        _ result: inout SyncResult,
        _ progress: @Sendable (SyncProgress) -> Void
    ) async throws(SyncFailure) {
        let counted = await count(part, from: source)
        result.requests += 1
        let rules = Fingerprint.rules(part.policy)
        // Without the part itself: a second holder of what it has seen would make each page copy it.
        let list = PageList(
            source: source,
            connection: part.connection,
            kind: part.kind,
            key: part.key,
            capabilities: capabilities,
            total: counted
        )
        _ = try await readPages(of: list, &run, &result, progress) {
            current,
            result throws(SyncFailure) in
            part.firstSequence = part.firstSequence ?? current.sequence
            try await take(current.page, into: &part, rules: rules, &result)
            return nil
        }
        if let counted, counted > part.onRoll {
            part.isComplete = false
            result.remark(
                nil,
                "The MIS counts \(counted) people and listed \(part.onRoll), so nobody was taken for absent; sync again later."
            )
        }
        if part.onRoll == 0 { try await refuseEmptyList(part) }
    }

    /// A list of nobody is believed only where nobody is known.
    private func refuseEmptyList(_ part: SyncPart) async throws(SyncFailure) {
        let known = try await presentCount(part)
        if known > 0 { throw .emptyList(part.kind, school: part.school.name, known: known) }
    }

    /// How many people the source counts; nil where it does not say.
    private func count(_ part: SyncPart, from source: any RosterSource) async -> Int? {
        try? await workshop.traffic.pass(to: part.connection, as: .batch) { [part] in
            let counted = await source.count(
                of: part.kind,
                in: part.key,
                by: workshop.clock.instant() + settings.pageTimeout
            )
            // Without a number it is not known whether the source answered.
            return (counted, counted == nil ? .givenUp : .answered(pause: nil))
        }
    }

    /// Sorts a page: seen before, unchanged, or to be planned.
    private func take(
        _ page: RosterPage,
        into part: inout SyncPart,
        rules: UInt64,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        result.requests += page.requests
        for record in page.unreadable { part.note(record, isOnRoll: !page.listsLeavers, &result) }
        let fresh = page.observations.filter { part.isNew($0.key.id) }
        if !page.listsLeavers { part.noteOnRoll(fresh.count) }
        result.seen += fresh.count
        let tenant = part.connection.tenant
        let (marks, erased) = try await stored { () throws(StoreError) in
            let marks = try await workshop.store.marks(of: fresh.map(\.key))
            let newcomers = Set(fresh.map(\.key)).subtracting(marks.keys)
            return (marks, try await workshop.store.erased(among: newcomers, of: tenant))
        }
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: part.school.timeZone)
        let kept = try await kept(fresh, marks, of: tenant)
        var staged: [StagedObservation] = []
        var named: [SourceKey] = []
        for observation in fresh {
            // Not even staged: nothing is kept of somebody who was erased.
            if erased.contains(observation.key) {
                result.ignored[.erased, default: 0] += 1
                continue
            }
            let mark = marks[observation.key]
            // Who left and was never known here is nobody's business.
            if page.listsLeavers, mark == nil, kept.unlinked[observation.key] == nil {
                result.ignored[.left, default: 0] += 1
                continue
            }
            part.note(
                observation,
                isLinked: mark != nil,
                hasLeft: kept.links[observation.key].map { !$0.state.isPresent } ?? false,
                isOnRoll: !page.listsLeavers
            )
            if mark?.standsFor(observation, rules: rules, on: today) ?? false
                || observation.ends(kept.links[observation.key])
            {
                result.unchanged += 1
                continue
            }
            if let reason = kept.unlinked[observation.key]?.reasonToLeave(observation) {
                result.ignored[reason, default: 0] += 1
                continue
            }
            if mark == nil { named += part.name(managersOf: observation) }
            staged.append(
                StagedObservation(
                    observation: observation,
                    email: observation.claimedEmail,
                    isLinked: mark != nil
                )
            )
        }
        try await stage(staged, before: named, &part)
    }

    /// Keeps what is to be planned; `managers`, who were read before somebody named them, come
    /// sooner now.
    func stage(
        _ staged: [StagedObservation],
        before managers: [SourceKey],
        _ part: inout SyncPart
    ) async throws(SyncFailure) {
        guard !staged.isEmpty else { return }
        part.noteStaged(staged.count)
        let rows = staged.map { row in
            var row = row
            if !row.isLinked { row.turn = part.turn(of: row.observation) }
            return row
        }
        let run = part.run
        // Not all at once: a login may be waiting to write.
        for start in stride(from: 0, to: rows.count, by: settings.chunk) {
            let some = Array(rows[start..<min(start + settings.chunk, rows.count)])
            try await stored { () throws(StoreError) in
                try await workshop.store.stage(some, in: run)
            }
        }
        try await stored { () throws(StoreError) in
            try await workshop.store.hasten(managers, in: run)
        }
    }

    /// What is kept of those of whom there may be nothing to plan: newcomers who were passed over
    /// before, and those who state leaving, whose links may have ended before.
    private func kept(
        _ observations: [Observation],
        _ marks: [SourceKey: LinkMark],
        of tenant: TenantID
    ) async throws(SyncFailure) -> LocalView {
        var request = ViewRequest(tenant: tenant)
        for observation in observations {
            if case .left = observation.standing {
                request.keys.insert(observation.key)
            } else if marks[observation.key] == nil {
                request.keys.insert(observation.key)
            }
        }
        if request.keys.isEmpty { return LocalView() }
        let wanted = request
        return try await stored { () throws(StoreError) in
            try await workshop.store.view(wanted)
        }
    }
}

extension UnlinkedRecord {
    /// Why the record stays without an account whatever else is known, now that the source says
    /// `observation` of it; nil where it must be planned.
    fileprivate func reasonToLeave(_ observation: Observation) -> UnlinkedReason? {
        switch reason {
        case .left, .noWorkEmail, .invalidEmail: break
        default: return nil
        }
        let isSame =
            Fingerprint.of(observation, rules: 0)
            == Fingerprint.of(self.observation, rules: 0)
        return isSame ? reason : nil
    }
}

extension SyncPart {
    /// Counts a record that could not be read.
    fileprivate mutating func note(
        _ record: UnreadableRecord,
        isOnRoll: Bool,
        _ result: inout SyncResult
    ) {
        result.failed += 1
        hasUnreadable = true
        result.remark(record.id, record.reason)
        if let id = record.id {
            guard isNew(id) else { return }
            result.seen += 1
            if isOnRoll { noteOnRoll(1) }
        } else {
            result.seen += 1
            // Whoever is only among those who left is missing from the others anyway.
            if isOnRoll { isComplete = false }
        }
    }
}

extension Observation {
    /// Whether it states the leaving that already ended the link, and no number that is new.
    fileprivate func ends(_ link: Link?) -> Bool {
        guard case .left(let evidence) = standing, let link else { return false }
        return link.state == .left(evidence)
            && neutralKeys(beside: link.last) == link.last.neutralKeys
    }
}
