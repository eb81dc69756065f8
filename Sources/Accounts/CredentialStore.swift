public import Roster

/// Where passwords, links to set them and the mails that carry these are kept.
///
/// Everything here that a person did survives a power cut. What follows from a `ChangeSet` is done
/// by `AccountStore.apply` in the same transaction:
/// - tokens of an account whose write `voidsTokens` are void, and waiting mails that carry one are
///   dropped, with what was sealed in them;
/// - where an account has a password, everybody of `addressesToTell` gets a mail `addressChanged`
///   that is called `address-ACCOUNT-VERSION-PLACE`, but at no address that is another account's
///   by then;
/// - an account that is suspended notes since when; one that is restored after more than
///   `StoredPassword.returnersLimit` must reset its password;
/// - of two accounts that become one, the password and the tokens of the first are gone.
///
/// An erasure takes all of it away, and a `Dossier` shows none of it but the credential.
public protocol CredentialStore: Sendable {
    /// What is kept of the account's password; nil where it never set one.
    func password(of account: AccountID) async throws(StoreError) -> StoredPassword?

    /// Notes that a wrong password was given; changes no account.
    func noteFailure(of account: AccountID, at: Timestamp) async throws(StoreError)

    /// Notes that the right password was given, so that failures count from none again, and keeps
    /// `hash` in place of `old` where it is stronger.
    ///
    /// Writes nothing where there is nothing to forget and no other hash. Where the password was
    /// set anew meanwhile, nothing is done.
    func noteSuccess(
        of account: AccountID,
        replacing old: String,
        by hash: String?
    ) async throws(StoreError)

    /// Makes a link: every other one of the account and purpose is void from now on, and waiting
    /// mails that carry one of these are dropped.
    ///
    /// - Returns: Whether it was made: only where the account is active, its address is that of
    ///   `mail`, and its tenant's rule is not `never`.
    func issue(_ token: PasswordToken, in mail: OutboxMail) async throws(StoreError) -> Bool

    /// The link with this digest, while it counts: not used, not void, not expired at `at`, and of
    /// an active account whose tenant's rule is not `never`.
    func token(digest: [UInt8], at: Timestamp) async throws(StoreError) -> PasswordToken?

    /// When links of the account and purpose were made since `since`, the oldest first, whatever
    /// became of them.
    func issues(
        of purpose: TokenPurpose,
        for account: AccountID,
        since: Timestamp
    ) async throws(StoreError) -> [Timestamp]

    /// Uses up the link with this digest and sets a password: one of many who try at once does.
    ///
    /// Every other link of the account is void then, `mail` is kept, history has a row
    /// (cause `person`, field `credential`), and a password that must be reset is so no more.
    /// - Parameters:
    ///   - digest: What the link is known by.
    ///   - hash: What the password can be checked with; nil where the host keeps it, and the
    ///     account's credential is `host` then.
    ///   - mail: Tells the person; its account and address are those of the link's account.
    ///   - at: When it is.
    /// - Returns: Whose password it is; nil where the link counts no more.
    /// - Throws: `StoreError` where the store cannot be used; nothing was done then.
    func redeem(
        digest: [UInt8],
        for hash: String?,
        telling mail: (@Sendable (Account) -> OutboxMail)?,
        at: Timestamp
    ) async throws(StoreError) -> AccountID?

    /// Keeps a request for a link; the same work whoever is named.
    func add(_ request: ResetRequest) async throws(StoreError)

    /// The oldest requests that are kept.
    func requests(limit: Int) async throws(StoreError) -> [ResetRequest]

    /// Forgets a request that was answered.
    func forget(request: Int64) async throws(StoreError)

    /// Active accounts of a school that nobody can sign in to with a password yet, and to which no
    /// link counts at `at`, in the order of their numbers; none where the tenant's rule is `never`.
    func uninvited(
        in school: SchoolKey,
        of tenant: TenantID,
        after: AccountID?,
        limit: Int,
        at: Timestamp
    ) async throws(StoreError) -> [Account]

    /// Keeps a mail that carries no link; nothing where one of that name is kept.
    func add(_ mail: OutboxMail) async throws(StoreError)

    /// Takes up to `limit` waiting mails that are due at `at`, the longest due first; nobody else
    /// takes them before `until`, and each counts one more attempt.
    ///
    /// Invitations of a tenant that is paused are not taken.
    func takeMails(
        dueAt at: Timestamp,
        until: Timestamp,
        limit: Int
    ) async throws(StoreError) -> [OutboxMail]

    /// Keeps what became of a mail that was taken: sent, failed, or waiting for `dueAt`; where it
    /// waits no more, what was sealed in it is gone. A mail that was dropped meanwhile stays so,
    /// unless it was sent; so does one that somebody else took since, whose attempts are more.
    func settle(_ mail: OutboxMail) async throws(StoreError)

    /// Whether a mail that was taken is still to be sent.
    func isWaiting(mail id: String) async throws(StoreError) -> Bool

    /// How many mails of a tenant have come how far.
    func mailCounts(of tenant: TenantID) async throws(StoreError) -> MailCounts

    /// Lets the invitations of a tenant wait, or go on.
    func setPaused(_ isPaused: Bool, of tenant: TenantID) async throws(StoreError)

    /// Forgets up to `limit` mails and links that were settled, used or void before `before`.
    /// - Returns: How many were forgotten.
    func forgetMails(before: Timestamp, limit: Int) async throws(StoreError) -> Int
}
