public import Accounts

/// How the person proved who she is.
public enum LoginMethod: String, Sendable, Hashable, CaseIterable {
    /// By single sign-on; the host vouches for the e-mail address.
    case sso
    /// By a password.
    case password
}

/// Somebody logs in.
public struct LoginEvent: Sendable, Hashable {
    /// The school she logs in to.
    public var school: ConnectedSchool
    /// How the host names her.
    public var key: LoginKey
    /// How she proved who she is.
    public var method: LoginMethod
    /// How the host's identity provider names her for good, where it does: bound to her account at
    /// the first login that is let in, and from then on stronger than `key`.
    public var subject: HostSubject?

    /// The login of `key` to `school`.
    public init(
        school: ConnectedSchool,
        key: LoginKey,
        method: LoginMethod,
        subject: HostSubject? = nil
    ) {
        self.school = school
        self.key = key
        self.method = method
        self.subject = subject
    }
}

/// What the host is to do with the login.
public enum LoginDecision: String, Sendable, Hashable {
    /// Let her in.
    case allow
    /// Turn her away.
    case deny
    /// Let her set a password first.
    case resetPassword
}

/// What became of the refresh.
public enum LoginOutcome: String, Sendable, Hashable, CaseIterable {
    /// The source answered, and the account took what changed.
    case refreshed
    /// The source answered, and nothing had changed.
    case unchanged
    /// An earlier answer was fresh enough, so the source was not asked.
    case fresh
    /// Another login of the same person was asking already; this one shares its answer.
    case joined
    /// The budget ended first; the refresh finishes behind.
    case deferred
    /// The source did not return the person.
    case notReturned
    /// Nobody is known by that name.
    case unknownPerson
    /// A person must decide whose record it is.
    case disputed
    /// A guard holds a change back.
    case held
    /// The source could not be asked.
    case sourceUnavailable
    /// The source states that the person left.
    case left
    /// An administrator suspended the account; the source was not asked.
    case suspended
    /// The password was not right, or nobody can sign in with one under that name: which of them is
    /// not told; the source was not asked.
    case wrongPassword
}

/// The answer to a login.
public struct LoginRefreshResult: Sendable, Hashable {
    /// What the host is to do.
    public var decision: LoginDecision
    /// What became of the refresh.
    public var outcome: LoginOutcome
    /// The run that the changes belong to; nil where nothing changed.
    public var run: RunID?
    /// The account as it is now; nil where there is none.
    public var account: AccountSummary?
    /// What changed for this person.
    public var changes: [HistoryEntry] = []
    /// Requests sent to the source for this login.
    public var requests = 0
    /// The time the source took.
    public var lookUpTime = Duration.zero
    /// The time the whole answer took.
    public var time = Duration.zero
    /// What went wrong, in one sentence for the log; nil where nothing did.
    public var trouble: String?
    /// When it is worth trying again, where the answer may be another one then.
    public var retryAfter: Duration?
    /// Whether the MIS has not confirmed the account for longer than the tenant accepts.
    public var isStale = false

    /// An answer with nothing asked and nothing changed.
    public init(_ decision: LoginDecision, _ outcome: LoginOutcome, account: AccountSummary? = nil)
    {
        self.decision = decision
        self.outcome = outcome
        self.account = account
    }
}
