import Accounts
import Reconciliation
import Roster

// Who changed, page by page, and whom the source lists as removed.
extension BatchSync {
    func read(
        _ part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: inout Run,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> FullReason? {
        let id = run.id
        let list = PageList(
            source: reading.source,
            connection: reading.connection,
            kind: part.mark.kind,
            key: part.mark.school,
            capabilities: reading.connection.capabilities,
            changedSince: part.mark.changedSince
        )
        do throws(SyncFailure) {
            let why = try await readPages(of: list, &run, &result) {
                current,
                result throws(SyncFailure) in
                let (page, since) = (current.page, part.mark.changedSince)
                if let moment = page.statedAt, moment < since { return .oddAnswer }
                try await take(current, into: &part, reading, id, &result)
                return part.isTooLarge ? .manyChanged : nil
            }
            if let why { return why }
        } catch {
            // A source that does not take the question may still list everybody.
            if case .source(let why) = error, why.isOdd { return .oddAnswer }
            throw error
        }
        return try await lookUpRemoved(&part, reading, id, &result)
    }

    /// Stages what is not plainly unchanged.
    private func take(
        _ numbered: NumberedPage,
        into part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let page = numbered.page
        result.requests += page.requests
        for record in page.unreadable {
            result.seen += 1
            result.failed += 1
            let place = "Page \(numbered.number) of the changed \(part.mark.kind.people)"
            result.remark(
                record.id,
                record.id == nil
                    ? "\(place) of \(part.school.name) has a record without an id: \(record.reason)"
                    : record.reason
            )
        }
        let fresh = page.observations.filter { part.seen.insert($0.key).inserted }
        result.seen += fresh.count
        let marks = try await stored { () throws(StoreError) in
            try await workshop.store.marks(of: fresh.map(\.key))
        }
        let nobodys = try await nobodysBusiness(
            Set(fresh.map(\.key)).subtracting(marks.keys),
            haveLeft: page.listsLeavers,
            reading.connection.tenant
        )
        for reason in nobodys.values { result.ignored[reason, default: 0] += 1 }
        let rest = fresh.filter { nobodys[$0.key] == nil }
        try await stage(rest, marks, of: &part, reading, run, &result)
    }

    /// The newcomers of whom nothing is kept, not even for the run: who was erased, and who left and
    /// was never known here.
    private func nobodysBusiness(
        _ newcomers: Set<SourceKey>,
        haveLeft: Bool,
        _ tenant: TenantID
    ) async throws(SyncFailure) -> [SourceKey: UnlinkedReason] {
        guard !newcomers.isEmpty else { return [:] }
        var request = ViewRequest(tenant: tenant)
        if haveLeft { request.keys = newcomers }
        let wanted = request
        let (erased, known) = try await stored { () throws(StoreError) in
            let erased = try await workshop.store.erased(among: newcomers, of: tenant)
            let view = haveLeft ? try await workshop.store.view(wanted) : LocalView()
            return (erased, Set(view.unlinked.keys))
        }
        var reasons: [SourceKey: UnlinkedReason] = [:]
        if haveLeft { for key in newcomers.subtracting(known) { reasons[key] = .left } }
        for key in erased { reasons[key] = .erased }
        return reasons
    }

    private func stage(
        _ observations: [Observation],
        _ marks: [SourceKey: LinkMark],
        of part: inout ChangedPart,
        _ reading: ChangeReading,
        _ run: RunID,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let rules = Fingerprint.rules(reading.policy)
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: part.school.timeZone)
        let (unchanged, changed) = observations.divided {
            marks[$0.key]?.standsFor($0, rules: rules, on: today) == true
        }
        result.unchanged += unchanged.count
        try await overtake(plansOf: unchanged, reading, run)
        part.staged += changed.count
        part.newcomers += changed.count { marks[$0.key] == nil && !$0.statesLeaving }
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

    /// Has plans that wait know of people who are as before after all: an approval leaves out whom
    /// something newer was read of.
    private func overtake(
        plansOf unchanged: [Observation],
        _ reading: ChangeReading,
        _ run: RunID
    ) async throws(SyncFailure) {
        let since = workshop.clock.now().advanced(by: .zero - SyncPlan.force)
        var changes = ChangeSet(
            tenant: reading.connection.tenant,
            run: run,
            cause: .batch,
            at: workshop.clock.now()
        )
        for observation in unchanged {
            let held = try await stored { () throws(StoreError) in
                try await workshop.store.heldRecord(observation.key, since: since)
            }
            guard held != nil else { continue }
            changes.checked.append(
                CheckedRecord(key: observation.key, sequence: observation.sequence)
            )
        }
        guard !changes.checked.isEmpty else { return }
        let overtaken = changes
        try await stored { () throws(StoreError) in try await workshop.store.apply(overtaken) }
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
                try await stage([observation], links, of: &part, reading, run, &result)
            case .notReturned, .refused, .failed:
                result.remark(
                    key.id,
                    "The MIS lists the record as removed and does not return it; nothing was changed, because only syncs of everybody judge who is absent."
                )
            }
        }
        return part.isTooLarge ? .manyChanged : nil
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

extension Observation {
    /// Whether she has left, so that no account is made.
    var statesLeaving: Bool {
        if case .left = standing { true } else { false }
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

extension [Observation] {
    /// Those that `belongs` holds of, and the others.
    fileprivate func divided(by belongs: (Element) -> Bool) -> ([Element], [Element]) {
        (filter(belongs), filter { !belongs($0) })
    }
}
