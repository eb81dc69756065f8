import Accounts
import Roster

/// An e-mail address within a tenant.
struct TenantAddress: Hashable, Sendable {
    var tenant: TenantID
    var email: String
}

/// When a record was looked up last, and by which request.
struct CheckedRow: Sendable {
    var at: Timestamp
    var sequence: Int64
}

/// What a memory store holds: tables, and indexes that only the `put` and `drop` verbs write.
struct MemoryState: Sendable {
    /// Counts the writes.
    var stamp: Int64 = 0
    var lastSequence: Int64 = 0

    /// The account rows; readers want `account(_:)`, which knows the credential.
    private(set) var accounts: [AccountID: Account] = [:]
    private(set) var holders: [TenantAddress: AccountID] = [:]
    /// The accounts of the pupils who name a record as that of a contact.
    private(set) var pupilsOfContact = MultiIndex<SourceKey, AccountID>()

    /// The link rows; readers want `link(_:)`, which counts look-ups too.
    private(set) var linkRows: [SourceKey: Link] = [:]
    private(set) var linksOfAccount = MultiIndex<AccountID, SourceKey>()
    private(set) var linksOfSchool = MultiIndex<SchoolKey, SourceKey>()
    private(set) var linksOfManager = MultiIndex<SourceKey, SourceKey>()
    private(set) var linksClaiming = MultiIndex<String, SourceKey>()
    private(set) var linksAwaiting = MultiIndex<TenantID, SourceKey>()
    private(set) var linksStating = MultiIndex<NeutralKey, SourceKey>()

    private(set) var unlinked: [SourceKey: UnlinkedRecord] = [:]
    private(set) var unlinkedOfSchool = MultiIndex<SchoolKey, SourceKey>()
    private(set) var unlinkedClaiming = MultiIndex<String, SourceKey>()
    private(set) var unlinkedStating = MultiIndex<NeutralKey, SourceKey>()

    private(set) var classes: [ClassID: ClassRecord] = [:]
    private(set) var classIDs: [ClassKey: ClassID] = [:]

    var checked: [SourceKey: CheckedRow] = [:]
    var formerEmails: [TenantAddress: [AccountID: Timestamp]] = [:]
    var history: [AccountID: [DatedHistoryEntry]] = [:]
    /// All history in the order in which it was written, and whose it is.
    var feed: [(tenant: TenantID, entry: FeedEntry)] = []
    /// The position of the newest row of `feed` there ever was.
    var lastPosition: Int64 = 0
    var subjects: [TenantSubject: AccountID] = [:]
    /// Records of people who were erased.
    var erased: Set<ErasedRecord> = []

    /// When what was lost last, and how many losses were counted in all.
    var losses: [TenantLoss: LossRow] = [:]
    var lossPositions: [TenantID: Int64] = [:]

    var runs: [RunID: Run] = [:]
    /// Which one of all that were begun a run is.
    var runNumbers: [RunID: Int] = [:]
    var staged: [RunID: StagingArea] = [:]
    /// What runs left to a person, in the order in which it was kept first.
    var planned: [RunID: [PlannedRecord]] = [:]

    var lastConnection: Int64 = 0
    var connections: [ConnectionID: Connection] = [:]
    /// Whose a connection is, as it was added or, where it is kept elsewhere, as changes tell.
    var owners: [ConnectionID: TenantID] = [:]
    var secrets: [ConnectionID: [UInt8]] = [:]
    var readMarks: [SchoolKey: [PersonKind: ReadMark]] = [:]
    var policies: [TenantID: Policy] = [:]
    var accessKeys: [String: AccessKey] = [:]
    var messages: [MessageName: Timestamp] = [:]
    var keyUses: [String: Timestamp] = [:]
    var credentials = MemoryCredentials()

    /// What a signed message is known by.
    struct MessageName: Hashable {
        let tenant: TenantID
        let id: String
    }
}

extension MemoryState {
    /// The link of `key` with the number of the last request that looked at it.
    func link(_ key: SourceKey) -> Link? {
        guard var link = linkRows[key] else { return nil }
        if let row = checked[key] { link.sequence = max(link.sequence, row.sequence) }
        return link
    }

    /// The links of an account, oldest first.
    func links(of account: AccountID) -> [Link] {
        linksOfAccount[account].compactMap(link).sorted {
            ($0.linkedAt, $0.key.order) < ($1.linkedAt, $1.key.order)
        }
    }

    /// Whether a record is one of the tenant's; a connection of which nothing was said belongs to
    /// any tenant.
    func belongs(_ key: SourceKey, to tenant: TenantID) -> Bool {
        owners[key.school.connection].map { $0 == tenant } ?? true
    }
}

extension MemoryState {
    /// Keeps accounts, all at once so that two of them may swap their addresses.
    mutating func put(_ changed: some Collection<Account>) {
        for account in changed {
            guard let address = accounts[account.id]?.heldAddress else { continue }
            holders[address] = nil
        }
        for account in changed {
            indexContacts(of: accounts[account.id], account)
            accounts[account.id] = account
            // Whatever else it may be follows from what is kept.
            if account.credential != .host { accounts[account.id]?.credential = .none }
            if let address = account.heldAddress { holders[address] = account.id }
        }
    }

    private mutating func indexContacts(of old: Account?, _ new: Account?) {
        for relation in old?.guardianships ?? [] {
            pupilsOfContact.remove(old?.id ?? AccountID(0), under: relation.contact)
        }
        for relation in new?.guardianships ?? [] {
            pupilsOfContact.insert(new?.id ?? AccountID(0), under: relation.contact)
        }
    }

    mutating func drop(_ account: Account) {
        indexContacts(of: accounts[account.id], nil)
        accounts[account.id] = nil
        if let address = account.heldAddress { holders[address] = nil }
    }

    mutating func put(_ link: Link) {
        dropLink(link.key)
        linkRows[link.key] = link
        linksOfAccount.insert(link.key, under: link.account)
        linksOfSchool.insert(link.key, under: link.key.school)
        linksOfManager.insert(link.key, under: link.manager)
        linksClaiming.insert(link.key, under: link.presentClaim)
        linksAwaiting.insert(link.key, under: awaitingTenant(of: link))
        for number in link.last.neutralKeys { linksStating.insert(link.key, under: number) }
    }

    mutating func dropLink(_ key: SourceKey) {
        guard let link = linkRows.removeValue(forKey: key) else { return }
        linksOfAccount.remove(key, under: link.account)
        linksOfSchool.remove(key, under: key.school)
        linksOfManager.remove(key, under: link.manager)
        linksClaiming.remove(key, under: link.presentClaim)
        linksAwaiting.remove(key, under: awaitingTenant(of: link))
        for number in link.last.neutralKeys { linksStating.remove(key, under: number) }
    }

    mutating func put(_ record: UnlinkedRecord) {
        let key = record.observation.key
        var record = record
        // What a person said of it holds while the reason does.
        let known = unlinked[key]
        record.dismissal = known?.reason == record.reason ? known?.dismissal : nil
        dropUnlinked(key)
        unlinked[key] = record
        unlinkedOfSchool.insert(key, under: key.school)
        unlinkedClaiming.insert(key, under: record.email)
        for number in record.observation.claimedNeutralKeys {
            unlinkedStating.insert(key, under: number)
        }
    }

    mutating func dismiss(_ key: SourceKey, by dismissal: Dismissal?) {
        unlinked[key]?.dismissal = dismissal
    }

    mutating func dropUnlinked(_ key: SourceKey) {
        guard let record = unlinked.removeValue(forKey: key) else { return }
        unlinkedOfSchool.remove(key, under: key.school)
        unlinkedClaiming.remove(key, under: record.email)
        for number in record.observation.claimedNeutralKeys {
            unlinkedStating.remove(key, under: number)
        }
    }

    mutating func put(_ record: ClassRecord) {
        dropClass(record.id)
        classes[record.id] = record
        classIDs[record.teachingClass.key] = record.id
    }

    mutating func dropClass(_ id: ClassID) {
        guard let record = classes.removeValue(forKey: id) else { return }
        classIDs[record.teachingClass.key] = nil
    }

    private func awaitingTenant(of link: Link) -> TenantID? {
        link.awaitedEmail == nil ? nil : accounts[link.account]?.tenant
    }
}

extension Account {
    /// The address it holds in its tenant.
    var heldAddress: TenantAddress? { email.map { TenantAddress(tenant: tenant, email: $0) } }
}

extension Link {
    /// The address it states as its person's, as accounts compare it, while she is present.
    var presentClaim: String? {
        guard state.isPresent else { return nil }
        return last.email.value.flatMap(EmailAddress.compared)
    }
}

extension SourceKey {
    /// A fixed order of records: by connection, school, kind and id.
    var order: KeyOrder {
        KeyOrder(
            connection: school.connection.value,
            school: school.school,
            kind: kind.rawValue,
            id: id
        )
    }
}

/// The place of a record in a fixed order.
struct KeyOrder: Comparable {
    var connection: Int64
    var school: String
    var kind: String
    var id: String

    static func < (left: Self, right: Self) -> Bool {
        (left.connection, left.school, left.kind, left.id)
            < (right.connection, right.school, right.kind, right.id)
    }
}
