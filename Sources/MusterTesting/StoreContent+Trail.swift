public import Accounts
public import Roster

extension StoreContent {
    /// What else is compared of stores that went the same way: what they keep of the way itself.
    public struct Trail: Sendable, Hashable {
        /// The kinds of people whose losses are compared, for each school.
        public var kinds: Set<PersonKind>
        /// From when losses are compared at the latest.
        public var dayAgo: Timestamp
        /// The subjects of which it is compared whom they stand for.
        public var subjects: Set<HostSubject>

        /// The history of every account, and losses and subjects as far as they are named.
        public init(
            kinds: Set<PersonKind> = [.staff],
            dayAgo: Timestamp = Timestamp(milliseconds: 0),
            subjects: Set<HostSubject> = []
        ) {
            self.kinds = kinds
            self.dayAgo = dayAgo
            self.subjects = subjects
        }
    }

    mutating func add(
        _ trail: Trail,
        from store: some AccountStore,
        _ accounts: [AccountSummary],
        _ schools: [SchoolKey],
        _ tenant: TenantID
    ) async throws(StoreError) {
        let writer = ContentWriter(accounts)
        for summary in accounts {
            let id = summary.account.id
            let history = try await store.history(of: id)
            guard !history.isEmpty else { continue }
            add(Self.facts(of: history), as: "history \(writer.name(of: id))")
        }
        for school in schools {
            try await add(losses: trail, in: school, of: tenant, from: store)
        }
        guard let school = schools.first else { return }
        for subject in trail.subjects {
            let person = try await store.person(
                .subject(subject),
                in: school,
                of: tenant,
                formerSince: trail.dayAgo
            )
            guard let person else { continue }
            let facts = ["account": writer.name(of: person.account.id)]
            add(facts, as: "subject \(subject.issuer) \(subject.subject)")
        }
    }

    private mutating func add(
        losses trail: Trail,
        in school: SchoolKey,
        of tenant: TenantID,
        from store: some AccountStore
    ) async throws(StoreError) {
        for kind in trail.kinds {
            let question = LossQuestion(
                tenant: tenant,
                school: school,
                kind: kind,
                besides: AccountID(.min),
                dayAgo: trail.dayAgo
            )
            let tally = try await store.tally(question)
            var facts = ["people": "\(tally.peopleAtSchool) of \(tally.peopleOfTenant)"]
            for (loss, count) in tally.atTenant {
                facts[loss.word] = "\(tally.atSchool[loss, default: 0]) of \(count)"
            }
            add(facts, as: "losses \(school.school)/\(kind.rawValue)")
        }
    }

    private static func facts(of history: [DatedHistoryEntry]) -> [String: String] {
        var facts: [String: String] = [:]
        for (number, row) in history.enumerated() {
            let entry = row.entry
            let said = "'\(entry.from ?? "-")' to '\(entry.to ?? "-")'"
            facts["\(number + 1)"] =
                "\(entry.field?.rawValue ?? "created") \(said) by \(row.cause.rawValue), \(entry.reason)"
        }
        return facts
    }
}
