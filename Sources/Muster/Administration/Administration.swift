public import Accounts
public import Reconciliation
public import Roster

/// Why something an administrator asked for was not done.
public enum AdministrationError: Error, Sendable, Hashable {
    /// Nobody here has that e-mail address.
    case nobody(email: String)
    /// The edit was refused.
    case edit(EditError)
    /// The store could not do it.
    case store(StoreError)

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .nobody(let email):
            "Nobody here has the e-mail address \(email); see who there is with `muster list`."
        case .edit(let error): error.sentence
        case .store(let error): error.sentence
        }
    }
}

/// What administrators do to accounts by hand.
public struct Administration: Sendable {
    let workshop: Workshop

    /// The administration of what is in `workshop`'s store.
    public init(_ workshop: Workshop) { self.workshop = workshop }

    /// Does `edits` to the account with the address `email`, all of them or none.
    /// - Parameters:
    ///   - edits: What to do, in this order.
    ///   - email: The account's address.
    ///   - school: A school of the tenant.
    /// - Returns: The account afterwards.
    /// - Throws: `AdministrationError`; nothing was done then.
    public func edit(
        _ edits: [LocalEdit],
        email: String,
        in school: ConnectedSchool
    ) async throws(AdministrationError) -> AccountSummary {
        let id = try await account(email, in: school).id
        return try await edit(
            edits,
            account: id,
            of: school.connection.tenant,
            at: school.school
        )
    }

    /// Does `edits` to the account `id`, all of them or none.
    /// - Parameters:
    ///   - edits: What to do, in this order.
    ///   - id: The account, one of `tenant`'s.
    ///   - tenant: The customer it belongs to.
    ///   - school: A school by whose days it is planned.
    /// - Returns: The account afterwards.
    /// - Throws: `AdministrationError`; nothing was done then.
    public func edit(
        _ edits: [LocalEdit],
        account id: AccountID,
        of tenant: TenantID,
        at school: SchoolDescription
    ) async throws(AdministrationError) -> AccountSummary {
        var triesLeft = 5
        while true {
            triesLeft -= 1
            let changes = try await changes(edits, on: id, of: tenant, at: school)
            do throws(StoreError) {
                if !changes.isEmpty { try await workshop.store.apply(changes) }
                break
            } catch {
                guard error == .stale, triesLeft > 0 else { throw .store(error) }
            }
        }
        let summary = try await stored { () throws(StoreError) in
            try await workshop.store.summary(of: id)
        }
        guard let summary else { throw .edit(.noAccount) }
        return summary
    }

    /// The account with the address `email`.
    /// - Throws: `AdministrationError.nobody` where there is none.
    public func account(
        _ email: String,
        in school: ConnectedSchool
    ) async throws(AdministrationError) -> Account {
        let now = workshop.clock.now()
        let person = try await stored { () throws(StoreError) in
            try await workshop.store.person(
                .email(email),
                in: school.key,
                of: school.connection.tenant,
                formerSince: now
            )
        }
        if let person { return person.account }
        // Whose address passed to a newcomer is named by the number of her account.
        if let number = Int64(email) {
            let summary = try await stored { () throws(StoreError) in
                try await workshop.store.summary(of: AccountID(number))
            }
            if let account = summary?.account, account.tenant == school.connection.tenant {
                return account
            }
        }
        throw .nobody(email: email)
    }

    /// The account with the address `email`, with the names behind its references.
    /// - Throws: `AdministrationError.nobody` where there is none.
    public func summary(
        _ email: String,
        in school: ConnectedSchool
    ) async throws(AdministrationError) -> AccountSummary {
        try await summary(of: account(email, in: school).id, email)
    }

    private func summary(
        of id: AccountID,
        _ email: String
    ) async throws(AdministrationError) -> AccountSummary {
        let summary = try await stored { () throws(StoreError) in
            try await workshop.store.summary(of: id)
        }
        guard let summary else { throw .nobody(email: email) }
        return summary
    }

    private func changes(
        _ edits: [LocalEdit],
        on id: AccountID,
        of tenant: TenantID,
        at school: SchoolDescription
    ) async throws(AdministrationError) -> ChangeSet {
        let policy = try await stored { () throws(StoreError) in
            try await workshop.connections.policy(of: tenant)
        }
        var request = ViewRequest(tenant: tenant)
        request.accounts.insert(id)
        for edit in edits {
            switch edit {
            case .setManager(let manager): request.accounts.insert(manager)
            case .set(.email, let text):
                if let email = EmailAddress.compared(text) { request.emails.insert(email) }
            case .set, .suspend, .restore, .pin, .unpin: break
            }
        }
        let view = try await look(request)
        var step: Reconciliation
        do throws(EditError) {
            step = try Reconciliation(
                edits,
                on: id,
                planner: workshop.planner(policy: policy, school: school, mayCreate: false),
                view: view,
                tenant: tenant
            )
        } catch {
            throw .edit(error)
        }
        if let more = step.settlementRequest(run: nil) { step.load(try await look(more)) }
        return step.finish(run: nil, cause: .administrator).changes
    }

    private func look(_ request: ViewRequest) async throws(AdministrationError) -> LocalView {
        try await stored { () throws(StoreError) in try await workshop.store.view(request) }
    }

    func stored<Value>(
        _ request: () async throws(StoreError) -> Value
    ) async throws(AdministrationError) -> Value {
        do throws(StoreError) { return try await request() } catch { throw .store(error) }
    }
}
