public import Roster

/// Why the store could not do what it was asked.
public enum StoreError: Error, Sendable, Hashable {
    /// Somebody else changed what the plan was made on; read again and plan again.
    case stale
    /// A key is taken, by what `reason` says.
    case conflict(reason: String)
    /// Another process holds the store; nothing was done.
    case busy
    /// The store cannot be used: missing, damaged, of a newer version. `reason` is one sentence for
    /// people.
    case unavailable(reason: String)
    /// There is no room left for the store, and nothing of the request was written. `reason` is one sentence for
    /// people.
    case full(reason: String)

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .stale: "The accounts changed while the change was planned; run the command again."
        case .conflict(let reason), .unavailable(let reason), .full(let reason): reason
        case .busy:
            "The store is locked by another process; wait until that is done and try again."
        }
    }
}

/// How a host names the person who logs in.
public enum LoginKey: Sendable, Hashable {
    /// By e-mail address, in any case.
    case email(String)
    /// By the id of her record at the school; where that may be the id of people of several kinds, with
    /// the kind that is meant.
    case sourceID(String, kind: PersonKind? = nil)
    /// By a user name, which is looked up like an e-mail address.
    case username(String)
    /// By the name that the host's identity provider gave her; found once it was bound.
    case subject(HostSubject)
}

/// A person whom a login names, as the store knows her.
public struct KnownPerson: Sendable, Hashable {
    /// The account, with all that an answer from local data needs.
    public var summary: AccountSummary
    /// When the record at the school she logs in to was last looked up; nil where it never was.
    public var checkedAt: Timestamp?
    /// When the source last had her in its list, or was asked for her: the later of `checkedAt` and
    /// of the beginning of the connection's last run that was complete and counted, `completed` or
    /// `held`, where she was linked before it began and has not been missed since; nil where neither
    /// ever was.
    ///
    /// What counts is her record at the school she logs in to, else her home record.
    public var seenAt: Timestamp?

    /// A person whom no run has seen.
    public init(summary: AccountSummary, checkedAt: Timestamp?) {
        self.summary = summary
        self.checkedAt = checkedAt
        seenAt = checkedAt
    }

    /// The account.
    public var account: Account { summary.account }

    /// All its links.
    public var links: [Link] { summary.links }

    /// A person as she is known at a login to `school`.
    /// - Parameters:
    ///   - summary: Her account.
    ///   - school: The school she logs in to.
    ///   - checkedAt: When her record there was last looked up.
    ///   - lastRun: When the last run of a connection began that was complete and counted, `completed`
    ///     or `held`.
    /// - Throws: What `lastRun` throws.
    public init<Failure>(
        summary: AccountSummary,
        school: SchoolKey,
        checkedAt: Timestamp?,
        lastRun: (ConnectionID) throws(Failure) -> Timestamp?
    ) throws(Failure) {
        self.init(summary: summary, checkedAt: checkedAt)
        let here = summary.links.filter { $0.key.school == school }
        let links = here.isEmpty ? summary.links.filter { $0.key == account.home } : here
        let present = links.filter { $0.state.isPresent && $0.missingSince == nil }
        guard let connection = present.first?.key.school.connection,
            let start = try lastRun(connection), present.contains(where: { $0.linkedAt < start })
        else { return }
        seenAt = max(start, checkedAt ?? start)
    }
}

/// An account as people see it: with the names behind its references.
public struct AccountSummary: Sendable, Hashable {
    /// The account.
    public var account: Account
    /// The line manager, if there is one.
    public var lineManager: Account?
    /// The classes the account has a place in.
    public var classes: [ClassID: ClassRecord]
    /// All its links.
    public var links: [Link]
    /// Who is responsible for her, where she is a pupil, as `Relative.listed` has them.
    public var contacts: [Relative] = []
    /// For whom she is responsible, by the accounts of the pupils who name one of her records.
    public var students: [Relative] = []

    /// An account with what its references point at.
    public init(
        account: Account,
        lineManager: Account?,
        classes: [ClassID: ClassRecord],
        links: [Link]
    ) {
        self.account = account
        self.lineManager = lineManager
        self.classes = classes
        self.links = links
    }
}

/// Where accounts, links and history are kept: the port behind which a host may keep its own.
///
/// Each method is one transaction. `apply` does all of a change set or none of it, and refuses one
/// that was planned on what is no longer there. Texts compare by canonical equivalence; e-mail
/// addresses arrive in lower case.
public protocol AccountStore: PersonalDataStore {
    /// A number that differs after every change of anything in the store, by any process, so that
    /// what was read before may be used again while it stays; nil where the store cannot tell at
    /// once. It is asked for at every login and must neither wait nor fail.
    var stamp: Int64? { get }

    /// The next request number, larger than every one handed out before, in any process.
    func nextSequence() async throws(StoreError) -> Int64

    /// The state around what `request` names.
    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView

    /// Does everything in `changes`, in one transaction.
    /// - Throws: `stale` where an account's version or a link's sequence is not the one planned on,
    ///   or a new one's key is taken, or the tenant's tally of losses moved on from the one planned
    ///   on, or the graph of line managers is not the one planned on, or the run is over whose staged
    ///   observations it takes; nothing was done then.
    func apply(_ changes: ChangeSet) async throws(StoreError)

    /// How many people of the kind lost what lately, counted by `apply`.
    ///
    /// A person counts once for what she lost: from a day ago on where a list took it, else from
    /// the floor of the connection on: the earlier of a day ago and the beginning of the
    /// connection's last run that is `completed` and complete, or ever where there was no such run.
    /// Whoever lost `access`, or by `absence`, counts only while she is suspended by a sync. The
    /// position grows with every loss and never falls.
    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally

    /// Notes that records were looked up at `at`, apart from any change: kept outside the rows of
    /// accounts and links, so that a login that changes nothing writes to neither.
    ///
    /// - Throws: `StoreError.stale`, and nothing is noted, where `account` is given and is not there
    ///   any more in that version.
    func markChecked(
        _ records: [CheckedRecord],
        beside account: Account?,
        at: Timestamp
    ) async throws(StoreError)

    /// The person a login names.
    ///
    /// An id without a kind that stands for several accounts, as where a pupil and a teacher share it,
    /// finds none of them.
    ///
    /// An address that nobody holds finds whoever held it at `formerSince` or later, if that is one
    /// account and nobody else in the tenant claims the address now: no present link of another
    /// account, no record without an account and nothing that a run has staged.
    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    )
        async throws(StoreError) -> KnownPerson?

    /// The record without an account that a login names, if there is one; of several by an id without
    /// a kind, none.
    func unlinkedRecord(
        _ key: LoginKey,
        in school: SchoolKey
    ) async throws(StoreError)
        -> UnlinkedRecord?

    /// Every record of a school that has no account, by its id.
    func unlinkedRecords(in school: SchoolKey) async throws(StoreError) -> [UnlinkedRecord]

    /// Accounts of a tenant that have a link into `school`, and those that have none at all, in
    /// the order of their e-mail addresses.
    func accounts(
        in school: SchoolKey,
        of tenant: TenantID
    ) async throws(StoreError)
        -> [AccountSummary]

    /// One account as people see it.
    func summary(of account: AccountID) async throws(StoreError) -> AccountSummary?

    /// The history of an account, oldest first.
    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry]

    /// Up to `limit` rows of history of a tenant's accounts after `position`, in the order in which
    /// they became visible: whoever asks again after the last one misses none.
    /// - Parameters:
    ///   - position: The last row that is known already; 0 for none.
    ///   - tenant: The customer.
    ///   - school: Only accounts that have a link into this school, present or not; nil for all.
    ///   - limit: The number of rows at most.
    /// - Returns: The rows, each with its position.
    /// - Throws: `StoreError` where the store cannot be read.
    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry]

    /// Up to `limit` rows of history that belong to `run`, of all accounts, after `position`, in the
    /// order in which they were written.
    func changes(
        by run: RunID,
        after position: Int64,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry]

    /// Keeps that `subject` is the person of `account`, for good; it is nothing where that is kept.
    /// - Throws: `conflict` where the subject is another account's, `stale` where the tenant has no
    ///   such account.
    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError)
}

extension AccountStore {
    /// A store that cannot tell: everything is read each time.
    public var stamp: Int64? { nil }
}
