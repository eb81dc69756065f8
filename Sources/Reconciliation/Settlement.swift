public import Accounts
import Roster

/// Settles what depends on more than one person: line managers and addresses that change hands.
///
/// A line manager follows from the source's graph alone: whoever the source names, if that person
/// has an account, is active by the policy, and no loop leads back. So it comes out the same in
/// whichever order people were seen.
public struct Settlement {
    /// What the tenant wants.
    public let policy: Policy

    /// A settlement by `policy`.
    public init(policy: Policy) { self.policy = policy }

    /// What must be seen to settle what `draft` left open; nil where nothing is.
    public func viewRequest(for draft: Draft, run: RunID?) -> ViewRequest? {
        guard
            draft.unsettledEmails || draft.hasUnsettledManagers || !draft.unnamedContacts.isEmpty
        else { return nil }
        var request = ViewRequest(tenant: draft.tenant, run: run)
        request.seen = Set(draft.accounts.keys)
        request.keys = draft.unnamedContacts
        request.managersAround = withOtherLinks(draft.unsettledManagers, draft)
        request.managersAbove = withOtherLinks(draft.unsettledAbove, draft)
        request.awaitedEmails = draft.unsettledEmails
        // The store does not know yet what the draft asks for.
        if draft.unsettledEmails {
            request.emails.formUnion(draft.links.values.compactMap(\.awaitedEmail))
        }
        return request
    }

    /// A link that is being made is not in the store yet, its account's other links are.
    private func withOtherLinks(_ keys: Set<SourceKey>, _ draft: Draft) -> Set<SourceKey> {
        keys.reduce(into: keys) { all, key in
            guard let account = draft.links[key]?.account else { return }
            all.formUnion(draft.links(of: account).map(\.key))
        }
    }

    /// Settles everything `draft` left open, once the view asked for is loaded.
    public func settle(_ draft: inout Draft) {
        if draft.unsettledEmails { settleEmails(&draft) }
        if draft.hasUnsettledManagers { settleManagers(&draft) }
        if !draft.unnamedContacts.isEmpty { draft.nameContacts() }
        draft.unsettledEmails = false
        draft.unsettledManagers = []
        draft.unsettledAbove = []
    }

    // MARK: Line managers

    private func settleManagers(_ draft: inout Draft) {
        let around = draft.unsettledManagers
        var accounts: Set<AccountID> = []
        let named = around.union(draft.dependents(on: around)).union(draft.unsettledAbove)
        var open = named.compactMap { draft.links[$0]?.account }
        // Everybody above may stand in a loop that opens or closes here.
        while let id = open.popLast() {
            guard accounts.insert(id).inserted else { continue }
            if let above = manager(of: id, in: draft) { open.append(above) }
        }
        draft.noteManagers(from: named, namedBy: around)
        for id in accounts.sorted() { settleManager(of: id, in: &draft) }
    }

    /// Leavers are settled too, so that it does not matter who of two left first.
    private func settleManager(of id: AccountID, in draft: inout Draft) {
        guard let account = draft.accounts[id], let home = account.home,
            let link = draft.links[home]
        else { return }
        let (manager, reason) = resolve(link, of: id, in: draft)
        guard manager != account.lineManager, maySet(account, link) else { return }
        let before = account.lineManager
        draft.update(id) { $0.lineManager = manager }
        guard account.version != 0 else { return }
        draft.record(
            HistoryEntry(
                account: id,
                field: .lineManager,
                from: before.map { draft.accounts[$0]?.label ?? "account \($0.value)" },
                to: manager.flatMap { draft.accounts[$0]?.label },
                reason: reason.rawValue,
                exact: .lineManager(from: before, to: manager)
            )
        )
    }

    /// Whose line manager the source names, and by which rule it stands or waits.
    func resolve(_ link: Link, of id: AccountID, in draft: Draft) -> (AccountID?, Reason) {
        guard let key = link.manager else { return (nil, .sourceCleared) }
        guard let manager = draft.links[key]?.account else { return (nil, .managerUnknown) }
        if manager == id { return (nil, .managerIsSelf) }
        if leads(from: manager, to: id, in: draft) { return (nil, .managerLoop) }
        if draft.accounts[manager]?.status != .active, policy.departedManager == .remove {
            return (nil, .managerLeft)
        }
        return (manager, .sourceOwns)
    }

    private func maySet(_ account: Account, _ link: Link) -> Bool {
        guard link.last.managers.isSupplied,
            !account.isPinned(.lineManager, against: link.manager?.id)
        else { return false }
        switch policy.owner(of: .lineManager) {
        case .source: return true
        case .local: return false
        case .untilEdited: return !account.localEdits.contains(.lineManager)
        case .onceAtCreation:
            return account.lineManager == nil && !account.localEdits.contains(.lineManager)
        }
    }

    /// Whom the home link of `id` names, as an account.
    private func manager(of id: AccountID, in draft: Draft) -> AccountID? {
        guard let home = draft.accounts[id]?.home, let link = draft.links[home],
            link.state.isPresent
        else { return nil }
        return link.manager.flatMap { draft.links[$0]?.account }
    }

    private func leads(from start: AccountID, to end: AccountID, in draft: Draft) -> Bool {
        var seen: Set<AccountID> = []
        var next: AccountID? = start
        while let id = next, seen.insert(id).inserted {
            if id == end { return true }
            next = manager(of: id, in: draft)
        }
        return false
    }

    // MARK: Addresses

    /// Gives addresses to those who ask for them, whole chains and rings at once.
    private func settleEmails(_ draft: inout Draft) {
        var wishes: [AccountID: String] = [:]
        var seekers: [String: Set<AccountID>] = [:]
        for link in draft.links.values {
            guard let email = link.awaitedEmail, draft.accounts[link.account]?.home == link.key
            else { continue }
            wishes[link.account] = email
            seekers[email, default: []].insert(link.account)
        }
        let granted = wishes.keys.filter { isGranted($0, wishes, seekers, draft) }.sorted()
        for id in granted { release(wishes[id], for: id, in: &draft) }
        for id in granted { give(wishes[id], to: id, in: &draft) }
    }

    /// Whether the address is free, or its holder gets another or has left.
    private func isGranted(
        _ seeker: AccountID,
        _ wishes: [AccountID: String],
        _ seekers: [String: Set<AccountID>],
        _ draft: Draft
    ) -> Bool {
        var seen: Set<AccountID> = []
        var current = seeker
        while seen.insert(current).inserted {
            guard let wish = wishes[current], seekers[wish]?.count == 1 else { return false }
            guard let holder = draft.holder(of: wish), holder.id != current else { return true }
            if holder.status == .suspended(by: .sync) {
                // Whom a person keeps suspended though her school has her is no leaver.
                return !holder.isPinned(.email, against: nil)
                    && !draft.links(of: holder.id).contains { $0.state.isPresent }
            }
            current = holder.id
        }
        return current == seeker
    }

    /// Whether somebody else waits for the same address as `link`.
    func isContested(_ link: Link, in draft: Draft) -> Bool {
        draft.links.values.contains {
            $0.key != link.key && $0.awaitedEmail == link.awaitedEmail
        }
    }

    /// The address leaves whoever holds it now.
    private func release(_ email: String?, for seeker: AccountID, in draft: inout Draft) {
        guard let email, let holder = draft.holder(of: email), holder.id != seeker else { return }
        if holder.status != .active {
            draft.record(
                HistoryEntry(
                    account: holder.id,
                    field: .email,
                    from: email,
                    to: nil,
                    reason: Reason.addressPassedOn.rawValue
                )
            )
        }
        draft.remember(formerEmail: email, of: holder.id)
        draft.update(holder.id) { $0.email = nil }
    }

    private func give(_ email: String?, to id: AccountID, in draft: inout Draft) {
        guard let email, let account = draft.accounts[id] else { return }
        let before = draft.emailBefore(of: id)
        if let held = account.email, held != email {
            draft.remember(formerEmail: held, of: id)
        }
        draft.update(id) {
            $0.email = email
            $0.localEdits.remove(.email)
        }
        draft.record(
            HistoryEntry(
                account: id,
                field: .email,
                from: before,
                to: email,
                reason: Reason.sourceOwns.rawValue
            )
        )
        for link in draft.links(of: id) where link.awaitedEmail == email {
            var settled = link
            settled.awaitedEmail = nil
            draft.put(settled)
        }
    }
}
