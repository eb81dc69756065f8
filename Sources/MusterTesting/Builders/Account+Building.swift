public import Accounts
public import Roster

extension Account {
    /// An account of somebody called `forename surname`, with `ID@school.example` or `email`.
    public static func named(
        _ forename: String,
        _ surname: String,
        id: Int64,
        email: String? = nil,
        tenant: TenantID = .standard
    ) -> Account {
        var account = Account(id: AccountID(id), tenant: tenant)
        account.forename = forename
        account.surname = surname
        account.email = email ?? "\(id)@school.example"
        return account
    }

    /// The same with a change.
    public func with(_ change: (inout Account) -> Void) -> Account {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Link {
    /// A link of `observation` to `account`, made on the day of examples.
    public static func of(
        _ observation: Observation,
        to account: AccountID,
        at: Timestamp = .example
    ) -> Link {
        Link(
            key: observation.key,
            account: account,
            linkedAt: at,
            last: observation,
            plannedOn: .example
        )
    }

    /// The same with a change.
    public func with(_ change: (inout Link) -> Void) -> Link {
        var copy = self
        change(&copy)
        return copy
    }
}

extension Timestamp {
    /// The moment of examples, 2026-09-07T08:00:00Z: a Monday at the beginning of term.
    public static let example = Timestamp(milliseconds: 1_788_768_000_000)
}

extension Day {
    /// The day of examples, 2026-09-07.
    public static let example: Day = {
        guard let day = Day(year: 2026, month: 9, day: 7) else {
            preconditionFailure("2026-09-07 is a day.")
        }
        return day
    }()
}

extension ConnectionDraft {
    /// A connection to the school of examples.
    public static func example(
        _ name: String = "alder",
        schools: [SchoolDescription] = [.example],
        people: Set<PersonKind> = [.staff],
        tenant: TenantID = .standard
    ) -> ConnectionDraft {
        ConnectionDraft(
            tenant: tenant,
            name: name,
            kind: "wonde",
            schools: schools,
            people: people,
            settings: [:],
            capabilities: .everything
        )
    }
}
