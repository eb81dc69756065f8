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
        var due: [Int] = []
        for part in parts { due.append(try await dueAbsences(part)) }
        let total = due.reduce(0, +)
        for (part, due) in zip(parts, due) where part.judgesAbsence {
            if try await isTooMany(due, ofTenant: total, part) {
                try await hold(due, part, &result)
            } else {
                try await forEachAbsent(part) { links throws(SyncFailure) in
                    if part.isPreview {
                        try await rehearse(absent: links, part, &result)
                    } else {
                        try await apply(absent: links, part, &result)
                    }
                }
            }
        }
    }

    private func hold(
        _ due: Int,
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        try await forEachDue(part) { links throws(SyncFailure) in
            let records = links.map { PlannedRecord(observation: $0.last, isAbsent: true) }
            try await keep(records, of: part, &result)
        }
        result.explain("\(due) people of \(part.school.name) are missing from the list of the MIS")
        if !part.isPreview { result.hold(due) }
    }

    /// A guard: more than five people and, among twenty or more, more than a tenth, those included
    /// whom logins suspended since the last good run.
    private func isTooMany(
        _ due: Int,
        ofTenant total: Int,
        _ part: SyncPart
    ) async throws(SyncFailure) -> Bool {
        guard due > 0 else { return false }
        // Inferred from a list, leaving has one limit for all kinds of people.
        return !LossGuard.held(
            [.access: due],
            ofTenant: [.access: total],
            by: try await tally(of: part),
            kind: .staff
        ).isEmpty
    }

    private func dueAbsences(_ part: SyncPart) async throws(SyncFailure) -> Int {
        var due = 0
        try await forEachDue(part) { links throws(SyncFailure) in due += links.count }
        return due
    }

    /// Absent links whose absence is judged now.
    private func forEachDue(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        let now = workshop.clock.now()
        let today = SchoolCalendar.day(at: now, in: part.school.timeZone)
        guard part.judgesAbsence, !part.policy.isFrozen(on: today) else { return }
        try await forEachAbsent(part) { links throws(SyncFailure) in
            let due = links.filter { link in
                link.missingSince.map { now.since($0) >= Planner.absenceInterval } ?? false
            }
            if !due.isEmpty { try await body(due) }
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
        try await forEachPresent(part) { links throws(SyncFailure) in count += links.count }
        return count
    }

    /// Present links whose record the run did not see, or that no longer meet a criterion.
    private func forEachAbsent(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        try await forEachPresent(part) { links throws(SyncFailure) in
            let absent = links.filter(part.isMissing)
            if !absent.isEmpty { try await body(absent) }
        }
    }

    func forEachPresent(
        _ part: SyncPart,
        _ body: ([Link]) async throws(SyncFailure) -> Void
    ) async throws(SyncFailure) {
        var after: SourceKey?
        repeat {
            let (kind, key, last) = (part.kind, part.key, after)
            let links = try await stored { () throws(StoreError) in
                try await workshop.store.presentLinks(of: kind, in: key, after: last, limit: 500)
            }
            try await body(links)
            after = links.last?.key
        } while after != nil
    }
}

extension SyncPart {
    /// Whether what was read can tell who is absent.
    fileprivate var judgesAbsence: Bool { isComplete && !isRenumbered }

    /// Whether the person behind a present link was not to be seen.
    fileprivate func isMissing(_ link: Link) -> Bool {
        // Of a record that could not be read it is not known whether it meets the criteria; and a
        // login may have found somebody who came after her page was read.
        hasSeen(link.key.id)
            ? link.state == .outOfScope && !hasUnreadable
            : link.sequence < firstSequence ?? .max
    }
}
