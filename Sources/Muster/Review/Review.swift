public import Accounts
public import Reconciliation
public import Roster

/// What a decision came to.
public struct ReviewResult: Sendable, Hashable {
    /// What to take it back by, as far as that goes.
    public var run: RunID
    /// The account afterwards.
    public var summary: AccountSummary
    /// What changed, for everybody whom the decision touched.
    public var changes: [ReviewedChange]
}

/// A change of one field of one account, for the eyes of whoever decides.
public struct ReviewedChange: Sendable, Hashable {
    /// The account.
    public var account: AccountID
    /// Who: by address or name.
    public var person: String
    /// What changes; nil where an account is made.
    public var field: Field?
    /// The value before, as people read it.
    public var from: String?
    /// The value after.
    public var to: String?
}

/// What a person decides about records without an account and about accounts of one person.
///
/// Every decision goes the way of all observations, through the same matching and the same
/// transaction, and is carried out at once.
public struct Review: Sendable {
    let workshop: Workshop

    /// The decisions about what is in `workshop`'s store.
    public init(_ workshop: Workshop) { self.workshop = workshop }

    /// The record `id` of `school`, which waits without an account.
    /// - Parameters:
    ///   - id: Its id at the source.
    ///   - kind: The kind of person, where several have that id.
    ///   - school: The school.
    /// - Returns: The record.
    /// - Throws: `ReviewError.unknownRecord`, `.severalKinds`.
    public func record(
        _ id: String,
        kind: PersonKind? = nil,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> UnlinkedRecord {
        let kinds = kind.map { [$0] } ?? PersonKind.allCases
        var request = ViewRequest(tenant: school.connection.tenant)
        request.keys = Set(kinds.map { SourceKey(school: school.key, kind: $0, id: id) })
        let waiting = try await look(request).unlinked
        let named = kinds.compactMap { waiting[SourceKey(school: school.key, kind: $0, id: id)] }
        guard let record = named.first else { throw .unknownRecord(id) }
        guard named.count == 1 else {
            throw .severalKinds(id, named.map(\.observation.key.kind))
        }
        return record
    }

    /// Gives a record to the account with the address `email`, in place of the account's other
    /// records of the same school and kind.
    /// - Throws: `ReviewError` where it is nobody's to link; nothing was done then.
    public func link(
        _ record: UnlinkedRecord,
        to email: String,
        in school: ConnectedSchool,
        isSamePerson: Bool = false
    ) async throws(ReviewError) -> ReviewResult {
        let account = try await account(email, in: school)
        return try await link(record, to: account.id, in: school, isSamePerson: isSamePerson)
    }

    /// Gives a record to `account`, one of the tenant's, likewise.
    public func link(
        _ record: UnlinkedRecord,
        to account: AccountID,
        in school: ConnectedSchool,
        isSamePerson: Bool = false
    ) async throws(ReviewError) -> ReviewResult {
        try await decide(.account(account), record, in: school, isSamePerson: isSamePerson)
    }

    /// Makes an account of its own for a record.
    /// - Throws: `ReviewError` where that cannot be; nothing was done then.
    public func create(
        _ record: UnlinkedRecord,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> ReviewResult {
        try await decide(.newAccount, record, in: school)
    }

    /// What a decision would change, without deciding.
    /// - Returns: The changes, or why it would be refused.
    public func rehearse(
        _ decision: Confirmation,
        _ record: UnlinkedRecord,
        in school: ConnectedSchool
    ) async throws(ReviewError) -> Result<[ReviewedChange], ReviewError> {
        let planner = try await planner(in: school)
        let others = try await othersListed(besides: record)
        let step = try await stored { () throws(StoreError) in
            try await workshop.draft(
                [record.observation],
                confirmed: [record.observation.key: decision],
                tenant: school.connection.tenant,
                run: nil,
                cause: .administrator,
                planner: planner
            )
        }
        if let refusal = refusal(of: decision, record, step, others) { return .failure(refusal) }
        return .success(step.changes.reviewed(beside: step.seen))
    }

    private func decide(
        _ decision: Confirmation,
        _ record: UnlinkedRecord,
        in school: ConnectedSchool,
        isSamePerson: Bool = false
    ) async throws(ReviewError) -> ReviewResult {
        let key = record.observation.key
        let run = RunID(workshop.identifiers.next())
        let planner = try await planner(in: school)
        let others = isSamePerson ? nil : try await othersListed(besides: record)
        var refused: ReviewError?
        let step = try await stored { () throws(StoreError) in
            try await workshop.reconcile(
                [record.observation],
                confirmed: [key: decision],
                tenant: school.connection.tenant,
                run: run,
                cause: .administrator,
                planner: planner
            ) { drafted in
                refused = refusal(of: decision, record, drafted, others)
                guard refused != nil else { return drafted }
                // Nothing of what was not decided so is written.
                var nothing = drafted
                nothing.changes = ChangeSet(
                    tenant: school.connection.tenant,
                    run: run,
                    cause: .administrator,
                    at: planner.now
                )
                return nothing
            }
        }
        if let refused { throw refused }
        guard let id = step.plans.first?.account else { throw .unknownRecord(key.id) }
        return ReviewResult(
            run: run,
            summary: try await summary(of: id),
            changes: step.changes.reviewed(beside: step.seen)
        )
    }

    /// Why `step` is not what was decided; nil where it is.
    private func refusal(
        of decision: Confirmation,
        _ record: UnlinkedRecord,
        _ step: StepResult,
        _ others: OtherPeople?
    ) -> ReviewError? {
        let id = record.observation.key.id
        let match = step.plans.first?.match
        if case .unlinked(let reason, _) = match, reason.standing != .disputed {
            return .notToImport(id, reason)
        }
        if case .account(let wanted) = decision, let others,
            let refusal = others.refusal(of: step.seen.links.values.filter { $0.account == wanted })
        {
            return refusal
        }
        switch (decision, match) {
        case (_, .unlinked(let reason, _)): return .refused(id, reason)
        case (.newAccount, .created): return nil
        case (.account(let wanted), let match?):
            return MatchReading(match).account == wanted ? nil : .linkedMeanwhile(id)
        case (.newAccount, _), (.account, nil), (.waiting, _): return .linkedMeanwhile(id)
        }
    }
}

// What all decisions need.
extension Review {
    /// Whose records those of an account may be besides the person's whom `record` is of.
    private func othersListed(
        besides record: UnlinkedRecord
    ) async throws(ReviewError) -> OtherPeople {
        let school = record.observation.key.school
        let changed = try await stored { () throws(StoreError) in
            try await workshop.changedIDs(of: school.connection)
        }
        return OtherPeople(record, changed)
    }

    func planner(in school: ConnectedSchool) async throws(ReviewError) -> Planner {
        let policy = try await stored { () throws(StoreError) in
            try await workshop.connections.policy(of: school.connection.tenant)
        }
        return workshop.planner(policy: policy, school: school.school, mayCreate: true)
    }

    func account(_ email: String, in school: ConnectedSchool) async throws(ReviewError) -> Account {
        do throws(AdministrationError) {
            return try await Administration(workshop).account(email, in: school)
        } catch {
            throw .administration(error)
        }
    }

    func look(_ request: ViewRequest) async throws(ReviewError) -> LocalView {
        try await stored { () throws(StoreError) in try await workshop.store.view(request) }
    }

    func summary(of id: AccountID) async throws(ReviewError) -> AccountSummary {
        let summary = try await stored { () throws(StoreError) in
            try await workshop.store.summary(of: id)
        }
        guard let summary else { throw .administration(.edit(.noAccount)) }
        return summary
    }

    func stored<Value>(
        _ request: () async throws(StoreError) -> Value
    ) async throws(ReviewError) -> Value {
        do throws(StoreError) { return try await request() } catch { throw .store(error) }
    }
}

extension ChangeSet {
    /// What it changes, for people's eyes.
    func reviewed(beside view: LocalView) -> [ReviewedChange] {
        var people = view.accounts.mapValues(\.label)
        for write in accounts { people[write.after.id] = (write.before ?? write.after).label }
        // A row that only says who decided changes nothing.
        return history.filter { $0.field == nil || $0.from != $0.to }.map { entry in
            ReviewedChange(
                account: entry.account,
                person: people[entry.account] ?? "account \(entry.account.value)",
                field: entry.field,
                from: entry.from,
                to: entry.to
            )
        }
    }
}
