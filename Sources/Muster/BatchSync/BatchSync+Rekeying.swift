import Accounts
import Reconciliation
import Roster

// After a change of MIS everybody comes under a new id: what a person may approve then.
extension BatchSync {
    /// Keeps, for a person to approve, whose records those of a renumbered school are; applies
    /// nothing.
    func propose(
        _ observations: [Observation],
        _ part: SyncPart,
        _ result: inout SyncResult
    ) async throws(SyncFailure) {
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

    /// Whose records those of a renumbered school are, by address and surname.
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
            if let account = rekeying.account(for: observation) {
                given[observation.key] = .account(account)
            } else if let namesake = part.missingNames[observation.foldedName] {
                result.remark(
                    observation.key.id,
                    "It has the name of the account behind the record \(namesake), which is not listed any more; if that is the same person, give it the account with `muster review link`."
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
