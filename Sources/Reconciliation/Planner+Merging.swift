import Accounts
import Roster

// Two accounts of one person become one.
extension Planner {
    /// Moves links, classes, contacts and rights of the one account to the other, and suspends the one.
    func carryOut(_ merging: Merging, in draft: inout Draft) throws(MergeError) {
        guard let from = draft.accounts[merging.from], let into = draft.accounts[merging.into]
        else { throw .noAccount }
        try refuse(merging, from, into, in: draft)
        let links = draft.links(of: from.id)
        for link in links {
            draft.put(link.moved(to: into.id))
            draft.unsettledManagers.insert(link.key)
            draft.unsettledAbove.formUnion([link.manager].compactMap(\.self))
        }
        moveGrants(from, to: into.id, links, in: &draft)
        suspend(from, givingUp: links.map(\.key), to: into.id, in: &draft)
        moveAddress(of: from, to: into.id, in: &draft)
        draft.pass(namesOf: from.id, to: into.id)
        draft.update(from.id) { $0.home = nil }
        if into.lineManager == from.id { dropManager(from, of: into.id, in: &draft) }
        draft.insistOnVersion(of: into.id)
        if links.contains(where: \.state.isPresent) {
            _ = restore(into.id, .current, in: &draft)
        }
        chooseHome(of: into.id, in: &draft)
        preferNewest(of: links, for: into.id, in: &draft)
        for var link in draft.links(of: into.id) where link.fingerprint != nil {
            link.fingerprint = nil
            draft.put(link)
        }
    }

    /// Of two present records of one school and kind the newer leads: after a change of MIS the
    /// other is no more, whether a list has missed it yet or not.
    private func preferNewest(of links: [Link], for id: AccountID, in draft: inout Draft) {
        guard let home = draft.accounts[id]?.home.flatMap({ draft.links[$0] }) else { return }
        let newer = links.filter {
            $0.isTwin(of: home) && $0.state.isPresent && $0.missingSince == nil
                && $0.linkedAt > home.linkedAt
        }
        let newest = newer.max { ($0.linkedAt, $1.key.id) < ($1.linkedAt, $0.key.id) }
        if let newest { settle(id, on: newest, in: &draft) }
    }

    private func refuse(
        _ merging: Merging,
        _ from: Account,
        _ into: Account,
        in draft: Draft
    ) throws(MergeError) {
        guard from.id != into.id else { throw .sameAccount }
        for account in [from, into]
        where account.privileges.contains(where: { $0.givenBy == nil }) {
            throw .privileged(email: account.email)
        }
        if into.status == .suspended(by: .administrator) { throw .suspended(email: into.email) }
        if !from.pins.isEmpty { throw .pinned(email: from.email) }
        guard !merging.isSamePerson else { return }
        let present = draft.links(of: into.id).filter(\.state.isPresent)
        for link in draft.links(of: from.id) where link.state.isPresent {
            let other = present.first {
                $0.key.school == link.key.school && $0.key.kind == link.key.kind
            }
            if let other { throw .bothPresent(link.key, other.key) }
        }
    }

    /// One row of history says what became of the account, whatever its status was.
    private func suspend(
        _ from: Account,
        givingUp records: [SourceKey],
        to id: AccountID,
        in draft: inout Draft
    ) {
        let status = AccountStatus.suspended(by: .administrator)
        draft.update(from.id) { $0.status = status }
        draft.record(
            HistoryEntry(
                account: from.id,
                field: .status,
                from: from.status.text,
                to: status.text,
                reason: Reason.merged.rawValue,
                exact: .records(records, to: id)
            )
        )
    }

    private func moveGrants(
        _ from: Account,
        to id: AccountID,
        _ links: [Link],
        in draft: inout Draft
    ) {
        let stated = links.flatMap { $0.last.classes.value ?? [] }
        replaceMemberships(
            from.memberships,
            with: [],
            stated: stated,
            of: from.id,
            reason: .merged,
            in: &draft
        )
        let held = draft.accounts[id]?.memberships ?? []
        replaceMemberships(
            held,
            with: held.union(from.memberships),
            stated: stated,
            of: id,
            reason: .merged,
            in: &draft
        )
        moveGuardianships(from, to: id, in: &draft)
        replacePrivileges(from.privileges, with: [], of: from.id, reason: .merged, in: &draft)
        let rights = draft.accounts[id]?.privileges ?? []
        replacePrivileges(
            rights,
            with: rights.union(from.privileges),
            of: id,
            reason: .merged,
            in: &draft
        )
    }

    private func moveGuardianships(_ from: Account, to id: AccountID, in draft: inout Draft) {
        replaceGuardianships(
            from.guardianships,
            with: [],
            of: from.id,
            reason: .merged,
            in: &draft
        )
        let held = draft.accounts[id]?.guardianships ?? []
        // One that a person gave to both is the one of the account that stays.
        let moved = from.guardianships.filter { moved in
            !held.contains { $0.isSameRelation(as: moved) }
        }
        replaceGuardianships([], with: moved, of: id, reason: .merged, in: &draft)
    }

    /// The address is a former one of the account that stays.
    private func moveAddress(of from: Account, to id: AccountID, in draft: inout Draft) {
        guard let email = from.email else { return }
        draft.update(from.id) { $0.email = nil }
        draft.remember(formerEmail: email, of: id)
        draft.record(
            HistoryEntry(
                account: from.id,
                field: .email,
                from: email,
                to: nil,
                reason: Reason.merged.rawValue
            )
        )
        draft.unsettledEmails = true
    }

    private func dropManager(_ manager: Account, of id: AccountID, in draft: inout Draft) {
        draft.update(id) { $0.lineManager = nil }
        draft.record(
            HistoryEntry(
                account: id,
                field: .lineManager,
                from: manager.label,
                to: nil,
                reason: Reason.merged.rawValue,
                exact: .lineManager(from: manager.id, to: nil)
            )
        )
    }
}
