import Accounts
import Reconciliation
import Roster

// Who was not in the list.
extension BatchSync {
    /// Judges, after complete full reads only, who was not in the lists.
    func judgeAbsence(
        _ parts: [SyncPart],
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        var counts: [Absences] = []
        var judgements = parts.map { AbsenceJudgement($0, at: workshop.clock.now()) }
        var leaving: Set<AccountID> = []
        for index in parts.indices {
            counts.append(try await countAbsences(at: index, of: &judgements, &leaving))
        }
        result.counts.missing = leaving.count
        let totals = zip(parts, counts).reduce(into: [PersonKind: Int]()) {
            $0[$1.0.kind, default: 0] += $1.1.due
        }
        for (index, part) in parts.enumerated() where counts[index].absent > 0 {
            let (count, judgement) = (counts[index], judgements[index])
            if try await isTooMany(count.due, ofTenant: totals[part.kind, default: 0], part) {
                try await hold(count.due, part, judgement, &result)
                continue
            }
            try await forEachAbsent(part, judgement) { links throws(SyncFailure) in
                if part.isPreview {
                    try await rehearse(absent: links, part, &result)
                } else {
                    try await apply(absent: links, part, &result)
                }
            }
        }
    }

    private func hold(
        _ due: Int,
        _ part: SyncPart,
        _ judgement: AbsenceJudgement,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        try await forEachAbsent(part, judgement, dueOnly: true) { links throws(SyncFailure) in
            let records = links.map { PlannedRecord(observation: $0.last, isAbsent: true) }
            try await keep(records, of: part, &result)
        }
        result.explain(
            "\(due.people) of \(part.school.name) \(Loss.absence.words(for: due))"
        )
        if part.isPreview { result.counts.held += due } else { result.hold(due) }
    }

    /// A guard: more than five people and, among twenty or more, more than a tenth, those included
    /// whom earlier lists of the last day missed.
    private func isTooMany(
        _ due: Int,
        ofTenant total: Int,
        _ part: SyncPart
    ) async throws(SyncFailure) -> Bool {
        guard due > 0 else { return false }
        return !LossGuard.held(
            [.absence: due],
            ofTenant: [.absence: total],
            by: try await tally(of: part),
            kind: part.kind
        ).isEmpty
    }

    /// Present links that a run did not see.
    private struct Absences {
        var absent = 0
        /// Those whose absence is judged now.
        var due = 0
    }

    /// Counts who is missing from one part; `leaving` takes the accounts that the same list, twelve
    /// hours later, would suspend.
    private func countAbsences(
        at index: Int,
        of judgements: inout [AbsenceJudgement],
        _ leaving: inout Set<AccountID>
    ) async throws(SyncFailure) -> Absences {
        var counts = Absences()
        guard judgements[index].isPossible else { return counts }
        let part = judgements[index].part
        try await forEachMark(part) { marks throws(SyncFailure) in
            let missing = marks.filter(judgements[index].isAbsent)
            counts.absent += missing.count
            if missing.isEmpty { return }
            if judgements[index].awaited == nil {
                judgements[index].awaited = try await awaited(part)
            }
            var request = ViewRequest(tenant: part.connection.tenant)
            request.keys = Set(missing.map(\.key))
            let wanted = request
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(wanted)
            }
            for mark in missing {
                if judgements[index].isDue(mark) {
                    counts.due += judgements[index].keeps(mark.key, in: view) ? 0 : 1
                } else if let link = view.links[mark.key],
                    judgements[index].threatens(link, in: view),
                    view.isLast(link, besides: { link in judgements.contains { $0.misses(link) } })
                {
                    leaving.insert(link.account)
                }
            }
        }
        return counts
    }

    /// The accounts whose records may be among those of the part that wait for a person.
    ///
    /// Their names suggest it since the ids of the school changed, or a person took back that they
    /// were: until she decides, nobody knows that the people of these accounts are gone.
    ///
    /// A record that was ignored for good holds nobody's account.
    func awaited(_ part: SyncPart) async throws(SyncFailure) -> Set<AccountID> {
        var accounts: Set<AccountID> = []
        try await forEachUnlinked(part) { keys throws(SyncFailure) in
            var request = ViewRequest(tenant: part.connection.tenant)
            request.keys = Set(keys)
            let wanted = request
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(wanted)
            }
            let reasons = [UnlinkedReason.namesakeAfterRenumbering, .linkTakenBack]
            for record in view.unlinked.values where reasons.contains(record.reason) {
                let isIgnored = record.dismissal.map { $0.until == nil } ?? false
                if !isIgnored { accounts.formUnion(record.candidates) }
            }
        }
        return accounts
    }

    /// Present links whose record the run did not see, or that no longer meet a criterion.
    private func forEachAbsent(
        _ part: SyncPart,
        _ judgement: AbsenceJudgement,
        dueOnly: Bool = false,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        try await forEachMark(part) { marks throws(SyncFailure) in
            var request = ViewRequest(tenant: part.connection.tenant)
            for mark in marks where judgement.isAbsent(mark) {
                if !dueOnly || judgement.isDue(mark) { request.keys.insert(mark.key) }
            }
            guard !request.keys.isEmpty else { return }
            let wanted = request
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(wanted)
            }
            // A login may have come between the mark and the view.
            let links = view.links.values.filter {
                wanted.keys.contains($0.key) && $0.state.isPresent
                    && !(dueOnly && judgement.keeps($0.key, in: view))
                    && !($0.missingSince != nil && judgement.awaits($0.account))
            }
            if !links.isEmpty { try await body(links.sorted { $0.key.id < $1.key.id }) }
        }
    }

    /// How many had each field before the first list was read: logins may have brought people.
    func filledBefore(_ part: SyncPart) async throws(SyncFailure) -> [SourceField: Int] {
        var filled: [SourceField: Int] = [:]
        try await forEachPresent(part) { links throws(SyncFailure) in
            for field in links.flatMap(\.last.filledFields) { filled[field, default: 0] += 1 }
        }
        return filled
    }

    func presentCount(_ part: SyncPart) async throws(SyncFailure) -> Int {
        var count = 0
        try await forEachMark(part) { marks throws(SyncFailure) in count += marks.count }
        return count
    }
}

extension LocalView {
    /// Whether nothing but `link` and what is `gone` speaks for its account.
    fileprivate func isLast(_ link: Link, besides isGone: (Link) -> Bool) -> Bool {
        !links.values.contains {
            $0.account == link.account && $0.key != link.key && $0.state.isPresent && !isGone($0)
        }
    }
}

/// Who counts as missing from the list of one part of a run.
private struct AbsenceJudgement {
    let part: SyncPart
    private let now: Timestamp
    let today: Day
    private let isFrozen: Bool
    /// The day on which a list could confirm what this one says for the first time.
    private let later: Day
    /// The accounts about which a person must decide first; nil while nobody had to know.
    var awaited: Set<AccountID>?

    init(_ part: SyncPart, at now: Timestamp) {
        self.part = part
        self.now = now
        today = SchoolCalendar.day(at: now, in: part.school.timeZone)
        isFrozen = part.policy.isFrozen(on: today)
        later = SchoolCalendar.day(
            at: now.advanced(by: Planner.absenceInterval),
            in: part.school.timeZone
        )
    }

    /// Whether what was read can tell who is absent.
    var isPossible: Bool { part.isComplete && part.isCounted && !part.isRenumbered }

    func isAbsent(_ mark: PresenceMark) -> Bool {
        // Of a record that could not be read it is not known whether it meets the criteria; and a
        // login may have found somebody who came after her page was read.
        part.hasSeen(mark.key.id)
            ? mark.isOutOfScope && !part.hasUnreadable
            : mark.sequence < part.firstSequence ?? .max
    }

    /// Whether the link is one of the part's that are absent.
    func misses(_ link: Link) -> Bool {
        guard isPossible, part.holds(link.key) else { return false }
        return isAbsent(
            PresenceMark(
                key: link.key,
                isOutOfScope: link.state == .outOfScope,
                sequence: link.sequence,
                missingSince: link.missingSince
            )
        )
    }

    /// Whether the same list, twelve hours later, would end the link of a missing record, and the
    /// account is one that a sync suspends.
    func threatens(_ link: Link, in view: LocalView) -> Bool {
        guard view.accounts[link.account]?.status == .active, !awaits(link.account) else {
            return false
        }
        // On a freeze day nobody is looked for: what is not noted by now will not be then.
        guard !part.policy.isFrozen(on: later), !isFrozen || link.missingSince != nil else {
            return false
        }
        return !view.keeps(link.key, against: StandingWord.absent, on: later)
    }

    func awaits(_ account: AccountID) -> Bool { awaited?.contains(account) ?? false }

    /// Whether a pin keeps the link of a missing record, or a person must decide first.
    func keeps(_ key: SourceKey, in view: LocalView) -> Bool {
        view.keeps(key, against: StandingWord.absent, on: today)
            || view.links[key].map { awaits($0.account) } ?? false
    }

    /// Whether the absence is judged now, the record being absent.
    func isDue(_ mark: PresenceMark) -> Bool {
        guard !isFrozen else { return false }
        return mark.missingSince.map { now.since($0) >= Planner.absenceInterval } ?? false
    }
}
