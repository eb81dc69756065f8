import Accounts
import Roster

extension MemoryState {
    /// Does all of `changes`; everything that may be refused is judged before the first write.
    mutating func apply(_ changes: ChangeSet) throws(StoreError) {
        guard !changes.isEmpty else { return }
        if let base = changes.lossPosition, base != lossPosition(of: changes.tenant) {
            throw .stale
        }
        try judge(changes.managers)
        try judge(runOf: changes)
        let newAccounts = try judged(changes.accounts)
        let newLinks = try judged(changes.links, beside: newAccounts)
        let newClasses = try judged(changes.classes)
        for key in changes.dismissals.keys where unlinked[key] == nil { throw .stale }
        for id in changes.mergers.map(\.into) + changes.losses.map(\.account)
            + changes.history.map(\.account) + changes.unlinked.flatMap(\.candidates)
        {
            guard accounts[id] != nil || newAccounts[id] != nil else { throw .stale }
        }

        for removal in changes.removedLinks {
            guard let link = link(removal.key), link.account == removal.account,
                link.sequence == removal.baseSequence
            else { throw .stale }
        }

        for removal in changes.removedLinks { dropLink(removal.key) }
        for key in newLinks.keys { learnOwner(of: key, from: changes) }
        for record in changes.unlinked { learnOwner(of: record.observation.key, from: changes) }
        put(newAccounts.values)
        for write in changes.accounts { follow(write, at: changes.at) }
        for link in newLinks.values { put(link) }
        for record in newClasses { put(record) }
        for (key, dismissal) in changes.dismissals { dismiss(key, by: dismissal) }
        for record in changes.unlinked { put(record) }
        for key in changes.noLongerUnlinked { dropUnlinked(key) }
        for merger in changes.mergers {
            passOnNames(by: merger)
            credentials.giveUp(merger.from, at: changes.at)
        }
        for former in changes.formerEmails { remember(former, at: changes.at) }
        for entry in changes.history { put(entry, of: changes) }
        markChecked(changes.checked, at: changes.at)
        if let run = changes.run {
            for key in changes.unstaged { staged[run]?.drop(key) }
            if let counts = changes.counts { runs[run]?.counts = counts }
        }
        for loss in changes.losses { count(loss, of: changes.tenant, at: changes.at) }
    }

    private func judge(_ seen: ManagerGraph) throws(StoreError) {
        for (key, node) in seen.nodes {
            guard let link = linkRows[key], let account = accounts[link.account],
                ManagerGraph.Node(link, of: account) == node
            else { throw .stale }
        }
        for key in seen.missing where linkRows[key] != nil { throw .stale }
        for (key, dependents) in seen.dependents where Set(linksOfManager[key]) != dependents {
            throw .stale
        }
    }

    private func judge(runOf changes: ChangeSet) throws(StoreError) {
        guard !changes.unstaged.isEmpty || changes.counts != nil else { return }
        guard let run = changes.run else { throw .stale }
        try requireGoingOn(run)
    }

    private mutating func learnOwner(of key: SourceKey, from changes: ChangeSet) {
        let connection = key.school.connection
        owners[connection] = owners[connection] ?? changes.tenant
    }

    mutating func put(_ entry: HistoryEntry, of changes: ChangeSet) {
        let dated = DatedHistoryEntry(
            entry: entry,
            at: changes.at,
            run: changes.run,
            cause: changes.cause
        )
        history[entry.account, default: []].append(dated)
        lastPosition += 1
        feed.append((changes.tenant, FeedEntry(position: lastPosition, change: dated)))
    }

    mutating func markChecked(_ records: [CheckedRecord], at: Timestamp) {
        for record in records {
            let sequence = max(record.sequence, checked[record.key]?.sequence ?? record.sequence)
            checked[record.key] = CheckedRow(at: at, sequence: sequence)
        }
    }

    private mutating func remember(_ former: FormerEmail, at: Timestamp) {
        guard let account = accounts[former.account] else { return }
        let address = TenantAddress(tenant: account.tenant, email: former.email)
        formerEmails[address, default: [:]][former.account] = at
    }

    private mutating func passOnNames(by merger: Merger) {
        for (name, account) in subjects where account == merger.from {
            subjects[name] = merger.into
        }
        for (address, holders) in formerEmails {
            guard let at = holders[merger.from] else { continue }
            formerEmails[address]?[merger.from] = nil
            formerEmails[address]?[merger.into] = max(at, holders[merger.into] ?? at)
        }
    }

    /// The accounts as they will be, or `stale`.
    private func judged(_ writes: [AccountWrite]) throws(StoreError) -> [AccountID: Account] {
        var planned: [AccountID: Account] = [:]
        for write in writes {
            let stored = planned[write.after.id] ?? accounts[write.after.id]
            guard stored?.version == write.before?.version else { throw .stale }
            var after = write.after
            after.version = (write.before?.version ?? 0) + 1
            planned[after.id] = after
        }
        var taken: Set<TenantAddress> = []
        for account in planned.values {
            guard let address = account.heldAddress else { continue }
            guard taken.insert(address).inserted else { throw .stale }
            if let holder = holders[address], planned[holder] == nil { throw .stale }
        }
        return planned
    }

    /// The links as they will be, or `stale`.
    private func judged(
        _ writes: [LinkWrite],
        beside newAccounts: [AccountID: Account]
    )
        throws(StoreError) -> [SourceKey: Link]
    {
        var planned: [SourceKey: Link] = [:]
        for write in writes {
            let after = write.after
            let stored = planned[after.key] ?? link(after.key)
            guard stored?.sequence == write.baseSequence else { throw .stale }
            if let stored, stored.account != write.movedFrom ?? after.account { throw .stale }
            guard accounts[after.account] != nil || newAccounts[after.account] != nil else {
                throw .stale
            }
            planned[after.key] = after
        }
        return planned
    }

    /// The classes that will be written, or `stale`; an older description is left out.
    private func judged(_ records: [ClassRecord]) throws(StoreError) -> [ClassRecord] {
        var planned: [ClassKey: ClassRecord] = [:]
        var keys: [ClassID: ClassKey] = [:]
        for record in records {
            let key = record.teachingClass.key
            // Two processes may have made up the same id.
            let named = keys[record.id] ?? classes[record.id]?.teachingClass.key
            guard named == nil || named == key else { throw .stale }
            keys[record.id] = key
            let stored = planned[key] ?? classIDs[key].flatMap { classes[$0] }
            if let stored {
                guard stored.id == record.id else { throw .stale }
                guard record.sequence >= stored.sequence else { continue }
            }
            planned[key] = record
        }
        return Array(planned.values)
    }
}
