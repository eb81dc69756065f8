public import Roster

/// Who decides about a field once an account exists.
public enum Ownership: String, Sendable, Hashable, CaseIterable {
    /// The source: a local edit lasts until the next look at the source.
    case source
    /// The application: the source never sets the field.
    case local
    /// The source, but a local edit lasts until the source itself changes.
    case untilEdited
    /// The source sets it when the account is created and never again.
    case onceAtCreation
}

/// What becomes of people whose line manager has left.
public enum DepartedManagerRule: String, Sendable, Hashable, CaseIterable {
    /// They have none until the source names another.
    case remove
    /// They keep the one who left.
    case keep
}

/// What becomes of a person who logs in and has no account.
public enum NewcomerRule: String, Sendable, Hashable, CaseIterable {
    /// An account is made, if the host vouches for the e-mail address.
    case create
    /// The login is refused, the record waits for a batch or a person.
    case park
    /// The login is refused, and the source is not asked.
    case refuse
}

/// What becomes of a login whose person would lose something while a guard holds losses back.
public enum HeldLoginRule: String, Sendable, Hashable, CaseIterable {
    /// She is let in with what she had.
    case keep
    /// She is turned away until somebody has looked at it.
    case refuse
}

/// What becomes of a login whose account the source has not confirmed for too long.
public enum StaleLoginRule: String, Sendable, Hashable, CaseIterable {
    /// She is let in, and the answer says so.
    case mark
    /// She is turned away.
    case refuse
}

/// What becomes of the first sync of a connection that nobody has synced yet.
public enum FirstSyncRule: String, Sendable, Hashable, CaseIterable {
    /// It runs by itself as soon as the school can be read.
    case run
    /// The same, but nothing is applied: a person approves its plan.
    case preview
    /// Nothing runs by itself before a person has synced the connection.
    case wait
}

/// What a tenant wants done, with a default for everything.
public struct Policy: Sendable, Hashable {
    /// The owner of each field; the source where none is named.
    public var ownership: [Field: Ownership] = [:]
    /// Rights of the host application by the job title that gives them, compared without case.
    public var privileges: [String: Set<String>] = [:]
    /// What becomes of people whose line manager has left.
    public var departedManager: DepartedManagerRule = .remove
    /// Whether an e-mail address of the source may join a record to an existing account.
    public var trustsEmail = true
    /// Days on which nobody is suspended for being absent from a list.
    public var freezes: [Term] = []
    /// What a login of an unknown person does.
    public var newcomers: NewcomerRule = .create
    /// The time a login may take; nil for the process's own setting.
    public var loginBudget: Duration?
    /// How long a look-up answers later logins; nil for the process's own setting.
    public var freshness: Duration?
    /// How long a batch makes everybody it saw fresh; zero: not at all.
    public var batchFreshness: Duration = .zero
    /// What a login does when a guard holds its losses back.
    public var heldLogins: HeldLoginRule = .keep
    /// How long ago the source may have confirmed the account last; nil for any time.
    public var maximumStaleness: Duration?
    /// What a login does when that was longer ago.
    public var staleLogins: StaleLoginRule = .mark
    /// What becomes of a connection's first sync.
    public var firstSync: FirstSyncRule = .run
    /// The rights of administrators: no sync and no login suspends the last account that has one.
    public var administrators = Policy.usualAdministrators

    /// Where the passwords of the tenant's people are.
    public var passwords: PasswordRule = .muster
    /// What the tenant calls itself in mails and on pages; nil for the name of its school.
    public var displayName: String?
    /// The colour of its mails and pages, as six hexadecimal digits; nil for a quiet blue.
    public var colour: String?

    /// What the rights of administrators are called where nobody says otherwise.
    public static let usualAdministrators: Set<String> = ["admin", "administrator"]

    /// The default policy.
    public init() {}

    /// The owner of `field`.
    public func owner(of field: Field) -> Ownership { ownership[field, default: .source] }

    /// Whether nobody may be suspended for absence on `day`.
    public func isFrozen(on day: Day) -> Bool { freezes.contains { $0.holds(on: day) } }
}
