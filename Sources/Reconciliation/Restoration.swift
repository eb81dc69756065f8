public import Accounts
public import Roster

/// What a run changed on one account, as far as nothing changed it since: to be taken back.
public struct Restoration: Sendable, Hashable {
    /// The account.
    public let account: AccountID
    /// Whether the run made the account.
    public private(set) var isCreation = false
    /// The rows of the run by field, in their order.
    private(set) var rows: [Field: [HistoryEntry]] = [:]
    /// What first changed each field since that the run had changed.
    public private(set) var laterRows: [Field: DatedHistoryEntry] = [:]

    /// What `run` changed on `account`, by its whole history.
    public init(undoing run: RunID, of account: AccountID, in history: [DatedHistoryEntry]) {
        self.account = account
        for row in history {
            let field = row.entry.field ?? .status
            if row.run == run {
                if row.entry.field == nil { isCreation = true }
                // What an act of somebody else interrupted is not the run's any more.
                rows[field, default: []].append(row.entry)
            } else if rows[field] != nil {
                laterRows[field] = laterRows[field] ?? row
            }
        }
        if isCreation { rows = rows.filter { $0.key == .status } }
        laterRows = laterRows.filter { rows[$0.key] != nil }
        for field in laterRows.keys { rows[field] = nil }
    }

    /// Fields that the run changed and that something else changed since.
    var changedSince: Set<Field> { Set(laterRows.keys) }

    /// Whether there is nothing to take back.
    public var isEmpty: Bool { rows.isEmpty }

    /// The address that the account had before the run; nil where the run did not change it.
    public var email: String? { rows[.email]?.first?.from }

    /// The records that the run moved to another account, and that account.
    var movedRecords: (keys: [SourceKey], to: AccountID)? {
        for row in rows[.status] ?? [] {
            if case .records(let keys, let id) = row.exact { return (keys, id) }
        }
        return nil
    }

    /// The record that a person gave to the account, what ended with that, and whose it was.
    var givenRecord: (key: SourceKey, ended: [SourceKey], former: AccountID?)? {
        for row in rows[.status] ?? [] {
            if case .link(let key, let ended, let former) = row.exact {
                return (key, ended, former)
            }
        }
        return nil
    }

    /// The records that changed places by the run, first the one that the account got; they must be
    /// seen besides.
    public var exchangedRecords: [SourceKey]? {
        for row in rows[.status] ?? [] {
            if case .exchange(let ring) = row.exact { return ring }
        }
        return nil
    }

    /// Whether the run moved records of which an erasure left nothing: what else it did to the account
    /// came of them, and would be put back beside the wrong record.
    public var isForgotten: Bool {
        (rows[.status] ?? []).contains { row in
            row.exact == nil && row.from == row.to && row.from == AccountStatus.active.text
        }
    }

    /// The account that its records went to or came from; must be seen besides.
    public var merged: AccountID? { movedRecords?.to ?? givenRecord?.former }

    /// Accounts that must be seen besides, to be line managers again.
    public var managers: Set<AccountID> {
        guard case .lineManager(let from, _) = rows[.lineManager]?.first?.exact else { return [] }
        return Set([from].compactMap(\.self))
    }
}

/// What taking back came to, by account and field.
public struct RestorationResult: Sendable, Hashable {
    /// What is as it was before the run.
    public internal(set) var restored: [AccountID: Set<Field>] = [:]
    /// What was left because something else changed it since.
    public internal(set) var skipped: [AccountID: Set<Field>] = [:]

    mutating func note(_ field: Field, of account: AccountID, isRestored: Bool) {
        if isRestored {
            restored[account, default: []].insert(field)
        } else {
            skipped[account, default: []].insert(field)
        }
    }
}
