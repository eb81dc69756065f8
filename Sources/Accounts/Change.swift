public import Roster

/// What made a change.
public enum Cause: String, Sendable, Hashable {
    /// The refresh of a login.
    case login
    /// A batch sync.
    case batch
    /// A person in this application.
    case administrator
    /// The import of accounts that the host already had.
    case `import`
    /// A person in this application, who took back what a run had done.
    case undo
    /// The person herself.
    case person
}

/// What a change is about where the words that people read do not say it exactly.
public enum ExactChange: Sendable, Hashable {
    /// One account in place of another as the line manager.
    case lineManager(from: AccountID?, to: AccountID?)
    /// A place in a class, gained or lost.
    case place(Membership)
    /// A right, gained or lost.
    case right(Privilege)
    /// A relation to a parent or carer that came, went or became another one of the same contact.
    case guardianship(from: Guardianship?, to: Guardianship?)
    /// Records that went to another account, because a person made the two one.
    case records([SourceKey], to: AccountID)
    /// A record that a person gave to the account, the records of the account that ended with that,
    /// and the account that it was of before, if it was one's.
    case link(SourceKey, ending: [SourceKey], from: AccountID?)
    /// Records that changed places among accounts, each before the one whose account it got; the
    /// first is the one that this account got.
    case exchange([SourceKey])
}

/// One change of one field as history keeps it; the creation of an account is one row.
public struct HistoryEntry: Sendable, Hashable {
    /// The account.
    public var account: AccountID
    /// The field; nil for the creation of the account.
    public var field: Field?
    /// The value before, as people read it; nil where there was none.
    public var from: String?
    /// The value after, as people read it; nil where there is none.
    public var to: String?
    /// The rule that allowed it, by the word `explain` prints.
    public var reason: String
    /// What the words stand for, where the field is a line manager, classes, contacts or rights.
    public var exact: ExactChange?

    /// A row of history.
    public init(
        account: AccountID,
        field: Field?,
        from: String?,
        to: String?,
        reason: String,
        exact: ExactChange? = nil
    ) {
        self.account = account
        self.field = field
        self.from = from
        self.to = to
        self.reason = reason
        self.exact = exact
    }
}

/// A row of history with when and why it was written.
public struct DatedHistoryEntry: Sendable, Hashable {
    /// The row.
    public var entry: HistoryEntry
    /// When it was written.
    public var at: Timestamp
    /// The run it belongs to; nil for an administrator's own act.
    public var run: RunID?
    /// What made the change.
    public var cause: Cause

    /// A row as the store kept it.
    public init(entry: HistoryEntry, at: Timestamp, run: RunID?, cause: Cause) {
        self.entry = entry
        self.at = at
        self.run = run
        self.cause = cause
    }
}

/// A change with its place in the order in which changes became visible.
public struct FeedEntry: Sendable, Hashable {
    /// Its place: larger than that of every change that was visible before it.
    public var position: Int64
    /// The change.
    public var change: DatedHistoryEntry

    /// The change at `position`.
    public init(position: Int64, change: DatedHistoryEntry) {
        self.position = position
        self.change = change
    }
}

/// An account as it should be after a change, and the version the change was planned on.
public struct AccountWrite: Sendable, Hashable {
    /// The account after the change; the store gives it the next version.
    public var after: Account
    /// The account before; nil for a new one.
    public var before: Account?

    /// The change from `before` to `after`.
    public init(after: Account, before: Account?) {
        self.after = after
        self.before = before
    }
}

/// A link as it should be after a change, and the request number the change was planned on.
public struct LinkWrite: Sendable, Hashable {
    /// The link after the change.
    public var after: Link
    /// The sequence number of the link before; nil for a new one.
    public var baseSequence: Int64?
    /// The account that the link was of, where a person moves it to another one.
    ///
    /// Nil where it stays; without it, a link never moves.
    public var movedFrom: AccountID?
    /// Whether the record states the same numbers as before, so that who is found by them stays.
    ///
    /// A store may pass over it and write them again.
    public var keepsNeutralKeys = false

    /// The change to `after`.
    public init(after: Link, baseSequence: Int64?) {
        self.after = after
        self.baseSequence = baseSequence
    }
}

/// A link that is to be no more, and the request number that was planned on.
public struct LinkRemoval: Sendable, Hashable {
    /// The record.
    public var key: SourceKey
    /// The account that it stood for.
    public var account: AccountID
    /// The sequence number of the link.
    public var baseSequence: Int64

    /// The end of a link of `account`.
    public init(key: SourceKey, account: AccountID, baseSequence: Int64) {
        self.key = key
        self.account = account
        self.baseSequence = baseSequence
    }
}

/// Everything that one step asks of the store, to be done whole or not at all.
public struct ChangeSet: Sendable, Hashable {
    /// The customer whose accounts change.
    public var tenant: TenantID
    /// The run it belongs to; nil for an administrator's own act.
    public var run: RunID?
    /// What made the change.
    public var cause: Cause
    /// When it is made.
    public var at: Timestamp
    /// Accounts to be made or changed.
    public var accounts: [AccountWrite] = []
    /// Links to be made or changed.
    public var links: [LinkWrite] = []
    /// Links that are to be no more, because a person took back that the record was the account's.
    public var removedLinks: [LinkRemoval] = []
    /// Classes to be made or described anew.
    public var classes: [ClassRecord] = []
    /// Records to be kept without an account.
    public var unlinked: [UnlinkedRecord] = []
    /// Records that are no longer without an account.
    public var noLongerUnlinked: [SourceKey] = []
    /// What a person says of records without an account that need nobody; nil lifts it.
    ///
    /// Where a record is not without an account any more, `apply` throws `stale`.
    public var dismissals: [SourceKey: Dismissal?] = [:]
    /// Accounts whose other names become another account's, because a person said that both are
    /// one person.
    public var mergers: [Merger] = []
    /// Addresses that were an account's until now.
    public var formerEmails: [FormerEmail] = []
    /// Rows of history.
    public var history: [HistoryEntry] = []
    /// Records that were looked up, and by which request; their look-up counts from `at`.
    public var checked: [CheckedRecord] = []
    /// What the change takes from people, as guards count it; the store counts it with the change.
    public var losses: [CountedLoss] = []
    /// Records whose staged observations of `run` are done with this change.
    ///
    /// Where the run is over, `apply` throws `stale`.
    public var unstaged: [SourceKey] = []
    /// What `run` has come to with this change; nil where it says so otherwise.
    ///
    /// It is kept with the change, so that a kill parts neither from the other. Where the run is
    /// over, `apply` throws `stale`.
    public var counts: RunCounts?
    /// The position of the tenant's tally that the change was planned on, nil where it did not matter.
    ///
    /// Where the tally moved on since, `apply` throws `stale`.
    public var lossPosition: Int64?
    /// What the change was planned on of the graph of line managers.
    ///
    /// Where any of it is otherwise now, `apply` throws `stale`.
    public var managers = ManagerGraph()

    /// A change set that asks for nothing yet.
    public init(tenant: TenantID, run: RunID?, cause: Cause, at: Timestamp) {
        self.tenant = tenant
        self.run = run
        self.cause = cause
        self.at = at
    }

    /// Whether it asks for nothing at all.
    public var isEmpty: Bool {
        accounts.isEmpty && links.isEmpty && classes.isEmpty && unlinked.isEmpty
            && noLongerUnlinked.isEmpty && formerEmails.isEmpty && history.isEmpty
            && dismissals.isEmpty && mergers.isEmpty && removedLinks.isEmpty
            && checked.isEmpty && losses.isEmpty && unstaged.isEmpty
    }
}

/// Two accounts of one person: what hosts call the first, and the addresses it once had, become
/// those of the second.
public struct Merger: Sendable, Hashable {
    /// The account that is given up.
    public var from: AccountID
    /// The account that stays.
    public var into: AccountID

    /// The names of `from` become those of `into`.
    public init(from: AccountID, into: AccountID) {
        self.from = from
        self.into = into
    }
}

/// A record that was looked up, whether or not its answer changed anything.
public struct CheckedRecord: Sendable, Hashable {
    /// The record.
    public var key: SourceKey
    /// The number of the request; the link then ignores older answers.
    public var sequence: Int64

    /// The look-up of `key` by the request numbered `sequence`.
    public init(key: SourceKey, sequence: Int64) {
        self.key = key
        self.sequence = sequence
    }
}

/// An address that was an account's.
public struct FormerEmail: Sendable, Hashable {
    /// The account.
    public var account: AccountID
    /// The address, in lower case.
    public var email: String

    /// The address `email`, until now that of `account`.
    public init(account: AccountID, email: String) {
        self.account = account
        self.email = email
    }
}
