import Accounts
import Reconciliation
import Roster

// Whether everybody of a part came under a new id, as after a change of MIS, or somebody did.
extension BatchSync {
    /// Finds whether the `people` of a part came under new ids: most of them, or many by name.
    ///
    /// Names only stop what would make people twice; they give nobody an account. Where nobody is
    /// left whom an approval would give a record, and the others wait for a person since an earlier
    /// run, the sync goes on: nothing else can be told by stopping again.
    ///
    /// Of fewer who are said to have left and have another record each waits alone.
    func findRenumbering(of part: inout SyncPart, among people: Int) async throws(SyncFailure) {
        try await findChangeOfIDs(of: &part, among: people)
        if !part.isRenumbered, part.mayHaveMoved { try await findMoved(in: &part) }
        if !part.isRenumbered, part.hasLeavers { try await findAwaited(in: &part) }
    }

    private func findChangeOfIDs(
        of part: inout SyncPart,
        among people: Int
    ) async throws(SyncFailure) {
        let isPlain = part.isRenumbered(of: people)
        guard isPlain || part.mayBeRenumbered(of: people) else { return }
        var missing = try await missingPeople(part)
        if !isPlain {
            let namesakes = try await newcomers(named: missing, part)
            guard LossGuard.isTooMany(namesakes, of: people, .absence, part.kind) else { return }
        }
        let fresh = try await survey(part, &missing)
        part.isRenumbered =
            !missing.given.isEmpty || (fresh.count > 5 && fresh.count * 2 > people)
            || LossGuard.isTooMany(fresh.namesakes, of: people, .absence, part.kind)
        if part.isRenumbered { part.missing = missing }
    }

    /// Finds who is said to have left and to whom a new record leads by the rules of a change of MIS.
    private func findMoved(in part: inout SyncPart) async throws(SyncFailure) {
        var people = MissingPeople()
        _ = try await survey(part, &people, isLeaving: part.isLeaving) { owner in
            owner.records.contains(where: part.isLeaving)
        }
        part.moved = Set(people.givenRecords.filter(part.isLeaving))
        if !part.moved.isEmpty { part.missing = people }
    }

    /// Finds the leavers who may be those of records that wait since a change of MIS.
    private func findAwaited(in part: inout SyncPart) async throws(SyncFailure) {
        let accounts = try await awaited(part)
        guard !accounts.isEmpty else { return }
        var found: Set<SourceKey> = []
        let known = part
        try await forEachStaged(of: known) { rows throws(SyncFailure) in
            var request = ViewRequest(tenant: known.connection.tenant)
            request.keys = Set(rows.map(\.observation.key).filter(known.isLeaving))
            guard !request.keys.isEmpty else { return }
            let wanted = request
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(wanted)
            }
            for key in wanted.keys {
                if let link = view.links[key], accounts.contains(link.account) { found.insert(key) }
            }
        }
        part.awaited = found.subtracting(known.moved)
    }

    /// Everybody who is not listed any more, or is said to have left.
    private func missingPeople(_ part: SyncPart) async throws(SyncFailure) -> MissingPeople {
        var missing = MissingPeople()
        try await forEachPresent(part) { links throws(SyncFailure) in
            for link in links where part.isGone(link.key) { missing.add(link) }
        }
        return missing
    }

    /// How many newcomers of a part bear the name of somebody missing each.
    private func newcomers(
        named missing: MissingPeople,
        _ part: SyncPart
    ) async throws(SyncFailure) -> Int {
        var found: Set<String> = []
        try await forEachStaged(of: part) { rows throws(SyncFailure) in
            for row in rows where !row.isLinked && row.observation.isHere {
                let name = row.observation.foldedName
                if missing.byName[name] != nil { found.insert(name) }
            }
        }
        return found.count
    }

    /// Finds to which accounts new records lead, of those that `counts` wants; `isLeaving` says of
    /// which records nothing else tells that they were replaced.
    /// - Returns: How many others came whom no earlier run left to a person, and how many of those
    ///   bear the name of somebody missing.
    private func survey(
        _ part: SyncPart,
        _ missing: inout MissingPeople,
        isLeaving: @escaping (SourceKey) -> Bool = { _ in false },
        counts: (Rekeyed) -> Bool = { _ in true }
    ) async throws(SyncFailure) -> (count: Int, namesakes: Int) {
        let (tenant, run) = (part.connection.tenant, part.run)
        let today = SchoolCalendar.day(at: workshop.clock.now(), in: part.school.timeZone)
        var count = 0
        var names: Set<String> = []
        try await forEachStaged(of: part) { rows throws(SyncFailure) in
            let people = rows.map(\.observation).map(part.believed)
            let view = try await stored { () throws(StoreError) in
                try await workshop.store.view(
                    Planner.viewRequest(for: people, tenant: tenant, run: run)
                )
            }
            let rekeying = Rekeying(
                in: Draft(view, tenant: tenant),
                policy: part.policy,
                today: today,
                isGone: part.isGone,
                isLeaving: isLeaving
            )
            for person in people where view.links[person.key] == nil {
                let owner = rekeying.owner(of: person).flatMap { counts($0) ? $0 : nil }
                missing.note(owner, of: person.key)
                if owner == nil, person.isHere,
                    !(view.unlinked[person.key]?.wasLeftToPerson ?? false)
                {
                    count += 1
                    names.insert(person.foldedName)
                }
            }
        }
        return (count, names.count { missing.byName[$0] != nil })
    }
}

extension Observation {
    /// Whether its person is not said to have left or to come later.
    fileprivate var isHere: Bool { standing == .current || standing == .unstated }
}

extension UnlinkedRecord {
    /// Whether a run looked at it and left it, which a login that may make nobody does not.
    fileprivate var wasLeftToPerson: Bool {
        reason != .creationNotAllowed && reason != .manyNewcomers
    }
}
