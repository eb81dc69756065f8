import Accounts
import Reconciliation
import Roster

// After a change of MIS everybody comes under a new id: what a person may approve then, and what she
// decides one by one.
extension BatchSync {
    /// Keeps, for a person to approve, whose records those of a renumbered school are, and leaves
    /// the others to the review; changes no account.
    func propose(_ part: SyncPart, _ result: inout SyncResult) async throws(SyncFailure) {
        var suggested: Set<AccountID> = []
        try await forEachStaged(of: part) { rows throws(SyncFailure) in
            let people = rows.map(\.observation).map(part.believed)
            let sorted = try await sort(people, part)
            let given = people.filter { sorted.owners[$0.key] != nil }
            let step = try await draft(given, confirmed: sorted.given, part)
            let records = given.compactMap { person -> PlannedRecord? in
                guard let owner = sorted.owners[person.key] else { return nil }
                return PlannedRecord(
                    observation: person,
                    version: step.seen.accounts[owner.account]?.version,
                    account: owner.account
                )
            }
            result.hold(records.count)
            if !records.isEmpty { try await keep(records, of: part, &result) }
            let left = try await reconcile(sorted.left, confirmed: sorted.waiting, part)
            for plan in left.plans { result.count(plan) }
            result.note(sorted, left.plans, of: part, &suggested)
        }
        result.noteAccountsWithoutRecord(of: part, besides: suggested)
    }

    /// Plans a few of a renumbered school without applying any of it, and keeps as a plan whose
    /// records they are.
    func rehearseRenumbered(
        _ people: [Observation],
        _ part: SyncPart,
        _ suggested: inout Set<AccountID>,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let sorted = try await sort(people, part)
        // Nobody else may be approved: they would all be made again.
        let given = people.filter { sorted.owners[$0.key] != nil }
        let step = try await draft(given, confirmed: sorted.given, part)
        let shown = given.map {
            PlannedRecord(observation: $0).shown(for: step.seen, given: sorted.given[$0.key])
        }
        try await keep(shown, of: part, &result)
        let left = try await draft(sorted.left, confirmed: sorted.waiting, part)
        for plan in step.plans + left.plans { result.count(plan) }
        result.show(step.changes)
        result.note(sorted, left.plans, of: part, &suggested)
    }

    /// Whose records those of a renumbered school are: by a number that is the same in any MIS or by
    /// address, where a name agrees; else a person decides.
    private func sort(
        _ people: [Observation],
        _ part: SyncPart
    ) async throws(SyncFailure) -> SortedPeople {
        let (view, rekeying) = try await rekeying(people, part)
        var sorted = SortedPeople()
        for person in people where view.links[person.key] == nil {
            let owner = rekeying.owner(of: person)
            if let owner, part.missing.given.contains(owner.account) {
                sorted.owners[person.key] = owner
                sorted.names[person.key] = Self.name(of: person, for: view.accounts[owner.account])
                continue
            }
            var namesakes = part.missing.namesakes(of: person)
            if let owner, !namesakes.contains(where: { $0.account == owner.account }) {
                // Another new record leads to the same account.
                namesakes.append(
                    MissingPeople.Person(
                        record: owner.former.id,
                        account: owner.account,
                        name: person.fullName
                    )
                )
            }
            sorted.left.append(person)
            sorted.namesakes[person.key] = namesakes
            sorted.names[person.key] = person.fullName
        }
        return sorted
    }

    /// What who approves must see of a person: also the name that her account has, if another.
    private static func name(of person: Observation, for account: Account?) -> String {
        let (known, new) = (account?.fullName ?? "", person.fullName)
        return known.isEmpty || known == new ? new : "\(known), now \(new)"
    }
}

/// Some people of a renumbered school, by how they are told.
private struct SortedPeople {
    /// Whose records are known.
    var owners: [SourceKey: Rekeyed] = [:]
    /// Those whom only a person can tell.
    var left: [Observation] = []
    /// Whose names these bear.
    var namesakes: [SourceKey: [MissingPeople.Person]] = [:]
    /// What everybody is called.
    var names: [SourceKey: String] = [:]

    var given: [SourceKey: Confirmation] { owners.mapValues { .account($0.account) } }

    var waiting: [SourceKey: Confirmation] {
        namesakes.mapValues { people in .waiting(namesakes: people.map(\.account)) }
    }
}

extension SyncResult {
    /// Notes how people are told, and adds the accounts that a name suggests to `suggested`.
    fileprivate mutating func note(
        _ sorted: SortedPeople,
        _ plans: [PersonPlan],
        of part: SyncPart,
        _ suggested: inout Set<AccountID>
    ) {
        for (key, owner) in sorted.owners.sorted(by: { $0.key.id < $1.key.id }) {
            note(
                Renumbering.Person(
                    name: sorted.names[key] ?? "",
                    account: owner.account,
                    from: owner.former.id,
                    to: key.id,
                    evidence: owner.isByNumber ? .number : .address
                ),
                of: part
            )
        }
        for plan in plans {
            guard case .unlinked(let reason, let candidates) = plan.match,
                reason.standing == .disputed
            else { continue }
            let namesake = (sorted.namesakes[plan.key] ?? []).first {
                candidates.contains($0.account)
            }
            if namesake != nil { suggested.formUnion(candidates) }
            note(
                Renumbering.Person(
                    name: sorted.names[plan.key] ?? "",
                    account: namesake?.account,
                    from: namesake?.record,
                    to: plan.key.id,
                    evidence: namesake == nil ? .unknown : .name,
                    reason: reason
                ),
                of: part
            )
        }
    }

    /// Notes the accounts to which nothing leads any more, not even a name.
    mutating func noteAccountsWithoutRecord(
        of part: SyncPart,
        besides suggested: Set<AccountID>
    ) {
        for person in part.missing.left where !suggested.contains(person.account) {
            note(
                Renumbering.Person(
                    name: person.name,
                    account: person.account,
                    from: person.record,
                    to: nil,
                    evidence: .noRecord
                ),
                of: part
            )
        }
    }
}
