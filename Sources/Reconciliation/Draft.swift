public import Accounts
public import Roster

/// The state around some records while it is being planned: a view and what is to become of it.
///
/// Planning reads and writes a draft only; what it adds up to comes out as one change set. Nothing
/// here looks outside.
public struct Draft: Sendable {
    /// The customer.
    public let tenant: TenantID
    private(set) var accounts: [AccountID: Account] = [:]
    private(set) var links: [SourceKey: Link] = [:]
    private(set) var classes: [ClassKey: ClassRecord] = [:]
    private(set) var unlinked: [SourceKey: UnlinkedRecord] = [:]
    private(set) var erased: Set<SourceKey> = []
    private var holders: [String: AccountID] = [:]
    private var claims: [String: Set<SourceKey>] = [:]
    private var keyClaims: [NeutralKey: Set<SourceKey>] = [:]
    private var linksOfAccount: [AccountID: [SourceKey]] = [:]
    private var dependents: [SourceKey: Set<SourceKey>] = [:]

    private var accountsBefore: [AccountID: Account?] = [:]
    private var linksBefore: [SourceKey: Link?] = [:]
    private var insistedOn: Set<AccountID> = []
    private var changedClasses: Set<ClassKey> = []
    private var changedUnlinked: Set<SourceKey> = []
    private var mergers: [Merger] = []
    private var formerEmails: [FormerEmail] = []
    private var history: [HistoryEntry] = []
    private var managers = ManagerGraph()

    /// Records that became or ceased to be somebody's line manager: whoever names them must be
    /// settled, and everybody above.
    var unsettledManagers: Set<SourceKey> = []
    /// Records whose own line manager must be settled, and everybody's above; whoever names them
    /// stays as she is.
    var unsettledAbove: Set<SourceKey> = []
    /// Contacts whom history is to name and who are not loaded yet.
    var unnamedContacts: Set<SourceKey> = []
    /// Whether an address was given up or asked for, so that those who wait must be looked at.
    var unsettledEmails = false

    /// A draft of what `view` shows.
    public init(_ view: LocalView, tenant: TenantID) {
        self.tenant = tenant
        load(view)
    }

    /// Adds what `view` shows of people the draft does not know yet; what it knows stays.
    public mutating func load(_ view: LocalView) {
        accounts.merge(view.accounts) { mine, _ in mine }
        for (key, link) in view.links where links[key] == nil && !isRemoved(key) { index(link) }
        classes.merge(view.classes) { mine, _ in mine }
        unlinked.merge(view.unlinked) { mine, _ in mine }
        erased.formUnion(view.erased)
        for (email, holder) in view.holders
        where holders[email] == nil && accounts[holder]?.email == email {
            holders[email] = holder
        }
        claims.merge(view.claims) { mine, _ in mine }
        keyClaims.merge(view.keyClaims) { mine, theirs in mine.union(theirs) }
    }

    // MARK: Reading

    var hasUnsettledManagers: Bool { !unsettledManagers.isEmpty || !unsettledAbove.isEmpty }

    func account(of link: Link) -> Account? { accounts[link.account] }

    func links(of account: AccountID) -> [Link] {
        (linksOfAccount[account] ?? []).compactMap { links[$0] }
    }

    func holder(of email: String) -> Account? {
        holders[email].flatMap { accounts[$0] }
    }

    /// The records other than `key` that state `email` as theirs.
    func claimants(of email: String, besides key: SourceKey) -> Set<SourceKey> {
        (claims[email] ?? []).subtracting([key])
    }

    /// The records other than `key`, and than those of `account`, that state `email` as theirs.
    func strangers(
        stating email: String,
        besides key: SourceKey,
        of account: AccountID
    ) -> Set<SourceKey> {
        claimants(of: email, besides: key).filter { links[$0]?.account != account }
    }

    /// Counts what is seen together among those who state numbers, whoever of them is planned first.
    mutating func claimNumbers(of observations: [Observation]) {
        for observation in observations {
            for number in observation.claimedNeutralKeys {
                keyClaims[number, default: []].insert(observation.key)
            }
        }
    }

    /// Whom the numbers of a record point at.
    func keyHolders(of observation: Observation) -> KeyHolders {
        KeyHolders(of: observation, claims: keyClaims) { links[$0]?.account }
    }

    /// The address an account had before the draft changed anything.
    func emailBefore(of id: AccountID) -> String? {
        if let before = accountsBefore[id] { return before?.email }
        return accounts[id]?.email
    }

    /// The records whose source names one of `keys` as their manager.
    func dependents(on keys: some Sequence<SourceKey>) -> Set<SourceKey> {
        keys.reduce(into: []) { $0.formUnion(dependents[$1] ?? []) }
    }

    // MARK: Writing

    mutating func insert(_ account: Account) {
        accountsBefore[account.id] = .some(nil)
        accounts[account.id] = account
        if let email = account.email { holders[email] = account.id }
    }

    mutating func update(_ id: AccountID, _ change: (inout Account) -> Void) {
        guard let place = accounts.index(forKey: id) else { return }
        let email = accounts.values[place].email
        if accountsBefore[id] == nil {
            let before = accounts.values[place]
            change(&accounts.values[place])
            guard accounts.values[place] != before else { return }
            accountsBefore[id] = .some(before)
        } else {
            change(&accounts.values[place])
        }
        let changed = accounts.values[place].email
        guard changed != email else { return }
        if let email, holders[email] == id { holders[email] = nil }
        if let changed { holders[changed] = id }
    }

    /// Writes the account even if nothing about it changes, so that what was planned on it is
    /// refused where somebody else wrote it meanwhile.
    mutating func insistOnVersion(of id: AccountID) {
        guard let account = accounts[id] else { return }
        insistedOn.insert(id)
        if accountsBefore[id] == nil { accountsBefore[id] = .some(account) }
    }

    mutating func put(_ link: Link) {
        if linksBefore[link.key] == nil { linksBefore[link.key] = .some(links[link.key]) }
        if let before = links[link.key] { unindex(before) }
        index(link)
    }

    /// The record stands for no account any more; one that is put again is a new link.
    mutating func removeLink(_ key: SourceKey) {
        guard let link = links.removeValue(forKey: key) else { return }
        if linksBefore[key] == nil { linksBefore[key] = .some(link) }
        linksOfAccount[link.account]?.removeAll { $0 == key }
        unindex(link)
    }

    /// Whether the draft removed the link of `key`.
    func isRemoved(_ key: SourceKey) -> Bool { linksBefore[key] != nil && links[key] == nil }

    mutating func put(_ record: ClassRecord) {
        classes[record.teachingClass.key] = record
        changedClasses.insert(record.teachingClass.key)
    }

    mutating func put(_ record: UnlinkedRecord) {
        guard unlinked[record.observation.key] != record else { return }
        unlinked[record.observation.key] = record
        changedUnlinked.insert(record.observation.key)
    }

    mutating func removeUnlinked(_ key: SourceKey) {
        guard unlinked.removeValue(forKey: key) != nil else { return }
        changedUnlinked.insert(key)
    }

    mutating func pass(namesOf account: AccountID, to other: AccountID) {
        mergers.append(Merger(from: account, into: other))
    }

    mutating func remember(formerEmail email: String, of account: AccountID) {
        formerEmails.append(FormerEmail(account: account, email: email))
    }

    mutating func record(_ entry: HistoryEntry) { history.append(entry) }

    /// Names in history the contacts who were loaded since.
    mutating func nameContacts() {
        for index in history.indices {
            guard case .guardianship(let before, let after) = history[index].exact,
                let contact = (before ?? after)?.contact, let name = name(ofContact: contact)
            else { continue }
            if let before { history[index].from = before.text(calling: name) }
            if let after { history[index].to = after.text(calling: name) }
        }
        unnamedContacts = []
    }

    private mutating func index(_ link: Link) {
        if let former = links[link.key]?.account, former != link.account {
            linksOfAccount[former]?.removeAll { $0 == link.key }
            linksOfAccount[link.account, default: []].append(link.key)
        }
        if links[link.key] == nil { linksOfAccount[link.account, default: []].append(link.key) }
        if let manager = link.manager { dependents[manager, default: []].insert(link.key) }
        for number in link.last.neutralKeys { keyClaims[number, default: []].insert(link.key) }
        links[link.key] = link
    }

    private mutating func unindex(_ link: Link) {
        if let manager = link.manager { dependents[manager]?.remove(link.key) }
        for number in link.last.neutralKeys { keyClaims[number]?.remove(link.key) }
    }

    // MARK: Line managers

    /// Notes how everything was, before the draft, from which line managers are settled: the
    /// records `start`, everybody above them, and who names one of `named`.
    mutating func noteManagers(from start: Set<SourceKey>, namedBy named: Set<SourceKey>) {
        var seen: Set<SourceKey> = []
        var next = start
        while let key = next.popFirst() {
            guard seen.insert(key).inserted else { continue }
            note(key)
            guard let link = links[key] else { continue }
            next.formUnion([link.manager, accounts[link.account]?.home].compactMap(\.self))
        }
        for key in named { managers.dependents[key] = [] }
        for key in Set(links.keys).union(linksBefore.keys) {
            guard let manager = linkBefore(key)?.manager, named.contains(manager) else { continue }
            managers.dependents[manager]?.insert(key)
        }
    }

    private mutating func note(_ key: SourceKey) {
        if let link = linkBefore(key),
            let account = accountsBefore[link.account] ?? accounts[link.account]
        {
            managers.nodes[key] = ManagerGraph.Node(link, of: account)
        } else {
            managers.missing.insert(key)
        }
    }

    private func linkBefore(_ key: SourceKey) -> Link? { linksBefore[key] ?? links[key] }

    // MARK: Result

    /// What the draft adds up to; empty where it ended as it began.
    public func changeSet(run: RunID?, cause: Cause, at time: Timestamp) -> ChangeSet {
        var changes = ChangeSet(tenant: tenant, run: run, cause: cause, at: time)
        for id in accountsBefore.keys.sorted() {
            guard let after = accounts[id], let before = accountsBefore[id],
                after != before || insistedOn.contains(id)
            else { continue }
            changes.accounts.append(AccountWrite(after: after, before: before))
        }
        for (key, before) in linksBefore {
            guard let after = links[key], after != before else { continue }
            var write = LinkWrite(after: after, baseSequence: before?.sequence)
            if let before, before.account != after.account { write.movedFrom = before.account }
            write.keepsNeutralKeys = before?.last.neutralKeys == after.last.neutralKeys
            changes.links.append(write)
        }
        changes.links.sort { $0.after.key.id < $1.after.key.id }
        for (key, before) in linksBefore where links[key] == nil {
            guard let before else { continue }
            changes.removedLinks.append(
                LinkRemoval(key: key, account: before.account, baseSequence: before.sequence)
            )
        }
        changes.removedLinks.sort { $0.key.id < $1.key.id }
        changes.classes = changedClasses.compactMap { classes[$0] }.sorted { $0.id < $1.id }
        for key in changedUnlinked.sorted(by: { $0.id < $1.id }) {
            if let record = unlinked[key] {
                changes.unlinked.append(record)
            } else {
                changes.noLongerUnlinked.append(key)
            }
        }
        changes.formerEmails = formerEmails
        changes.mergers = mergers
        changes.history = history
        changes.managers = managers
        return changes
    }
}
