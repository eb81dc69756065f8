import Accounts
import Roster

/// A new store with two schools of one tenant and one of another, and the verbs that laws use.
struct Bench: Sendable {
    let store: any AccountStore & RunStore
    let connections: any ConnectionStore
    let keys: any AccessStore
    /// Where passwords are kept; nil where the law is not about them.
    let credentials: (any CredentialStore)?
    /// The school of most laws.
    let school: SchoolKey
    /// Another school of the same tenant, behind a connection of its own.
    let second: SchoolKey
    /// A school of another tenant.
    let foreign: SchoolKey
    let stranger = TenantID("stranger")

    init(_ store: any WholeStore) async throws {
        try await self.init(accounts: store, beside: store)
    }

    init(credentials store: any WholeStore & CredentialStore) async throws {
        try await self.init(accounts: store, beside: store, credentials: store)
    }

    /// A bench whose accounts and runs are in one store and everything else in another.
    init(
        accounts: any AccountStore & RunStore,
        beside other: any ConnectionStore & AccessStore,
        credentials: (any CredentialStore)? = nil
    ) async throws {
        self.credentials = credentials
        store = accounts
        connections = other
        keys = other
        let schools = [("alder", "A1"), ("birch", "B1"), ("cedar", "C1")]
        var keys: [SchoolKey] = []
        for (name, id) in schools {
            let connection = try await other.addConnection(
                .example(
                    name,
                    schools: [SchoolDescription(id: id, name: name)],
                    tenant: name == "cedar" ? stranger : .standard
                )
            ) { _ throws(StoreError) in [1] }
            keys.append(SchoolKey(connection: connection.id, school: id))
        }
        (school, second, foreign) = (keys[0], keys[1], keys[2])
    }

    func staff(_ id: String) -> SourceKey { .staff(id, in: school) }

    /// What the source says of a record of `school` in the request numbered `sequence`.
    func record(_ id: String, email: String? = nil, sequence: Int64 = 1) -> Observation {
        .staff(id, email: email, in: school, sequence: sequence)
    }

    func apply(
        at: Int64 = 0,
        run: RunID? = nil,
        tenant: TenantID = .standard,
        _ fill: (inout ChangeSet) -> Void
    ) async throws(StoreError) {
        var changes = ChangeSet(
            tenant: tenant,
            run: run,
            cause: .batch,
            at: Timestamp(milliseconds: at)
        )
        fill(&changes)
        try await store.apply(changes)
    }

    /// Takes what a run staged of `ids`, with nothing else.
    func take(_ ids: [String], in run: RunID) async throws(StoreError) {
        try await apply(run: run) { $0.unstaged = ids.map(staff) }
    }

    /// Makes accounts with nothing but what they say.
    func open(_ accounts: Account...) async throws {
        for account in accounts {
            try await apply(tenant: account.tenant) {
                $0.accounts = [AccountWrite(after: account, before: nil)]
            }
        }
    }

    /// Makes an account with links to `records`, of which the first is its home.
    @discardableResult
    func open(
        _ id: Int64,
        linkedTo records: [Observation],
        tenant: TenantID = .standard,
        _ change: (inout Link) -> Void = { _ in }
    ) async throws -> Account {
        var account = Account.named("Amara", "Abdi", id: id, tenant: tenant)
        account.home = records.first?.key
        try await apply(tenant: tenant) { changes in
            changes.accounts = [AccountWrite(after: account, before: nil)]
            changes.links = records.map { record in
                LinkWrite(after: Link.of(record, to: account.id).with(change), baseSequence: nil)
            }
        }
        return try await self.account(id)
    }

    func change(_ account: Account, to after: Account) async throws(StoreError) {
        try await apply(tenant: account.tenant) {
            $0.accounts = [AccountWrite(after: after, before: account)]
        }
    }

    func change(_ link: Link, base: Int64?) async throws(StoreError) {
        try await apply { $0.links = [LinkWrite(after: link, baseSequence: base)] }
    }

    func view(
        run: RunID? = nil,
        tenant: TenantID = .standard,
        _ fill: (inout ViewRequest) -> Void
    ) async throws -> LocalView {
        var request = ViewRequest(tenant: tenant, run: run)
        fill(&request)
        return try await store.view(request)
    }

    func account(_ id: Int64, line: UInt = #line) async throws -> Account {
        let view = try await view { $0.accounts = [AccountID(id)] }
        return try requirePresent(view.accounts[AccountID(id)], "account \(id)", line: line)
    }

    func link(_ key: SourceKey, line: UInt = #line) async throws -> Link {
        let view = try await view { $0.keys = [key] }
        return try requirePresent(view.links[key], "the link of \(key.id)", line: line)
    }

    func holder(of email: String, tenant: TenantID = .standard) async throws -> Int64? {
        try await view(tenant: tenant) { $0.emails = [email] }.holders[email]?.value
    }

    func claims(of email: String, run: RunID? = nil) async throws -> Set<String>? {
        try await view(run: run) { $0.emails = [email] }.claims[email].map { Set($0.map(\.id)) }
    }

    func person(
        _ key: LoginKey,
        in school: SchoolKey? = nil,
        tenant: TenantID = .standard,
        formerSince: Int64 = 0
    ) async throws -> KnownPerson? {
        try await store.person(
            key,
            in: school ?? self.school,
            of: tenant,
            formerSince: Timestamp(milliseconds: formerSince)
        )
    }

    func run(_ id: Int64, at: Int64 = 0, of school: SchoolKey? = nil) -> Run {
        Run(
            id: RunID(id),
            connection: (school ?? self.school).connection,
            startedAt: Timestamp(milliseconds: at)
        )
    }

    @discardableResult
    func begin(_ run: Run, aliveSince: Int64 = 0) async throws -> RunStart {
        try await store.begin(run, aliveSince: Timestamp(milliseconds: aliveSince))
    }

    func stage(
        _ record: Observation,
        email: String?,
        linked: Bool = false,
        in run: Run
    )
        async throws
    {
        try await store.stage(
            [StagedObservation(observation: record, email: email, isLinked: linked)],
            in: run.id
        )
    }
}
