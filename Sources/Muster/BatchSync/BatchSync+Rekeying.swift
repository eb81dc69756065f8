import Accounts
import Reconciliation
import Roster

// After a change of MIS everybody comes under a new id: what a person may approve then.
extension BatchSync {
    /// Finds whether the `people` of a part came under new ids: most of them, or many by name.
    ///
    /// Names only stop what would make people twice; they give nobody an account.
    func findRenumbering(of part: inout SyncPart, among people: Int) async throws(SyncFailure) {
        let isPlain = part.isRenumbered(of: people)
        guard isPlain || part.mayBeRenumbered(of: people) else { return }
        let names = try await missingNames(part)
        if !isPlain {
            let namesakes = try await newcomers(called: names, part)
            guard LossGuard.isTooMany(namesakes, of: people, .absence, part.kind) else { return }
        }
        part.isRenumbered = true
        part.missingNames = names
        part.sharedAccounts = try await sharedAccounts(part)
    }

    /// The accounts to which several records lead, one by a number and one by an address: they are
    /// nobody's, because two people must not become one.
    private func sharedAccounts(_ part: SyncPart) async throws(SyncFailure) -> Set<AccountID> {
        var seen: Set<AccountID> = []
        var shared: Set<AccountID> = []
        var after: SourceKey?
        repeat {
            let (run, last) = (part.run, after)
            let rows = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: run, after: last, limit: settings.chunk)
            }
            after = rows.last?.observation.key
            let own = rows.map(\.observation).filter { part.holds($0.key) }.map(part.believed)
            var remarks = SyncResult(run: part.run)
            for case .account(let id) in try await givenAccounts(own, part, &remarks).values {
                if !seen.insert(id).inserted { shared.insert(id) }
            }
        } while after != nil
        return shared
    }

    /// How many newcomers of a part bear one of `names` each.
    private func newcomers(
        called names: [String: String],
        _ part: SyncPart
    ) async throws(SyncFailure) -> Int {
        var found: Set<String> = []
        var after: SourceKey?
        repeat {
            let (run, last) = (part.run, after)
            let rows = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: run, after: last, limit: settings.chunk)
            }
            after = rows.last?.observation.key
            for row in rows where !row.isLinked && part.holds(row.observation.key) {
                let name = row.observation.foldedName
                if row.observation.isHere, names[name] != nil { found.insert(name) }
            }
        } while after != nil
        return found.count
    }

    /// Keeps, for a person to approve, whose records those of a renumbered school are; applies
    /// nothing.
    func propose(_ part: SyncPart, _ result: inout SyncResult) async throws(SyncFailure) {
        let before = result.held
        var after: SourceKey?
        repeat {
            let (run, last) = (part.run, after)
            let rows = try await stored { () throws(StoreError) in
                try await workshop.store.staged(in: run, after: last, limit: settings.chunk)
            }
            after = rows.last?.observation.key
            let own = rows.map(\.observation).filter { part.holds($0.key) }
            if !own.isEmpty { try await propose(own, part, &result) }
        } while after != nil
        result.explainRenumbering(of: part, hasPlan: result.held > before)
    }

    private func propose(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
        let observations = observations.map(part.believed)
        let given = try await givenAccounts(observations, part, &result)
        let step = try await draft(observations, confirmed: given, part)
        let records = observations.compactMap { observation -> PlannedRecord? in
            guard case .account(let id) = given[observation.key] else { return nil }
            return PlannedRecord(
                observation: observation,
                version: step.seen.accounts[id]?.version,
                account: id
            )
        }
        result.hold(records.count)
        if !records.isEmpty { try await keep(records, of: part, &result) }
    }

    /// Whose records those of a renumbered school are, by a number that is the same in any MIS or by
    /// address, where a name agrees.
    ///
    /// A name alone is only remarked on. Of any other school: nobody's.
    func givenAccounts(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) -> [SourceKey: Confirmation] {
        guard part.isRenumbered else { return [:] }
        let request = Planner.viewRequest(
            for: observations,
            tenant: part.connection.tenant,
            run: part.run
        )
        let view = try await stored { () throws(StoreError) in
            try await workshop.store.view(request)
        }
        let rekeying = Rekeying(view: view) { !part.hasSeen($0.id) }
        var given: [SourceKey: Confirmation] = [:]
        for observation in observations where view.links[observation.key] == nil {
            let account = rekeying.account(for: observation)
            if let account, !part.sharedAccounts.contains(account) {
                given[observation.key] = .account(account)
            } else if account != nil {
                result.remark(
                    observation.key.id,
                    "It leads to an account to which another new record leads too, one by a number and one by an address; look whose it is."
                )
            } else if let namesake = part.missingNames[observation.foldedName] {
                result.remark(
                    observation.key.id,
                    "It has the name of the account behind the record \(namesake), which is not listed any more; look whether that is the same person."
                )
            }
        }
        return given
    }

    /// The names of those who are not listed any more, for suggestions.
    func missingNames(_ part: SyncPart) async throws(SyncFailure) -> [String: String] {
        var names: [String: String] = [:]
        try await forEachPresent(part) { links throws(SyncFailure) in
            for link in links where !part.hasSeen(link.key.id) {
                names[link.last.foldedName] = link.key.id
            }
        }
        return names
    }
}

extension Observation {
    /// Whether its person is not said to have left or to come later.
    fileprivate var isHere: Bool { standing == .current || standing == .unstated }
}

extension SyncResult {
    /// Says that the people of a school came under new ids, and what to do.
    fileprivate mutating func explainRenumbering(of part: SyncPart, hasPlan: Bool) {
        state = .held
        let next =
            hasPlan
            ? "approve the plan, which gives people whose number (UPN, ULN or TRN) and a name agree, or whose address and surname do, their new records, and then sync again"
            : "no number or address and name agree, so nobody can be told by them; ask the provider to keep the ids, or import the new addresses first"
        let sentence =
            "The MIS lists many \(part.kind.people) of \(part.school.name) under other ids than before, as after a change of MIS, and none of them was changed; \(next)."
        trouble = [trouble, sentence].compactMap(\.self).joined(separator: " ")
    }
}
