import Accounts
import Roster

/// A host's name for somebody within a tenant.
struct TenantSubject: Hashable, Sendable {
    var tenant: TenantID
    var subject: HostSubject
}

extension MemoryState {
    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) -> KnownPerson? {
        let id: AccountID?
        switch key {
        case .email(let text), .username(let text):
            guard let email = EmailAddress.compared(text) else { return nil }
            let address = TenantAddress(tenant: tenant, email: email)
            id = holders[address] ?? formerHolder(of: address, since: formerSince)
        case .sourceID(let text, let kind):
            let ids = Set(keys(text, in: school, of: kind).compactMap { linkRows[$0]?.account })
            id = ids.count == 1 ? ids.first : nil
        case .subject(let subject):
            id = subjects[TenantSubject(tenant: tenant, subject: subject)]
        }
        guard let id, let summary = summary(of: id), summary.account.tenant == tenant else {
            return nil
        }
        return KnownPerson(
            summary: summary,
            school: school,
            checkedAt: checkedAt(of: summary.links, in: school),
            lastRun: lastCompleteRun
        )
    }

    func unlinkedRecord(_ key: LoginKey, in school: SchoolKey) -> UnlinkedRecord? {
        switch key {
        case .email(let text), .username(let text):
            EmailAddress.compared(text).map { unlinkedClaiming[$0] }?
                .filter { $0.school == school }.min { $0.order < $1.order }
                .flatMap { unlinked[$0] }
        case .sourceID(let text, let kind):
            sole(keys(text, in: school, of: kind).compactMap { unlinked[$0] })
        case .subject: nil
        }
    }

    func unlinkedRecords(in school: SchoolKey) -> [UnlinkedRecord] {
        unlinkedOfSchool[school].sorted { ($0.id, $0.order) < ($1.id, $1.order) }
            .compactMap { unlinked[$0] }
    }

    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) -> [FeedEntry] {
        let entries = feed.lazy.filter { $0.tenant == tenant && $0.entry.position > position }
            .map(\.entry).filter { entry in
                guard let school else { return true }
                return linksOfAccount[entry.change.entry.account].contains { $0.school == school }
            }
        return Array(entries.prefix(max(0, limit)))
    }

    func changes(by run: RunID, after position: Int64, limit: Int) -> [FeedEntry] {
        let entries = feed.lazy.map(\.entry).filter {
            $0.position > position && $0.change.run == run
        }
        return Array(entries.prefix(max(0, limit)))
    }

    mutating func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) throws(StoreError) {
        let key = TenantSubject(tenant: tenant, subject: subject)
        if let holder = subjects[key] {
            guard holder == account else { throw .boundSubject }
            return
        }
        guard accounts[account]?.tenant == tenant else { throw .stale }
        subjects[key] = account
    }

    func summaries(in school: SchoolKey, of tenant: TenantID) -> [AccountSummary] {
        let linked = Set(linksOfSchool[school].compactMap { linkRows[$0]?.account })
        return summaries(of: tenant) { linked.contains($0) || linksOfAccount[$0].isEmpty }
    }

    func summaries(of tenant: TenantID, where isWanted: (AccountID) -> Bool) -> [AccountSummary] {
        accounts.values.filter { $0.tenant == tenant && isWanted($0.id) }
            .sorted { left, right in
                switch (left.email, right.email) {
                case (let first?, let second?): (first, left.id) < (second, right.id)
                case (nil, nil): left.id < right.id
                case (let first, _): first != nil
                }
            }
            .compactMap { summary(of: $0.id) }
    }

    func summary(of id: AccountID) -> AccountSummary? {
        guard let account = account(id) else { return nil }
        var records: [ClassID: ClassRecord] = [:]
        for membership in account.memberships {
            records[membership.classID] = classes[membership.classID]
        }
        var summary = AccountSummary(
            account: account,
            lineManager: account.lineManager.flatMap { self.account($0) },
            classes: records,
            links: links(of: id)
        )
        summary.contacts = Relative.listed(account.guardianships.map(relative))
        summary.students = Relative.listed(
            summary.links.filter { $0.key.kind == .contact }.flatMap { students(of: $0.key) }
        )
        return summary
    }

    /// Who is responsible by `relation`: by her account or by her record without one.
    private func relative(_ relation: Guardianship) -> Relative {
        if let account = linkRows[relation.contact].flatMap({ accounts[$0.account] }) {
            let name = Relative.name(account.forename, account.surname)
            return Relative(relation, account: account.id, name: name)
        }
        let said = unlinked[relation.contact]?.observation
        let name = Relative.name(said?.forename.value, said?.surname.value)
        return Relative(relation, account: nil, name: name)
    }

    /// The pupils who name the record of a contact.
    private func students(of contact: SourceKey) -> [Relative] {
        pupilsOfContact[contact].compactMap { accounts[$0] }.flatMap { pupil in
            pupil.guardianships.filter { $0.contact == contact }.map {
                Relative(
                    $0,
                    account: pupil.id,
                    name: Relative.name(pupil.forename, pupil.surname)
                )
            }
        }
    }

    /// The records of a school with that id, staff first.
    private func keys(_ id: String, in school: SchoolKey, of kind: PersonKind?) -> [SourceKey] {
        (kind.map { [$0] } ?? PersonKind.allCases).map {
            SourceKey(school: school, kind: $0, id: id)
        }
    }

    private func sole<Value>(_ values: [Value]) -> Value? { values.count == 1 ? values[0] : nil }

    /// Who had an address that nobody holds now; nobody where several had it, or where somebody
    /// else claims it.
    private func formerHolder(of address: TenantAddress, since: Timestamp) -> AccountID? {
        let recent = formerEmails[address, default: [:]].filter { $0.value >= since }
        guard recent.count == 1, let former = recent.keys.first else { return nil }
        return isClaimed(address, byOthersThan: former) ? nil : former
    }

    private func isClaimed(_ address: TenantAddress, byOthersThan account: AccountID) -> Bool {
        let email = address.email
        let linked = linksClaiming[email].filter {
            linkRows[$0].flatMap { accounts[$0.account] }?.tenant == address.tenant
        }
        let others = staged.values.reduce(into: unlinkedClaiming[email]) { keys, area in
            keys.formUnion(area.claiming[email])
        }.filter { belongs($0, to: address.tenant) }
        return linked.union(others).contains { linkRows[$0]?.account != account }
    }

    private func lastCompleteRun(of connection: ConnectionID) -> Timestamp? {
        runs.values.filter {
            $0.connection == connection && $0.isComplete && $0.isCounted
                && [.completed, .held].contains($0.state)
        }.map(\.startedAt).max()
    }

    private func checkedAt(of links: [Link], in school: SchoolKey) -> Timestamp? {
        let here = links.filter { $0.key.school == school }
        return (here.isEmpty ? links : here).compactMap { checked[$0.key]?.at }.max()
    }
}
