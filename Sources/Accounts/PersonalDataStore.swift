public import Roster

/// Everything that is held of one person, for her own eyes.
public struct Dossier: Sendable, Hashable {
    /// Her account and its links, with what each source said last.
    public var summary: AccountSummary
    /// Her history, oldest first.
    public var history: [DatedHistoryEntry] = []
    /// The addresses that were hers, by name, and until when.
    public var formerEmails: [String: Timestamp] = [:]
    /// What the host's identity provider calls her.
    public var subjects: Set<HostSubject> = []
    /// When each of her records was last looked up for a login.
    public var checked: [SourceKey: Timestamp] = [:]
    /// What was taken from her, as guards count it, and when last; whether by a list is left out.
    public var losses: [CountedLoss: Timestamp] = [:]
    /// Records without an account that state her address or could be hers, by their id.
    public var unlinked: [UnlinkedRecord] = []

    /// What is held of a person of whom there is nothing but her account.
    public init(summary: AccountSummary) { self.summary = summary }
}

/// Where what is held of one person can be shown to her, taken away, and kept no longer than needed.
public protocol PersonalDataStore: Sendable {
    /// Everything that is held of one person; nil where there is no such account.
    func dossier(of account: AccountID) async throws(StoreError) -> Dossier?

    /// Takes away everything that is held of one person, at `at`.
    ///
    /// Her account goes, and with it links, rights, places, history, former addresses, subjects,
    /// losses, look-ups, and what runs staged or planned of her records. Her records are those of her
    /// links, those without an account that `isTaken(forOneOf:)`, and those that a run staged or
    /// planned with her address or for her account, unless they are another account's. Whoever had
    /// her as line
    /// manager has none, with a row of history (cause `administrator`, reason `erased`) that does
    /// not name her; older rows of others that name her say `HistoryEntry.erasedPerson` instead.
    /// So have the pupils whose contact she was that relation no more, and are planned anew.
    /// Links of others keep no link to her record and are planned anew; nobody's candidates name her,
    /// and records that only a name led to her wait as they did.
    /// What a source said of others, be it of their links, of records without an account, or of what
    /// runs staged or planned, has no entry of her as a contact any more
    /// (`Observation.forgetting(contacts:)`), and such links are planned anew too.
    ///
    /// Of her records the store keeps just enough to know them again in `erased`.
    /// - Returns: Her records, in a fixed order.
    /// - Throws: `stale` where the tenant has no such account.
    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey]

    /// Those of `keys` that are records of somebody who was erased, whatever the connection is
    /// numbered by now.
    func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey>

    /// Forgets that the people of `keys` were erased.
    /// - Returns: How many of them were.
    func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int

    /// Forgets up to `limit` rows of a tenant's history from before `before`, the oldest first, as
    /// far as no younger row stands between them.
    /// - Returns: How many were forgotten.
    func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int
}

extension UnlinkedRecord {
    /// Whether the record counts as one of `account`'s where that is erased.
    ///
    /// It does where it states the address, or where an address or a number led to that account
    /// alone. A name may be a namesake's.
    public func isTaken(forOneOf account: Account) -> Bool {
        email.map { $0 == account.email } ?? false
            || reason.tellsCandidates && candidates == [account.id]
    }
}

extension HistoryEntry {
    /// What history says in place of somebody who was erased.
    public static let erasedPerson = "somebody who was erased"
    /// The reason of rows that come from an erasure.
    public static let erasure = "erased"
}

extension HistoryEntry {
    /// The row of somebody whose line manager was erased.
    public static func lostErasedManager(_ account: AccountID) -> HistoryEntry {
        HistoryEntry(
            account: account,
            field: .lineManager,
            from: erasedPerson,
            to: nil,
            reason: erasure
        )
    }

    /// The row of a pupil one of whose contacts was erased.
    public static func lostErasedContact(_ account: AccountID) -> HistoryEntry {
        HistoryEntry(
            account: account,
            field: .contacts,
            from: erasedPerson,
            to: nil,
            reason: erasure
        )
    }

    /// Names nobody any more where it is about a contact whose record is one of `records`.
    private mutating func forget(contacts records: Set<SourceKey>) {
        guard case .guardianship(let old, let new) = exact,
            [old, new].contains(where: { $0.map { records.contains($0.contact) } ?? false })
        else { return }
        if from != nil { from = Self.erasedPerson }
        if to != nil { to = Self.erasedPerson }
        exact = nil
    }

    /// Says no more which records it is about, where one of them is of `records`.
    private mutating func forget(moved records: Set<SourceKey>) {
        let named: [SourceKey] =
            switch exact {
            case .exchange(let ring): ring
            case .records(let keys, _): keys
            case .link(let key, let ended, _): [key] + ended
            default: []
            }
        if !records.isDisjoint(with: named) { exact = nil }
    }

    /// Names `person` no more, by her account or, in rows that do not say it exactly, by her names;
    /// as a contact, and where records changed accounts, by her `records`.
    public mutating func forget(
        _ person: AccountID,
        called names: Set<String>,
        records: Set<SourceKey> = []
    ) {
        if field == .contacts { forget(contacts: records) }
        if field == .status { forget(moved: records) }
        guard field == .lineManager else { return }
        if case .lineManager(let old, let new) = exact {
            guard old == person || new == person else { return }
            if old == person { from = Self.erasedPerson }
            if new == person { to = Self.erasedPerson }
            exact = nil
        } else {
            if let from, names.contains(from) { self.from = Self.erasedPerson }
            if let to, names.contains(to) { self.to = Self.erasedPerson }
        }
    }
}

extension Account {
    /// What history calls the account: its address or, where it has none, forename and surname.
    public var label: String {
        email ?? [forename, surname].compactMap(\.self).joined(separator: " ")
    }
}
