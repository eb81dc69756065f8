import Accounts
import Roster

/// A record of somebody who was erased, whatever its connection is numbered by.
struct ErasedRecord: Hashable, Sendable {
    var tenant: TenantID
    var school: String
    var kind: PersonKind
    var id: String

    init(_ key: SourceKey, of tenant: TenantID) {
        self.tenant = tenant
        school = key.school.school
        kind = key.kind
        id = key.id
    }
}

extension MemoryState {
    func dossier(of id: AccountID) -> Dossier? {
        guard let summary = summary(of: id) else { return nil }
        let account = summary.account
        var dossier = Dossier(summary: summary)
        dossier.history = history[id, default: []]
        for (address, holders) in formerEmails where address.tenant == account.tenant {
            dossier.formerEmails[address.email] = holders[id]
        }
        dossier.subjects = Set(subjects.filter { $0.value == id }.keys.map(\.subject))
        for link in summary.links { dossier.checked[link.key] = checked[link.key]?.at }
        for (loss, row) in losses where loss.counted.account == id {
            dossier.losses[loss.counted] = row.at
        }
        dossier.unlinked = unlinked.values.filter { record in
            belongs(record.observation.key, to: account.tenant)
                && (record.candidates.contains(id)
                    || record.email.map { $0 == account.email } ?? false)
        }.sorted { $0.observation.key.order < $1.observation.key.order }
        return dossier
    }

    mutating func erase(
        _ id: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) throws(StoreError) -> [SourceKey] {
        guard let account = accounts[id], account.tenant == tenant else { throw .stale }
        let keys = records(of: account)
        erased.formUnion(keys.map { ErasedRecord($0, of: tenant) })
        credentials.erase(id, addresses(of: account), of: tenant)
        rename(account, records: keys)
        releaseTeam(of: id, at: at)
        releasePupils(of: keys, besides: id, at: at)
        forgetContacts(keys.filter { $0.kind == .contact })
        for record in unlinked.values where record.candidates.contains(id) {
            var changed = record
            changed.candidates.removeAll { $0 == id }
            put(changed)
        }
        for key in keys {
            for other in linksOfManager[key] where !keys.contains(other) {
                guard var link = linkRows[other] else { continue }
                link.manager = nil
                link.fingerprint = nil
                put(link)
            }
            dropLink(key)
            dropUnlinked(key)
            checked[key] = nil
            for run in staged.keys { staged[run]?.drop(key) }
            for run in planned.keys { planned[run]?.removeAll { $0.observation.key == key } }
        }
        losses = losses.filter { $0.key.counted.account != id }
        for address in formerEmails.keys { formerEmails[address]?[id] = nil }
        subjects = subjects.filter { $0.value != id }
        history[id] = nil
        feed.removeAll { $0.entry.change.entry.account == id }
        drop(account)
        return keys.sorted { $0.order < $1.order }
    }

    /// The records of somebody who is erased: her links, and those that claim her account.
    private func records(of account: Account) -> Set<SourceKey> {
        var claiming = unlinked.values.filter { $0.isTaken(forOneOf: account) }
            .map(\.observation.key)
        if let email = account.email {
            claiming += staged.values.flatMap { $0.claiming[email] }
            claiming += planned.values.joined().map(\.observation)
                .filter { $0.claimedEmail == email }.map(\.key)
        }
        claiming += planned.values.joined().filter { $0.account == account.id }
            .map(\.observation.key)
        let free = claiming.filter { linkRows[$0] == nil && belongs($0, to: account.tenant) }
        return Set(linksOfAccount[account.id]).union(free)
    }

    /// The addresses that are hers or were.
    private func addresses(of account: Account) -> Set<String> {
        let former = formerEmails.filter { $0.value[account.id] != nil }.keys.map(\.email)
        return Set(former + [account.email].compactMap(\.self))
    }

    /// Rows of others that name her as their line manager or as a contact name nobody.
    private mutating func rename(_ account: Account, records: Set<SourceKey>) {
        let names = addresses(of: account).union([account.label])
        func renamed(_ row: DatedHistoryEntry) -> DatedHistoryEntry {
            var row = row
            row.entry.forget(account.id, called: names, records: records)
            return row
        }
        for index in feed.indices where feed[index].tenant == account.tenant {
            feed[index].entry.change = renamed(feed[index].entry.change)
        }
        for id in history.keys where accounts[id]?.tenant == account.tenant {
            history[id] = history[id]?.map(renamed)
        }
    }

    private mutating func releaseTeam(of id: AccountID, at: Timestamp) {
        var changes = ChangeSet(
            tenant: accounts[id]?.tenant ?? .standard,
            run: nil,
            cause: .administrator,
            at: at
        )
        for var member in accounts.values.filter({ $0.lineManager == id && $0.id != id })
            .sorted(by: { $0.id < $1.id })
        {
            member.lineManager = nil
            member.version += 1
            put([member])
            changes.history.append(.lostErasedManager(member.id))
        }
        for entry in changes.history { put(entry, of: changes) }
    }

    /// The pupils who name one of her records lose her as a contact, and are planned anew.
    private mutating func releasePupils(
        of contacts: Set<SourceKey>,
        besides id: AccountID,
        at: Timestamp
    ) {
        let pupils = contacts.reduce(into: Set<AccountID>()) { $0.formUnion(pupilsOfContact[$1]) }
        for pupil in pupils.subtracting([id]).sorted() {
            guard var account = accounts[pupil] else { continue }
            let lost = account.guardianships.filter { contacts.contains($0.contact) }
            for key in lost.compactMap(\.givenBy) {
                guard var link = linkRows[key] else { continue }
                link.fingerprint = nil
                put(link)
            }
            account.guardianships.subtract(lost)
            account.version += 1
            put([account])
            let changes = ChangeSet(
                tenant: account.tenant,
                run: nil,
                cause: .administrator,
                at: at
            )
            put(.lostErasedContact(pupil), of: changes)
        }
    }

    /// What sources said of others names these contacts no more, wherever it is kept.
    private mutating func forgetContacts(_ contacts: Set<SourceKey>) {
        for var link in linkRows.values {
            let rest = link.last.forgetting(contacts: contacts)
            guard rest != link.last else { continue }
            link.last = rest
            link.fingerprint = nil
            put(link)
        }
        for var record in unlinked.values {
            let rest = record.observation.forgetting(contacts: contacts)
            guard rest != record.observation else { continue }
            record.observation = rest
            put(record)
        }
        for run in staged.keys { staged[run]?.forget(contacts: contacts) }
        planned = planned.mapValues { records in
            records.map { record in
                var record = record
                record.observation = record.observation.forgetting(contacts: contacts)
                return record
            }
        }
    }

    mutating func forgetHistory(of tenant: TenantID, before: Timestamp, limit: Int) -> Int {
        let oldest = feed.filter { $0.tenant == tenant }.prefix(max(0, limit))
        let forgotten = oldest.prefix { $0.entry.change.at < before }
        let positions = Set(forgotten.map(\.entry.position))
        feed.removeAll { positions.contains($0.entry.position) }
        for row in forgotten { history[row.entry.change.entry.account]?.removeFirst() }
        return forgotten.count
    }

    mutating func forgetRuns(of connection: ConnectionID, before: Timestamp, limit: Int) -> Int {
        let own = runs.values.filter { $0.connection == connection }
            .sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        var kept = Set(
            RunMilestone.allCases.compactMap { newestRun(of: connection, $0)?.id }
        )
        let good = inOrder(own).last { $0.isComplete && $0.state == .completed }
        if let good { kept.insert(good.id) }
        let old = own.filter {
            $0.state != .running && $0.startedAt < before && !kept.contains($0.id)
        }.prefix(max(0, limit))
        for run in old {
            runs[run.id] = nil
            planned[run.id] = nil
            staged[run.id] = nil
        }
        return old.count
    }
}
