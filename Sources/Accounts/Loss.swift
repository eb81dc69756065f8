public import Roster

/// What a change takes from a person, as the guards on mass removals count it.
public enum Loss: Sendable, Hashable {
    /// She is suspended, because the source states that she left.
    case access
    /// She is suspended, because lists of everybody miss her.
    case absence
    /// Her login name changes or goes.
    case loginEmail
    /// The names and the address all turn into others, as if the record were somebody else's.
    case identity
    /// An account is made for her at a login: no loss of hers, but too many of them are as odd.
    case creation
    /// She becomes, by names and address, whoever another account is of.
    case exchange
    /// A right goes.
    case privilege
    /// A place in a class that has not ended goes.
    case membership
    /// The value of a field goes, or turns into its opposite.
    case field(Field)

    /// The word that stands for it in a store and in messages.
    public var word: String {
        switch self {
        case .access: "access"
        case .absence: "absence"
        case .loginEmail: "loginEmail"
        case .identity: "identity"
        case .creation: "creation"
        case .exchange: "exchange"
        case .privilege: "privilege"
        case .membership: "membership"
        case .field(let field): "field.\(field.rawValue)"
        }
    }

    /// The loss that `word` stands for.
    public init?(word: some StringProtocol) {
        switch word {
        case "access": self = .access
        case "absence": self = .absence
        case "loginEmail": self = .loginEmail
        case "identity": self = .identity
        case "creation": self = .creation
        case "exchange": self = .exchange
        case "privilege": self = .privilege
        case "membership": self = .membership
        default:
            guard word.hasPrefix("field."), let field = Field(rawValue: String(word.dropFirst(6)))
            else { return nil }
            self = .field(field)
        }
    }
}

/// A loss that an answer brings to one person, to be counted with the change that brings it.
public struct CountedLoss: Sendable, Hashable {
    /// What she loses.
    public var loss: Loss
    /// Whose account it is.
    public var account: AccountID
    /// The school whose answer takes it.
    public var school: SchoolKey
    /// The kind of person the record is about.
    public var kind: PersonKind
    /// Whether a list of everybody took it: it counts for a day then.
    ///
    /// What the answer about one person took counts until such a list was applied.
    public var isByList: Bool

    /// The loss of `account` by an answer of `school`.
    public init(
        loss: Loss,
        account: AccountID,
        school: SchoolKey,
        kind: PersonKind,
        isByList: Bool = false
    ) {
        self.loss = loss
        self.account = account
        self.school = school
        self.kind = kind
        self.isByList = isByList
    }
}

/// Whose losses are to be told.
public struct LossQuestion: Sendable, Hashable {
    /// The customer.
    public var tenant: TenantID
    /// The school.
    public var school: SchoolKey
    /// The kind of person.
    public var kind: PersonKind
    /// The account that is not to be counted: the one about to lose something.
    public var besides: AccountID
    /// Losses are counted from here at the latest: a day ago.
    public var dayAgo: Timestamp

    /// The losses of everybody of `kind` in `school`, and in the whole tenant, besides one account.
    public init(
        tenant: TenantID,
        school: SchoolKey,
        kind: PersonKind,
        besides: AccountID,
        dayAgo: Timestamp
    ) {
        self.tenant = tenant
        self.school = school
        self.kind = kind
        self.besides = besides
        self.dayAgo = dayAgo
    }
}

/// How many people lost what lately: through answers about one person since the last complete run
/// that held nothing back began, and for a day at least; through lists of everybody for a day.
public struct LossTally: Sendable, Hashable {
    /// Changes whenever a loss of the tenant is counted.
    public var position: Int64
    /// Present links of the kind in the school.
    public var peopleAtSchool: Int
    /// Present people of the kind in the tenant: its accounts with a present link, but no more than
    /// it has present links of the kind.
    public var peopleOfTenant: Int
    /// Whether the tenant has any account, linked or not.
    public var hasAccounts: Bool
    /// How many other people lost what, by answers of the school about that kind.
    ///
    /// Of those who were suspended only they count whom a sync or a login keeps suspended.
    public var atSchool: [Loss: Int]
    /// The same, by answers of all schools of the tenant about that kind.
    public var atTenant: [Loss: Int]

    /// A tally.
    public init(
        position: Int64,
        peopleAtSchool: Int,
        peopleOfTenant: Int,
        hasAccounts: Bool,
        atSchool: [Loss: Int] = [:],
        atTenant: [Loss: Int] = [:]
    ) {
        self.position = position
        self.peopleAtSchool = peopleAtSchool
        self.peopleOfTenant = peopleOfTenant
        self.hasAccounts = hasAccounts
        self.atSchool = atSchool
        self.atTenant = atTenant
    }
}
