import Accounts
import Roster

extension MemoryState {
    /// The state around what `request` names.
    func view(_ request: ViewRequest) -> LocalView {
        var reader = ViewReader(state: self, request: request)
        reader.read()
        return reader.view
    }
}

/// Gathers one view; each account it meets brings its links, and each link its account.
private struct ViewReader {
    let state: MemoryState
    let request: ViewRequest
    var view = LocalView()

    mutating func read() {
        for key in request.keys {
            add(key)
            view.unlinked[key] = state.unlinked[key]
        }
        for account in request.accounts { add(account) }
        for key in request.classes {
            view.classes[key] = state.classIDs[key].flatMap { state.classes[$0] }
        }
        for email in request.emails { addEmail(email) }
        for number in request.neutralKeys { addNumber(number) }
        if request.awaitedEmails { addAwaited() }
        addManagers()
    }

    private mutating func add(_ account: AccountID) {
        guard view.accounts[account] == nil, !request.seen.contains(account),
            let found = state.account(account)
        else { return }
        view.accounts[account] = found
        for link in state.links(of: account) { view.links[link.key] = link }
    }

    private mutating func add(_ key: SourceKey) {
        guard let link = state.linkRows[key] else { return }
        add(link.account)
    }

    private mutating func addEmail(_ email: String) {
        let address = TenantAddress(tenant: request.tenant, email: email)
        if let holder = state.holders[address] {
            view.holders[email] = holder
            add(holder)
        }
        let claimants = claimants(of: email)
        guard !claimants.isEmpty else { return }
        view.claims[email] = claimants
        for key in claimants { add(key) }
    }

    private mutating func addNumber(_ number: NeutralKey) {
        let staging = request.run.flatMap { state.staged[$0] }
        let linked = state.linksStating[number].filter {
            state.linkRows[$0].flatMap { state.accounts[$0.account] }?.tenant == request.tenant
        }
        let unlinked = state.unlinkedStating[number].filter {
            state.belongs($0, to: request.tenant) && staging?.observations[$0] == nil
        }
        let records = linked.union(unlinked).union(staging?.stating[number] ?? [])
        guard !records.isEmpty else { return }
        view.keyClaims[number] = records
        for key in records { add(key) }
    }

    /// A staged answer of the run speaks for its record instead of what was kept before.
    private func claimants(of email: String) -> Set<SourceKey> {
        let staging = request.run.flatMap { state.staged[$0] }
        let linked = state.linksClaiming[email].filter {
            state.linkRows[$0].flatMap { state.accounts[$0.account] }?.tenant == request.tenant
        }
        let unlinked = state.unlinkedClaiming[email].filter {
            state.belongs($0, to: request.tenant)
        }
        let kept = linked.union(unlinked).filter { staging?.observations[$0] == nil }
        return kept.union(staging?.claiming[email] ?? [])
    }

    private mutating func addAwaited() {
        for key in state.linksAwaiting[request.tenant] {
            add(key)
            if let email = state.linkRows[key]?.awaitedEmail { addEmail(email) }
        }
    }

    /// The asked records, whoever names one of those asked around, and everybody above all these,
    /// by their own links and by the home links of their accounts.
    private mutating func addManagers() {
        var seen: Set<SourceKey> = []
        var next = request.managersAround.union(request.managersAbove)
        for key in request.managersAround { next.formUnion(state.linksOfManager[key]) }
        while let key = next.popFirst() {
            guard seen.insert(key).inserted, let link = state.linkRows[key] else { continue }
            add(link.account)
            if let manager = link.manager { next.insert(manager) }
            if let home = state.accounts[link.account]?.home { next.insert(home) }
        }
    }
}
