public import Roster

/// What planning needs to see of a tenant; read in one go, so that it is one moment's state.
public struct ViewRequest: Sendable, Hashable {
    /// The customer.
    public var tenant: TenantID
    /// Records whose links, accounts and unlinked rows are wanted.
    public var keys: Set<SourceKey> = []
    /// Accounts that are wanted whatever links they have.
    public var accounts: Set<AccountID> = []
    /// Addresses whose holders and claimants are wanted.
    public var emails: Set<String> = []
    /// Numbers of which is wanted who states them.
    public var neutralKeys: Set<NeutralKey> = []
    /// Classes that are wanted.
    public var classes: Set<ClassKey> = []
    /// Records around which the graph of line managers is wanted: those who name one of them as
    /// their manager, and everybody above each of all these.
    public var managersAround: Set<SourceKey> = []
    /// Records above which the graph of line managers is wanted: they themselves and everybody
    /// above, without those who name them.
    public var managersAbove: Set<SourceKey> = []
    /// Whether every link that awaits an address is wanted, with the holders of those addresses.
    public var awaitedEmails = false
    /// Accounts that were read before: they and their links are left out, whoever brings them in.
    public var seen: Set<AccountID> = []
    /// The run whose staged observations claim addresses too; nil outside a batch.
    public var run: RunID?

    /// A request for nothing yet.
    public init(tenant: TenantID, run: RunID? = nil) {
        self.tenant = tenant
        self.run = run
    }
}

/// The state of a tenant around some records, at one moment.
///
/// Every account in it comes with all its links, and every link with its account. Accounts that the
/// request names as seen are not in it, though addresses and claims may lead to them.
public struct LocalView: Sendable, Hashable {
    /// The links, by record.
    public var links: [SourceKey: Link] = [:]
    /// The accounts, by identity.
    public var accounts: [AccountID: Account] = [:]
    /// Who holds an address now; no entry where nobody does.
    ///
    /// The holders' accounts are in `accounts`, but for those that were seen before.
    public var holders: [String: AccountID] = [:]
    /// The records that state an address as theirs now: present links by their last answer, a
    /// run's staged answers instead where there are any, and unlinked records.
    public var claims: [String: Set<SourceKey>] = [:]
    /// The records that state a number: links by their last answer, whatever became of them, and
    /// records without a link that may get an account, by a run's staged answers where there are any.
    public var keyClaims: [NeutralKey: Set<SourceKey>] = [:]
    /// The classes, by key.
    public var classes: [ClassKey: ClassRecord] = [:]
    /// The records without an account, by key.
    public var unlinked: [SourceKey: UnlinkedRecord] = [:]
    /// Records of people who were erased, as far as that was asked for; no store fills it in.
    public var erased: Set<SourceKey> = []

    /// A view of nothing.
    public init() {}
}
