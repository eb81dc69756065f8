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
            let people = SortedPeople(rows.map(\.observation).map(part.believed), in: part.missing)
            let step = try await keep(people, of: part, &result)
            result.hold(people.given.count)
            try await renew(step.seen.waiting(renewedBy: people.given), part)
            var left: [PersonPlan] = []
            try await reconcile(people.left, confirmed: people.waiting, part, &result) {
                step,
                result in
                left = step.plans
                for plan in left { result.count(plan) }
            }
            result.note(people, step.seen, left, of: part, &suggested)
        }
        result.noteAccountsWithoutRecord(of: part, besides: suggested)
    }

    /// Keeps, for a person to approve, the new records of some who are said to have left; each waits
    /// besides, so that she may also be given hers in the review.
    func proposeMoved(_ part: SyncPart, _ result: inout SyncResult) async throws(SyncFailure) {
        try await forEachStaged(of: part) { rows throws(SyncFailure) in
            let people = rows.map(\.observation).map(part.believed)
            _ = try await keepMoved(people, of: part, &result)
        }
    }

    /// The same of a few in a preview.
    /// - Returns: The others, who go the way of all records.
    func rehearseMoved(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> [Observation] {
        result.keep(awaited: observations.filter { part.awaited.contains($0.key) })
        let observations = observations.filter { !part.awaited.contains($0.key) }
        guard !part.moved.isEmpty else { return observations }
        let (given, step) = try await keepMoved(observations, of: part, &result)
        for plan in step?.plans ?? [] { result.count(plan) }
        if let step { result.show(step.changes) }
        result.counts.held += observations.count { part.moved.contains($0.key) }
        return observations.filter { !part.moved.contains($0.key) && !given.contains($0.key) }
    }

    /// Names nobody: remarks outlive erasures.
    private static func moved(from former: SourceKey, agrees: Bool) -> String {
        let names =
            agrees ? "both have one name" : "it has another name than the account"
        return
            "The plan gives it to the account of record \(former.id) (\(former.kind.rawValue)), which is listed as left; \(names), so approve that only if both are of one person."
    }

    private func keepMoved(
        _ observations: [Observation],
        of part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> (given: Set<SourceKey>, step: StepResult?) {
        let people = SortedPeople(observations, in: part.missing)
        guard !people.given.isEmpty else { return ([], nil) }
        let step = try await keep(people, of: part, &result)
        for person in people.given {
            guard let owner = people.owners[person.key] else { continue }
            let name = step.seen.accounts[owner.account]?.fullName ?? ""
            let agrees = CleanText.folded(name) == person.foldedName
            result.remark(person.key, Self.moved(from: owner.former, agrees: agrees))
        }
        return (Set(people.given.map(\.key)), step)
    }

    /// Plans a few of a renumbered school without applying any of it, and keeps as a plan whose
    /// records they are.
    func rehearseRenumbered(
        _ observations: [Observation],
        _ part: SyncPart,
        _ suggested: inout Set<AccountID>,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let people = SortedPeople(observations, in: part.missing)
        let step = try await keep(people, of: part, &result)
        let left = try await draft(people.left, confirmed: people.waiting, part)
        for plan in step.plans + left.plans { result.count(plan) }
        result.counts.held += people.given.count
        result.show(step.changes)
        result.note(people, step.seen, left.plans, of: part, &suggested)
    }

    /// Keeps as a plan whose records those are that are told by a rule: nobody else may be
    /// approved, because they would all be made again.
    /// - Returns: What the plan would come to.
    private func keep(
        _ people: SortedPeople,
        of part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> StepResult {
        let confirmed = people.owners.mapValues { Confirmation.account($0.account) }
        let step = try await draft(people.given, confirmed: confirmed, part)
        let records = people.given.map {
            PlannedRecord(observation: $0).shown(for: step.seen, given: confirmed[$0.key])
        }
        try await keep(records, of: part, &result)
        return step
    }
}

/// Some newcomers of a renumbered school, by how they are told: by a number that is the same in any
/// MIS or by address, where a name agrees; else a person decides.
private struct SortedPeople {
    /// Those whose records are known, and whose these are.
    private(set) var given: [Observation] = []
    private(set) var owners: [SourceKey: Rekeyed] = [:]
    /// Those whom only a person can tell, and whose names these bear.
    private(set) var left: [Observation] = []
    private(set) var namesakes: [SourceKey: [MissingPeople.Person]] = [:]

    init(_ people: [Observation], in missing: MissingPeople) {
        for person in people where missing.hasNewcomer(person.key) {
            if let owner = missing.owner(of: person.key) {
                given.append(person)
                owners[person.key] = owner
            } else {
                left.append(person)
                namesakes[person.key] = missing.namesakes(of: person)
            }
        }
    }

    var waiting: [SourceKey: Confirmation] {
        namesakes.mapValues { people in .waiting(namesakes: people.map(\.account)) }
    }
}

extension SyncResult {
    /// Notes how people are told, and adds the accounts that a name suggests to `suggested`.
    fileprivate mutating func note(
        _ people: SortedPeople,
        _ view: LocalView,
        _ plans: [PersonPlan],
        of part: SyncPart,
        _ suggested: inout Set<AccountID>
    ) {
        for person in people.given {
            guard let owner = people.owners[person.key] else { continue }
            note(
                Renumbering.Person(
                    name: Self.name(of: person, for: view.accounts[owner.account]),
                    account: owner.account,
                    from: owner.former.id,
                    to: person.key.id,
                    evidence: owner.isByNumber ? .number : .address
                ),
                of: part
            )
        }
        let names = Dictionary(uniqueKeysWithValues: people.left.map { ($0.key, $0.fullName) })
        for plan in plans {
            guard case .unlinked(let reason, let candidates) = plan.match,
                reason.standing == .disputed
            else { continue }
            let namesake = (people.namesakes[plan.key] ?? []).first {
                candidates.contains($0.account)
            }
            if namesake != nil { suggested.formUnion(candidates) }
            note(
                Renumbering.Person(
                    name: names[plan.key] ?? "",
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

    /// What who approves must see of a person: also the name that her account has, if another.
    private static func name(of person: Observation, for account: Account?) -> String {
        let (known, new) = (account?.fullName ?? "", person.fullName)
        return known.isEmpty || known == new ? new : "\(known), now \(new)"
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
