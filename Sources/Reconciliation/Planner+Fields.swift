import Accounts
import Roster

extension Planner {
    /// Decides every field of the account behind `key` and writes what changes.
    func decideFields(
        _ facts: Facts,
        last: Facts?,
        on key: SourceKey,
        isNew: Bool,
        in draft: inout Draft
    ) -> [FieldDecision] {
        guard let account = draft.links[key]?.account else { return [] }
        var decisions = decideSingleFields(facts, last: last, on: key, isNew: isNew, in: &draft)
        decisions.append(place(facts.classes, last: last, on: key, of: account, in: &draft))
        decisions.append(entitle(facts.privileges, on: key, of: account, in: &draft))
        if let contacts = entrust(facts.contacts, on: key, of: account, in: &draft) {
            decisions.append(contacts)
        }
        return decisions
    }

    /// Decides the fields that come from the home link alone.
    func decideSingleFields(
        _ facts: Facts,
        last: Facts?,
        on key: SourceKey,
        isNew: Bool,
        in draft: inout Draft
    ) -> [FieldDecision] {
        guard let link = draft.links[key] else { return [] }
        if draft.account(of: link)?.home == key {
            dropContradictedPins(of: link.account, by: facts, in: &draft)
        }
        guard let account = draft.account(of: link) else { return [] }
        let weighing = Weighing(
            policy: policy,
            facts: facts,
            last: last,
            account: account,
            isHome: account.home == key,
            isNew: isNew
        )
        var decisions: [FieldDecision] = []
        for field in Field.texts {
            let decision = weighing.text(field)
            take(decision, into: account.id, in: &draft) {
                $0[text: field] = facts[text: field].value
            }
            decisions.append(decision)
        }
        let teaching = weighing.teachingStaff()
        take(teaching, into: account.id, in: &draft) {
            $0.teachingStaff = facts.teachingStaff.value
        }
        decisions.append(teaching)
        decisions.append(askForEmail(weighing, on: link, isNew: isNew, in: &draft))
        decisions.append(askForManager(weighing, on: link, in: &draft))
        return decisions
    }

    private func take(
        _ decision: FieldDecision,
        into account: AccountID,
        in draft: inout Draft,
        _ write: (inout Account) -> Void
    ) {
        guard decision.verdict == .change else { return }
        draft.update(account) {
            write(&$0)
            $0.localEdits.remove(decision.field)
        }
        // The creation of an account is one row of history, not one for each field.
        guard decision.reason != .created else { return }
        draft.record(
            HistoryEntry(
                account: account,
                field: decision.field,
                from: decision.local,
                to: decision.source,
                reason: decision.reason.rawValue
            )
        )
    }

    /// An address may be another account's: it is asked for here and given by `settleEmails`.
    private func askForEmail(
        _ weighing: Weighing,
        on link: Link,
        isNew: Bool,
        in draft: inout Draft
    ) -> FieldDecision {
        let decision = isNew ? weighing.createdEmail() : weighing.text(.email)
        // Silence takes no wish back.
        guard !isNew, weighing.facts.email.isSupplied else { return decision }
        var asking = link
        asking.awaitedEmail = decision.verdict == .change ? decision.source : nil
        if asking.awaitedEmail != link.awaitedEmail {
            draft.put(asking)
            draft.unsettledEmails = true
        }
        return decision
    }

    /// Who the manager is among our accounts is settled once all are planned.
    private func askForManager(
        _ weighing: Weighing,
        on link: Link,
        in draft: inout Draft
    ) -> FieldDecision {
        let decision = weighing.manager()
        guard decision.verdict == .wait else { return decision }
        let account = weighing.account
        let isOpen = (account.lineManager == nil) != (link.manager == nil)
        if isOpen || account.localEdits.contains(.lineManager) {
            draft.update(account.id) { $0.localEdits.remove(.lineManager) }
            draft.unsettledAbove.insert(link.key)
        }
        return decision
    }

    /// The places that this link gives become those that its source states.
    private func place(
        _ observed: Observed<[ClassKey: ClassMembership]>,
        last: Facts?,
        on key: SourceKey,
        of id: AccountID,
        in draft: inout Draft
    ) -> FieldDecision {
        var decision = FieldDecision(field: .classes, verdict: .keep, reason: .same)
        if case .notSupplied(let why) = observed {
            decision.reason = Reason(why)
            return decision
        }
        let stated = (observed.value ?? [:]).values.sorted {
            $0.teachingClass.key.id < $1.teachingClass.key.id
        }
        for membership in stated { describe(membership.teachingClass, on: key, in: &draft) }
        guard let account = draft.accounts[id] else { return decision }
        let wanted = Set(
            stated.compactMap { membership in
                draft.classes[membership.teachingClass.key].map {
                    Membership(classID: $0.id, role: membership.role, givenBy: key)
                }
            }
        )
        let held = account.memberships.filter { $0.givenBy == key }
        decision.source = stated.map(\.text).sorted().joined(separator: ", ")
        if isListPinned(.classes, of: id, in: &draft) {
            decision.reason = .pinned
            return decision
        }
        guard wanted != held else { return decision }
        decision.verdict = .change
        decision.reason = .sourceOwns
        replaceMemberships(
            held,
            with: wanted,
            stated: last?.classes.value.map { Array($0.values) } ?? [],
            of: id,
            in: &draft
        )
        return decision
    }

    /// A class is made or described anew by an answer that is not older than the last one.
    private func describe(
        _ taught: TeachingClass,
        on key: SourceKey,
        in draft: inout Draft
    ) {
        let sequence = draft.links[key]?.sequence ?? 0
        guard let known = draft.classes[taught.key] else {
            draft.put(
                ClassRecord(id: ClassID(mint()), teachingClass: taught, sequence: sequence)
            )
            return
        }
        var described = taught
        // A subject that is not stated may be one that the school does not share.
        described.subject = taught.subject ?? known.teachingClass.subject
        guard known.teachingClass != described, sequence >= known.sequence else { return }
        draft.put(ClassRecord(id: known.id, teachingClass: described, sequence: sequence))
    }

    /// The rights that this link gives become those that the jobs at its school give.
    private func entitle(
        _ observed: Observed<Set<String>>,
        on key: SourceKey,
        of id: AccountID,
        in draft: inout Draft
    ) -> FieldDecision {
        var decision = FieldDecision(field: .roles, verdict: .keep, reason: .same)
        if case .notSupplied(let why) = observed {
            decision.reason = Reason(why)
            return decision
        }
        guard let account = draft.accounts[id] else { return decision }
        let wanted = Set((observed.value ?? []).map { Privilege(name: $0, givenBy: key) })
        let held = account.privileges.filter { $0.givenBy == key }
        decision.source = wanted.map(\.name).sorted().joined(separator: ", ")
        if isListPinned(.roles, of: id, in: &draft) {
            decision.reason = .pinned
            return decision
        }
        guard wanted != held else { return decision }
        decision.verdict = .change
        decision.reason = .sourceOwns
        replacePrivileges(held, with: wanted, of: id, reason: .sourceOwns, in: &draft)
        return decision
    }

    func replacePrivileges(
        _ held: Set<Privilege>,
        with wanted: Set<Privilege>,
        of id: AccountID,
        reason: Reason,
        in draft: inout Draft
    ) {
        draft.update(id) { $0.privileges = $0.privileges.subtracting(held).union(wanted) }
        guard draft.accounts[id]?.version != 0 else { return }
        for (lost, gained) in [(held.subtracting(wanted), false), (wanted.subtracting(held), true)]
        {
            for right in lost.sorted(by: { $0.name < $1.name }) {
                draft.record(
                    HistoryEntry(
                        account: id,
                        field: .roles,
                        from: gained ? nil : right.name,
                        to: gained ? right.name : nil,
                        reason: reason.rawValue,
                        exact: .right(right)
                    )
                )
            }
        }
    }

    /// The places that a link gave become `wanted`; `stated` is what its source said last, which
    /// names those that are lost.
    func replaceMemberships(
        _ held: Set<Membership>,
        with wanted: Set<Membership>,
        stated: [ClassMembership],
        of id: AccountID,
        reason: Reason = .sourceOwns,
        in draft: inout Draft
    ) {
        draft.update(id) { $0.memberships = $0.memberships.subtracting(held).union(wanted) }
        // A creation is one row of history; so are the places that come with it.
        guard draft.accounts[id]?.version != 0 else { return }
        func record(_ place: Membership, from: String?, to: String?) {
            draft.record(
                HistoryEntry(
                    account: id,
                    field: .classes,
                    from: from,
                    to: to,
                    reason: reason.rawValue,
                    exact: .place(place)
                )
            )
        }
        for (text, place) in draft.texts(of: held.subtracting(wanted), stated: stated) {
            record(place, from: text, to: nil)
        }
        for (text, place) in draft.texts(of: wanted.subtracting(held), stated: []) {
            record(place, from: nil, to: text)
        }
    }
}
