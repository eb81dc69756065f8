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
        var cursor: PageCursor?
        var pages = 0
        repeat {
            let page = try await page(of: part, at: cursor, from: source, capabilities)
            part.firstSequence = part.firstSequence ?? page.sequence
            clocks.note(page.page, of: part.kind, in: part.key)
            try await take(page.page, into: &part, rules: rules, &result)
            run.aliveAt = workshop.clock.now()
            run.counts = result.counts
            let alive = run
            try await stored { () throws(StoreError) in try await workshop.store.update(alive) }
            pulse?.told(alive)
            progress(SyncProgress(stage: .reading, done: result.seen, total: counted))
            pages += 1
            guard pages < 100_000 else { throw .endless(pages: pages) }
            cursor = page.page.next
        } while cursor != nil
        if let counted, counted > part.seenCount {
            part.isComplete = false
            result.remark(
                nil,
                "The MIS counts \(counted) people and listed \(part.seenCount), so nobody was taken for absent; sync again later."
            )
        }
        if part.seenCount == 0 { try await refuseEmptyList(part) }
    }

    /// A list of nobody is believed only where nobody is known.
    private func refuseEmptyList(_ part: SyncPart) async throws(SyncFailure) {
        let known = try await presentCount(part)
        if known > 0 { throw .emptyList(school: part.school.name, known: known) }
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

    private func page(
        of part: SyncPart,
        at cursor: PageCursor?,
        from source: any RosterSource,
        _ capabilities: Capabilities
    ) async throws(SyncFailure) -> (page: RosterPage, sequence: Int64) {
        let sequence = try await stored { () throws(StoreError) in
            try await workshop.store.nextSequence()
        }
        let page = try await patiently(part.connection) { [part] () throws(SourceError) in
            try await source.page(
                of: part.kind,
                in: part.key,
                at: cursor,
                // Only a list of everybody can tell who is absent.
                changedSince: nil,
                knowing: capabilities,
                sequence: sequence,
                by: workshop.clock.instant() + settings.pageTimeout
            )
        }
        return (page, sequence)
    }

    /// Sorts a page: seen before, unchanged, or to be planned.
    private func take(
        _ page: RosterPage,
        into part: inout SyncPart,
        rules: UInt64,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        result.requests += page.requests
        for record in page.unreadable {
            result.failed += 1
            part.hasUnreadable = true
            result.remark(record.id, record.reason)
            if let id = record.id {
                if part.isNew(id) { result.seen += 1 }
            } else {
                result.seen += 1
                part.isComplete = false
            }
        }
        let fresh = page.observations.filter { part.isNew($0.key.id) }
        result.seen += fresh.count
        let marks = try await stored { () throws(StoreError) in
            try await workshop.store.marks(of: fresh.map(\.key))
        }
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: part.school.timeZone)
        var staged: [StagedObservation] = []
        let ended = try await ended(fresh, marks, of: part.connection.tenant)
        for observation in fresh {
            let mark = marks[observation.key]
            part.note(observation, isLinked: mark != nil)
            if let mark, mark.standsFor(observation, rules: rules, on: today) {
                result.unchanged += 1
                continue
            }
            if case .left(let evidence) = observation.standing, mark != nil,
                ended[observation.key] == .left(evidence)
            {
                result.unchanged += 1
                continue
            }
            staged.append(
                StagedObservation(
                    observation: observation,
                    email: observation.claimedEmail,
                    isLinked: mark != nil
                )
            )
        }
        guard !staged.isEmpty else { return }
        part.noteStaged(staged.count)
        let rows = staged
        let (run, isPreview) = (part.run, part.isPreview)
        try await stored { () throws(StoreError) in
            try await workshop.store.stage(rows, in: run)
            guard isPreview else { return }
            let records = rows.map { PlannedRecord(observation: $0.observation) }
            try await workshop.store.keep(records, for: run)
        }
    }

    /// How the links stand that ended before and whose records state leaving: nothing is left to
    /// end there.
    private func ended(
        _ observations: [Observation],
        _ marks: [SourceKey: LinkMark],
        of tenant: TenantID
    ) async throws(SyncFailure) -> [SourceKey: LinkState] {
        var request = ViewRequest(tenant: tenant)
        for observation in observations where marks[observation.key] != nil {
            if case .left = observation.standing { request.keys.insert(observation.key) }
        }
        if request.keys.isEmpty { return [:] }
        let wanted = request
        let view = try await stored { () throws(StoreError) in
            try await workshop.store.view(wanted)
        }
        return view.links.mapValues(\.state).filter { !$0.value.isPresent }
    }
}
