public import Accounts
public import Hummingbird
public import Muster

/// Who has just proved who she is, as the host's own authentication found out.
public struct LoginIdentity: Sendable, Hashable {
    /// The school she logs in to: its id, or the name of its connection.
    public var school: String
    /// How the host names her.
    public var key: LoginKey
    /// How she proved who she is; a host that vouches for the address itself says `sso`.
    public var method: LoginMethod
    /// How the host's identity provider names her for good, where it does.
    public var subject: HostSubject?

    /// The login of `key` to `school`.
    public init(
        school: String,
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

/// A request context in which a login and what came of its refresh find room.
public protocol LoginRefreshContext: RequestContext {
    /// Who logs in by this request: set by the host's own authentication, after it succeeded.
    var login: LoginIdentity? { get set }
    /// What came of the refresh: set by `LoginRefreshMiddleware`; nil where nobody logs in, and
    /// where the school is not connected.
    var refreshed: LoginRefreshResult? { get set }
}
