import Accounts
import Roster

// Taking back that a person gave a record to an account.
extension Planner {
    /// The record waits for a person again, and what ended when it came stands for the account
    /// again.
    ///
    /// The record does not go back to whoever had it before: what she said last is lost, so that
    /// nothing could tell her from whoever has the record now.
    func takeBackLink(_ restoration: Restoration, in draft: inout Draft) {
        let id = restoration.account
        guard let given = restoration.givenRecord, !restoration.isCreation,
            let link = draft.links[given.key], link.account == id
        else { return }
        draft.removeLink(link.key)
        draft.unsettledManagers.insert(link.key)
        draft.put(
            UnlinkedRecord(
                observation: link.last,
                email: link.last.claimedEmail,
                reason: .linkTakenBack,
                candidates: Set([id, given.former].compactMap(\.self))
                    .filter { draft.accounts[$0] != nil }.sorted()
            )
        )
        for key in given.ended {
            guard var former = draft.links[key], former.account == id, !former.state.isPresent
            else { continue }
            former.state = .active
            former.missingSince = nil
            // What it says of her leaving was said of an account that had another record.
            former.fingerprint = nil
            draft.put(former)
            draft.unsettledManagers.insert(key)
        }
        // Without a home, another one is chosen and brings no values of its own.
        draft.update(id) { if $0.home == link.key { $0.home = nil } }
        draft.insistOnVersion(of: id)
        chooseHome(of: id, in: &draft)
        draft.unsettledEmails = true
    }

    /// What the record gave goes with it, and its loss is not taken for a leaving.
    func settleTakenBack(_ restoration: Restoration, in draft: inout Draft) {
        let id = restoration.account
        guard let given = restoration.givenRecord, draft.isRemoved(given.key),
            let account = draft.accounts[id]
        else { return }
        replaceMemberships(
            account.memberships.filter { $0.givenBy == given.key },
            with: [],
            stated: [],
            of: id,
            reason: .undone,
            in: &draft
        )
        replaceGuardianships(
            account.guardianships.filter { $0.givenBy == given.key },
            with: [],
            of: id,
            reason: .undone,
            in: &draft
        )
        replacePrivileges(
            account.privileges.filter { $0.givenBy == given.key },
            with: [],
            of: id,
            reason: .undone,
            in: &draft
        )
        // A later row than that of the run: done again, an undo passes over it.
        draft.record(
            HistoryEntry(
                account: id,
                field: .status,
                from: account.status.text,
                to: account.status.text,
                reason: Reason.undone.rawValue
            )
        )
    }
}
