import Accounts
import Roster

/// Makes change sets at random: mostly right ones, planned on what a store holds, some wrong.
struct RandomChanges {
    var generator: SeededGenerator
    let sequence: Int64

    mutating func changes(on bench: Bench) async throws -> ChangeSet {
        let isStranger = generator.oneIn(8)
        let tenant = isStranger ? bench.stranger : TenantID.standard
        let keys = bench.allKeys.filter { ($0.school == bench.foreign) == isStranger }
        var request = ViewRequest(tenant: tenant)
        request.keys = Set(bench.allKeys)
        request.accounts = Set(Bench.allAccounts)
        request.classes = Set(bench.allClasses)
        let view = try await bench.store.view(request)

        var changes = ChangeSet(
            tenant: tenant,
            run: generator.oneIn(2) ? nil : RunID(sequence),
            cause: .batch,
            at: Timestamp(milliseconds: sequence)
        )
        addClasses(&changes, bench, view)
        let accounts = Bench.allAccounts.filter {
            view.accounts[$0].map { $0.tenant == tenant } ?? true
        }
        .shuffled(using: &generator).prefix(Int.random(in: 0...3, using: &generator))
        addLinks(&changes, keys, accounts: accounts, view)
        let contacts = keys.filter { $0.kind == .contact }
        for id in accounts { addAccount(id, contacts, &changes, view) }
        addRecords(&changes, keys, view)
        addLosses(&changes, keys, view)
        return changes
    }

    /// The accounts of the tenant that there will be.
    private func known(_ changes: ChangeSet, _ view: LocalView) -> [AccountID] {
        let old = view.accounts.values.filter { $0.tenant == changes.tenant }.map(\.id)
        return Set(old + changes.accounts.map(\.after.id)).sorted()
    }

    private mutating func addClasses(_ changes: inout ChangeSet, _ bench: Bench, _ view: LocalView)
    {
        for (number, key) in bench.allClasses.enumerated() where generator.oneIn(4) {
            let wrong = generator.oneIn(12) ? 100 : 0
            let group = TeachingClass(key: key, name: "\(sequence)")
            let age = generator.oneIn(4) ? sequence / 2 : sequence
            changes.classes.append(
                ClassRecord(
                    id: ClassID(Int64(number + 1 + wrong)),
                    teachingClass: group,
                    sequence: age
                )
            )
        }
    }

    private mutating func addAccount(
        _ id: AccountID,
        _ contacts: [SourceKey],
        _ changes: inout ChangeSet,
        _ view: LocalView
    ) {
        var before = view.accounts[id]
        var after = before ?? Account(id: id, tenant: changes.tenant)
        if before == nil || generator.oneIn(2) {
            after.email = generator.oneIn(5) ? nil : generator.pick(Bench.allEmails)
        }
        after.surname = generator.pick(Names.surnames)
        after.teachingStaff = generator.pick([nil, true, false]) ?? nil
        after.lineManager = generator.oneIn(2) ? nil : generator.pick(known(changes, view))
        after.status = generator.pick([.active, .suspended(by: .sync)]) ?? .active
        after.localEdits = Set(Field.owned.filter { _ in generator.oneIn(4) })
        let own =
            view.links.values.filter { $0.account == id }.map(\.key)
            + changes.links.filter { $0.after.account == id }.map(\.after.key)
        let keys = own.sorted { $0.order < $1.order }
        after.home = generator.pick(keys)
        after.privileges = Set(
            ["head", "exams"].filter { _ in generator.oneIn(2) }.map {
                Privilege(name: $0, givenBy: generator.oneIn(2) ? nil : generator.pick(keys))
            }
        )
        let ids = view.classes.values.map(\.id) + changes.classes.map(\.id)
        after.memberships = Set(
            Set(ids).sorted().filter { _ in generator.oneIn(2) }.map { classID in
                Membership(
                    classID: classID,
                    role: generator.pick(ClassRole.allCases) ?? .teacher,
                    givenBy: generator.pick(keys)
                )
            }
        )
        after.guardianships = Set(
            contacts.filter { _ in generator.oneIn(3) }.map { contact in
                Guardianship(
                    contact: contact,
                    relationship: generator.pick([nil, "Mother", "Carer"]) ?? nil,
                    parentalResponsibility: generator.pick([nil, true, false]) ?? nil,
                    isConfirmed: generator.oneIn(2),
                    givenBy: generator.pick(keys)
                )
            }
        )
        if generator.oneIn(15) { before?.version -= 1 }
        if generator.oneIn(25) { before = nil }
        changes.accounts.append(AccountWrite(after: after, before: before))
    }

    private mutating func addLinks(
        _ changes: inout ChangeSet,
        _ keys: [SourceKey],
        accounts: ArraySlice<AccountID>,
        _ view: LocalView
    ) {
        let targets = Set(known(changes, view) + accounts).sorted()
        for key in keys where generator.oneIn(6) {
            var link: Link
            let base = view.links[key]
            if let base {
                link = base
            } else {
                guard let account = generator.pick(targets) else { continue }
                link = Link.of(observation(key), to: account)
            }
            link.sequence = sequence
            link.last = observation(key)
            link.state =
                generator.pick([.active, .active, .outOfScope, .absent, .left(.notCurrent)])
                ?? .active
            link.missingSince = link.state == .absent ? changes.at : nil
            link.manager = generator.oneIn(3) ? nil : generator.pick(keys)
            link.awaitedEmail = generator.oneIn(5) ? generator.pick(Bench.allEmails) : nil
            link.fingerprint = generator.oneIn(4) ? nil : generator.next()
            let wrong: Int64 = generator.oneIn(20) ? 1 : 0
            changes.links.append(
                LinkWrite(after: link, baseSequence: base.map { $0.sequence + wrong })
            )
        }
    }

    private mutating func addRecords(
        _ changes: inout ChangeSet,
        _ keys: [SourceKey],
        _ view: LocalView
    ) {
        for key in keys where generator.oneIn(8) {
            if generator.oneIn(2) {
                changes.noLongerUnlinked.append(key)
            } else {
                changes.unlinked.append(
                    UnlinkedRecord(
                        observation: observation(key),
                        email: generator.pick(Bench.allEmails),
                        reason: generator.pick(UnlinkedReason.allCases) ?? .left,
                        candidates: view.accounts.keys.sorted().filter { _ in generator.oneIn(4) }
                    )
                )
            }
        }
        for key in keys where view.unlinked[key] != nil && generator.oneIn(8) {
            changes.dismissals[key] = .some(
                generator.oneIn(3) ? nil : Dismissal(because: "d\(sequence)", at: .example)
            )
        }
        if generator.oneIn(3) {
            changes.checked = keys.filter { _ in generator.oneIn(6) }.map {
                CheckedRecord(key: $0, sequence: sequence)
            }
        }
        for account in known(changes, view) where generator.oneIn(5) {
            guard let email = generator.pick(Bench.allEmails) else { continue }
            changes.formerEmails.append(FormerEmail(account: account, email: email))
            changes.history.append(
                HistoryEntry(
                    account: account,
                    field: .email,
                    from: email,
                    to: nil,
                    reason: "\(sequence)"
                )
            )
        }
    }

    private mutating func addLosses(
        _ changes: inout ChangeSet,
        _ keys: [SourceKey],
        _ view: LocalView
    ) {
        for account in known(changes, view) where generator.oneIn(4) {
            guard let key = generator.pick(keys) else { continue }
            changes.losses.append(
                CountedLoss(
                    loss: generator.pick([.access, .absence, .privilege, .field(.phone)])
                        ?? .access,
                    account: account,
                    school: key.school,
                    kind: key.kind,
                    isByList: generator.oneIn(2)
                )
            )
        }
    }

    private mutating func observation(_ key: SourceKey) -> Observation {
        let email = generator.pick(Bench.allEmails).map {
            generator.oneIn(3) ? " \($0.uppercased())" : $0
        }
        return Observation(key: key, sequence: sequence).with { it in
            it.email = email.map { .value($0) } ?? .empty
            it.surname = .value(generator.pick(Names.surnames) ?? "Abdi")
            it.neutralKeys = generator.oneIn(2) ? [] : generator.pick(Bench.allNumbers) ?? []
        }
    }
}

extension Bench {
    /// The records that random histories are about.
    var allKeys: [SourceKey] {
        let staff = [school, second, foreign].flatMap { school in
            (1...5).map { SourceKey.staff("S\($0)", in: school) }
        }
        let families = (1...2).map { SourceKey.student("S\($0)", in: school) }
        return staff + families + (1...3).map { .contact("C\($0)", in: school) }
    }

    /// The accounts that random histories are about.
    static let allAccounts = (1...9).map { AccountID($0) }

    /// The addresses that random histories are about.
    static let allEmails = (1...6).map(Names.email)

    /// The numbers that random histories are about.
    static let allNumbers: [Set<NeutralKey>] = [
        .teacher(1), .teacher(2), .learner(1), .teacher(1).union(Set<NeutralKey>.learner(1)),
    ]

    /// The classes that random histories are about.
    var allClasses: [ClassKey] {
        [nil, "2026/27"].flatMap { year in
            ["10B", "10C"].map { ClassKey(school: school, academicYear: year, id: $0) }
        }
    }
}
