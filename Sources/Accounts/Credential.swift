public import Roster

/// What can prove who the person is, apart from single sign-on.
///
/// A store keeps only whether the host has a password of hers; the rest follows from what it keeps
/// of passwords and tokens, and from the tenant's rule.
public enum Credential: String, Sendable, Hashable, CaseIterable {
    /// No password was ever set, and none can match.
    case none
    /// The same, and a link with which she can set one is on its way to her.
    case firstLogin
    /// Muster keeps what her password can be checked with.
    case set
    /// The same, but it counts no more until she has set another.
    case resetRequired
    /// The tenant's people sign in elsewhere and never have a password here.
    case ssoOnly
    /// The host application keeps a password.
    case host

    /// Whether she must set a password before one can let her in.
    public var needsPassword: Bool {
        switch self {
        case .none, .firstLogin, .resetRequired: true
        case .set, .ssoOnly, .host: false
        }
    }
}

extension Account {
    /// How far the person is with her credential, in the word that others are shown: of somebody
    /// who may not come in it does not matter.
    public var credentialSeen: String { status == .active ? credential.rawValue : "disabled" }
}

/// Where the passwords of a tenant's people are.
public enum PasswordRule: String, Sendable, Hashable, CaseIterable {
    /// Muster keeps what they can be checked with.
    case muster
    /// The host application keeps them, and Muster only hands over links to set one.
    case host
    /// Nowhere: people sign in at their school's own service.
    case never
}

/// What is kept of one person's password: never the password.
public struct StoredPassword: Sendable, Hashable {
    /// Whose it is.
    public var account: AccountID
    /// What it can be checked with, in PHC form.
    public var hash: String
    /// When she set it.
    public var setAt: Timestamp
    /// Whether it counts no more until she has set another.
    public var mustReset = false
    /// How often in a row a wrong one was given.
    public var failures = 0
    /// When the last wrong one was given.
    public var failedAt: Timestamp?
    /// Since when the account is suspended, if it is: kept to know how long it was.
    public var suspendedAt: Timestamp?

    /// A password that was set at `setAt`.
    public init(account: AccountID, hash: String, setAt: Timestamp) {
        self.account = account
        self.hash = hash
        self.setAt = setAt
    }

    /// How long a suspension may last so that the password from before counts after it.
    public static let returnersLimit = Duration.seconds(30 * 86_400)
}

/// What a link that was mailed to a person lets her do.
public enum TokenPurpose: String, Sendable, Hashable, CaseIterable {
    /// To set her first password.
    case firstLogin
    /// To set another one.
    case reset
}

/// A link that was mailed to a person, as far as it is kept: not its text.
public struct PasswordToken: Sendable, Hashable {
    /// The SHA-256 digest of its text.
    public var digest: [UInt8]
    /// Whose password it sets.
    public var account: AccountID
    /// What it was made for.
    public var purpose: TokenPurpose
    /// When it was made.
    public var issuedAt: Timestamp
    /// From when it counts no more.
    public var expiresAt: Timestamp
    /// The run that asked for it; nil where a person did.
    public var run: RunID?

    /// A link for `account`.
    public init(
        digest: [UInt8],
        account: AccountID,
        purpose: TokenPurpose,
        issuedAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.digest = digest
        self.account = account
        self.purpose = purpose
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// What a mail tells a person.
public enum MailKind: String, Sendable, Hashable, CaseIterable {
    /// That she has an account, with a link to set her first password.
    case invitation
    /// How to set another password.
    case reset
    /// That her password was changed.
    case passwordChanged
    /// That the address of her account was changed.
    case addressChanged
    /// That she signs in through her school and has no password here.
    case signInThroughSchool
}

/// How far a mail has come.
public enum MailState: String, Sendable, Hashable, CaseIterable {
    /// It waits to be sent, for the first time or again.
    case waiting
    /// The mail server took it.
    case sent
    /// It was refused, or tried too often.
    case failed
    /// It was not sent, because its link counts no more.
    case dropped
}

/// A mail that is to be sent, or was.
public struct OutboxMail: Sendable, Hashable {
    /// Its own name, the same in every attempt, so that a copy can be known as one.
    public var id: String
    /// The customer in whose name it is sent.
    public var tenant: TenantID
    /// Whom it is for.
    public var account: AccountID
    /// What it tells.
    public var kind: MailKind
    /// Where it goes.
    public var address: String
    /// The digest of the link in it; nil where there is none.
    public var token: [UInt8]?
    /// The text of that link, sealed; gone once the mail is sent, failed or dropped.
    public var sealed: [UInt8]?
    /// When it was written.
    public var writtenAt: Timestamp
    /// When it is to be sent, or sent again.
    public var dueAt: Timestamp
    /// How far it has come.
    public var state = MailState.waiting
    /// How often sending it was tried.
    public var attempts = 0
    /// What went wrong the last time, in one sentence without address or content.
    public var trouble: String?

    /// A mail that waits to be sent at once.
    public init(
        id: String,
        tenant: TenantID,
        account: AccountID,
        kind: MailKind,
        address: String,
        writtenAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.account = account
        self.kind = kind
        self.address = address
        self.writtenAt = writtenAt
        dueAt = writtenAt
    }
}

/// Somebody asked for a link to set a password; nobody has looked yet whether she exists.
public struct ResetRequest: Sendable, Hashable {
    /// Its number, in the order in which requests came; zero before the store has given it one.
    public var id: Int64 = 0
    /// The customer whose people were meant.
    public var tenant: TenantID
    /// The address she gave, as accounts compare it.
    public var email: String
    /// When she asked.
    public var at: Timestamp

    /// A request that came at `at`.
    public init(tenant: TenantID, email: String, at: Timestamp) {
        self.tenant = tenant
        self.email = email
        self.at = at
    }
}

/// How many mails of a tenant have come how far.
public struct MailCounts: Sendable, Hashable {
    /// Mails by their state.
    public var states: [MailState: Int] = [:]
    /// When the oldest waiting one was to be sent.
    public var oldestDue: Timestamp?
    /// What went wrong last.
    public var trouble: String?
    /// Whether invitations wait until somebody lets them go on.
    public var isPaused = false

    /// No mail at all.
    public init() {}
}

extension AccountWrite {
    /// Whether links that were mailed to the person count no more: she may not come in, has another
    /// address, or gained a right that one who read her mail should not get.
    public var voidsTokens: Bool {
        guard let before else { return false }
        let gained = Set(after.privileges.map(\.name)).subtracting(before.privileges.map(\.name))
        return after.status != .active || after.email != before.email || !gained.isEmpty
    }

    /// The addresses that are told that the account has another one now; of whoever has a password.
    public var addressesToTell: [String] {
        guard let old = before?.email, old != after.email else { return [] }
        return [old] + [after.email].compactMap(\.self)
    }
}
