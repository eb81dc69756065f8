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
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let counted = try await count(&part, from: source, &result)
        // Without the part itself: a second holder of what it has seen would make each page copy it.
        let list = PageList(
            source: source,
            connection: part.connection,
            kind: part.kind,
            key: part.key,
            capabilities: capabilities,
            total: counted
        )
        _ = try await readPages(of: list, &run, &result) {
            current,
            result throws(SyncFailure) in
            part.firstSequence = part.firstSequence ?? current.sequence
            try await take(current, into: &part, &result)
            return nil
        }
        if let counted, counted > part.onRoll {
            part.isCounted = false
            result.remark(
                shortList:
                    "The MIS counts \(counted) \(part.people) and listed \(part.onRoll), so nobody of them was taken for absent; sync again later."
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
    ///
    /// Where it counts and could not be asked, its list proves nobody's absence.
    private func count(
        _ part: inout SyncPart,
        from source: any RosterSource,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> Int? {
        let (kind, school) = (part.kind, part.key)
        result.requests += 1
        do throws(SyncFailure) {
            return try await asked { () throws(SourceError) in
                // Asked once: a sync without the number takes nobody for absent and is a sync still.
                try await inTurn(part.connection) { () throws(SourceError) in
                    try await source.count(
                        of: kind,
                        in: school,
                        by: workshop.clock.instant() + min(settings.pageTimeout, .seconds(10))
                    )
                }
            }
        } catch {
            guard case .source(let trouble) = error else { throw error }
            part.isCounted = false
            result.remark(
                shortList:
                    "The MIS did not say how many \(part.people) there are, so nobody of them was taken for absent; sync again later: \(trouble.sentence)"
            )
            return nil
        }
    }

    /// Sorts a page: seen before, unchanged, or to be planned.
    private func take(
        _ numbered: NumberedPage,
        into part: inout SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let page = numbered.page
        result.requests += page.requests
        for record in page.unreadable { part.note(record, on: numbered, &result) }
        let fresh = page.observations.filter { part.isNew($0.key.id) }
        if !page.listsLeavers { part.noteOnRoll(fresh.count) }
        result.seen += fresh.count
        let known = try await knownPeople(among: fresh, part)
        var staged: [StagedObservation] = []
        var managers: [SourceKey] = []
        for observation in fresh {
            if let reason = known.reasonToForget(observation, isAmongLeavers: page.listsLeavers) {
                result.ignored[reason, default: 0] += 1
                continue
            }
            let isLinked = known.marks[observation.key] != nil
            part.note(
                observation,
                isLinked: isLinked,
                hasLeft: known.hasLeft(observation.key),
                isOnRoll: !page.listsLeavers
            )
            if known.isUnchanged(observation, comparesAll: part.comparesAll) {
                result.unchanged += 1
            } else if let reason = known.reasonToLeave(observation) {
                result.ignored[reason, default: 0] += 1
            } else {
                if !isLinked { managers += part.name(managersOf: observation) }
                staged.append(
                    StagedObservation(
                        observation: observation,
                        email: observation.claimedEmail,
                        isLinked: isLinked
                    )
                )
            }
        }
        try await stage(staged, before: managers, &part)
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
        var rest = rows[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(settings.firstChunk))
            rest.removeFirst(some.count)
            try await stored { () throws(StoreError) in
                try await workshop.store.stage(some, in: run)
            }
        }
        try await stored { () throws(StoreError) in
            try await workshop.store.hasten(managers, in: run)
        }
    }

    private func knownPeople(
        among observations: [Observation],
        _ part: SyncPart
    ) async throws(SyncFailure) -> KnownPeople {
        let tenant = part.connection.tenant
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: part.school.timeZone)
        return try await stored { () throws(StoreError) in
            let marks = try await workshop.store.marks(of: observations.map(\.key))
            let newcomers = Set(observations.map(\.key)).subtracting(marks.keys)
            let erased = try await workshop.store.erased(among: newcomers, of: tenant)
            // Those who state leaving may have links that ended before.
            let leavers = observations.lazy.filter(\.statesLeaving).map(\.key)
            var request = ViewRequest(tenant: tenant)
            request.keys = newcomers.union(leavers)
            let view = request.keys.isEmpty ? LocalView() : try await workshop.store.view(request)
            return KnownPeople(
                marks: marks,
                erased: erased,
                view: view,
                rules: Fingerprint.rules(part.policy),
                today: today
            )
        }
    }
}

/// What is known of the people of a page.
private struct KnownPeople {
    /// Of everybody who has a link.
    let marks: [SourceKey: LinkMark]
    let erased: Set<SourceKey>
    /// Of those of whom there may be nothing to plan: who has no link, and who states leaving.
    let view: LocalView
    let rules: UInt64
    let today: Day

    /// Why nothing is kept of her, not even for the run: she was erased, or she left and was never
    /// known here.
    func reasonToForget(
        _ observation: Observation,
        isAmongLeavers: Bool
    ) -> UnlinkedReason? {
        let key = observation.key
        if erased.contains(key) { return .erased }
        return isAmongLeavers && marks[key] == nil && view.unlinked[key] == nil ? .left : nil
    }

    /// Whether her link ended before.
    func hasLeft(_ record: SourceKey) -> Bool {
        view.links[record].map { !$0.state.isPresent } ?? false
    }

    /// Whether there is nothing to plan of somebody who has a link: where all are compared, only of
    /// who left before.
    func isUnchanged(_ observation: Observation, comparesAll: Bool) -> Bool {
        if observation.ends(view.links[observation.key]) { return true }
        guard !comparesAll else { return false }
        return marks[observation.key]?.standsFor(observation, rules: rules, on: today) ?? false
    }

    /// Why her record stays without an account whatever else is known; nil where it must be
    /// planned.
    func reasonToLeave(_ observation: Observation) -> UnlinkedReason? {
        guard let known = view.unlinked[observation.key] else { return nil }
        switch known.reason {
        case .left, .noWorkEmail, .invalidEmail: break
        default: return nil
        }
        let isSame =
            Fingerprint.of(observation, rules: 0) == Fingerprint.of(known.observation, rules: 0)
        return isSame ? known.reason : nil
    }
}

extension SyncPart {
    /// Whose records it has, in a sentence.
    fileprivate var people: String { "\(kind.people) of \(school.name)" }

    /// Counts a record of `page` that could not be read.
    fileprivate mutating func note(
        _ record: UnreadableRecord,
        on page: NumberedPage,
        _ result: inout SyncResult
    ) {
        result.failed += 1
        hasUnreadable = true
        let isOnRoll = !page.page.listsLeavers
        if let id = record.id {
            result.remark(id, record.reason)
            guard isNew(id) else { return }
            result.seen += 1
            if isOnRoll { noteOnRoll(1) }
        } else {
            result.seen += 1
            // Whoever is only among those who left is missing from the others anyway.
            if isOnRoll { isComplete = false }
            let what = isOnRoll ? "so nobody of them was taken for absent" : "which changes nothing"
            result.remark(
                nil,
                "Page \(page.number) of the \(people) has a record without an id, \(what): \(record.reason)"
            )
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
