public import Accounts
import Roster

extension Planner {
    /// The link no longer speaks for somebody present: what only it gave goes, and without another
    /// present link the account is suspended, never deleted.
    func end(
        _ link: Link,
        as state: LinkState,
        by observation: Observation?,
        reason: Reason,
        in draft: inout Draft
    ) {
        var next = link
        if let observation {
            next.fingerprint = Fingerprint.of(observation, rules: rules)
            next.last.neutralKeys = observation.neutralKeys(beside: link.last)
        }
        guard link.state != state else {
            if next.last.neutralKeys != link.last.neutralKeys {
                next.sequence = observation?.sequence ?? link.sequence
                draft.put(next)
            }
            // A pin may have kept what it gave when it ended.
            return releaseGrants(of: link, in: &draft)
        }
        next.state = state
        next.awaitedEmail = nil
        next.missingSince = nil
        next.sequence = observation?.sequence ?? link.sequence
        draft.put(next)
        if link.awaitedEmail != nil { draft.unsettledEmails = true }
        draft.unsettledAbove.insert(link.key)
        // Whoever was in a loop with her is found from here.
        if let manager = link.manager { draft.unsettledAbove.insert(manager) }
        guard let account = draft.account(of: link) else { return }
        // Two schools may end the two links of one account at once: its version decides.
        draft.insistOnVersion(of: account.id)
        releaseGrants(of: link, in: &draft)
        if draft.links(of: account.id).contains(where: \.state.isPresent) {
            chooseHome(of: account.id, in: &draft)
        } else if account.status == .active {
            setStatus(.suspended(by: .sync), of: account.id, reason: reason, in: &draft)
        }
    }

    /// Places, contacts and rights that the link gave go, but for those that are pinned.
    func releaseGrants(of link: Link, in draft: inout Draft) {
        let id = link.account
        // To ask may take away a pin, and with it what the pin kept.
        if !isListPinned(.classes, of: id, in: &draft) {
            replaceMemberships(
                (draft.accounts[id]?.memberships ?? []).filter { $0.givenBy == link.key },
                with: [],
                stated: link.last.classes.value ?? [],
                of: id,
                reason: .linkEnded,
                in: &draft
            )
        }
        if !isListPinned(.contacts, of: id, in: &draft) {
            replaceGuardianships(
                (draft.accounts[id]?.guardianships ?? []).filter { $0.givenBy == link.key },
                with: [],
                of: id,
                reason: .linkEnded,
                in: &draft
            )
        }
        if !isListPinned(.roles, of: id, in: &draft) {
            replacePrivileges(
                (draft.accounts[id]?.privileges ?? []).filter { $0.givenBy == link.key },
                with: [],
                of: id,
                reason: .linkEnded,
                in: &draft
            )
        }
    }

    /// A person found current gets back what a sync took, and nothing that an administrator took.
    func restore(
        _ id: AccountID,
        _ standing: Standing,
        in draft: inout Draft
    ) -> FieldDecision {
        if standing == .current {
            dropPin(of: .status, of: id, saying: StandingWord.current, in: &draft)
        } else {
            // Silence about her standing takes back only that she was missing.
            let missing = (draft.accounts[id]?.pins ?? []).filter {
                $0.field == .status && $0.against == .value(StandingWord.absent)
            }
            drop(missing, of: id, in: &draft)
        }
        let isPinned =
            draft.accounts[id]?.isPinned(.status, against: StandingWord.current) ?? false
        let status = draft.accounts[id]?.status ?? .active
        var decision = FieldDecision(
            field: .status,
            verdict: .keep,
            reason: .same,
            local: status.text,
            source: "current"
        )
        switch status {
        case _ where isPinned: decision.reason = .pinned
        case .active: break
        case .suspended(by: .administrator): decision.reason = .suspendedByAdministrator
        case .suspended(by: .sync):
            decision.verdict = .change
            decision.reason = .foundCurrent
            setStatus(.active, of: id, reason: .foundCurrent, in: &draft)
        }
        return decision
    }

    func setStatus(
        _ status: AccountStatus,
        of id: AccountID,
        reason: Reason,
        in draft: inout Draft
    ) {
        guard let before = draft.accounts[id]?.status, before != status else { return }
        draft.update(id) { $0.status = status }
        draft.record(
            HistoryEntry(
                account: id,
                field: .status,
                from: before.text,
                to: status.text,
                reason: reason.rawValue
            )
        )
        draft.unsettledManagers.formUnion(draft.links(of: id).map(\.key))
        draft.unsettledEmails = true
    }

    /// Keeps the home link while it is present, else takes the oldest present one, staff first.
    ///
    /// One that a list missed gives way at once to another record of its school and kind that is
    /// listed: a person said that both are hers.
    func chooseHome(of id: AccountID, in draft: inout Draft) {
        guard let account = draft.accounts[id] else { return }
        var present = draft.links(of: id).filter(\.state.isPresent)
        if let home = present.first(where: { $0.key == account.home }) {
            guard home.missingSince != nil else { return }
            present.removeAll { $0.missingSince != nil || !$0.isTwin(of: home) }
        }
        guard
            let chosen = present.min(by: {
                ($0.key.kind == .staff ? 0 : 1, $0.linkedAt, $0.key.id)
                    < ($1.key.kind == .staff ? 0 : 1, $1.linkedAt, $1.key.id)
            })
        else { return }
        settle(id, on: chosen, in: &draft)
    }

    /// Makes `chosen` the home link of the account; with another home come its last known values.
    func settle(_ id: AccountID, on chosen: Link, in draft: inout Draft) {
        guard let account = draft.accounts[id] else { return }
        draft.update(id) { $0.home = chosen.key }
        let links = draft.links(of: id)
        draft.unsettledAbove.formUnion(links.map(\.key) + links.compactMap(\.manager))
        guard account.home != nil else { return }
        let facts = Facts(of: chosen.last, on: today, policy: policy)
        let before = Facts(of: chosen.last, on: chosen.plannedOn, policy: policy)
        // Places, contacts and rights are each link's own; another home gives and takes none.
        _ = decideSingleFields(facts, last: before, on: chosen.key, isNew: false, in: &draft)
    }

    /// What becomes of a present link whose record a complete full run did not see.
    ///
    /// The first time is noted; a second time at least twelve hours later lets us infer that the
    /// person left. A freeze day counts as neither.
    public func planAbsence(of link: Link, in draft: inout Draft) -> PersonOutcome {
        // On a freeze day nobody is looked for: that she is missing then says nothing later either.
        guard !policy.isFrozen(on: today), let before = draft.accounts[link.account] else {
            return .unchanged
        }
        guard let since = link.missingSince else {
            var next = link
            next.missingSince = now
            draft.put(next)
            chooseHome(of: link.account, in: &draft)
            return outcome(from: before, to: draft.accounts[before.id] ?? before)
        }
        guard now.since(since) >= Planner.absenceInterval else { return .unchanged }
        dropLapsedPins(of: link.account, in: &draft)
        if isKept(link, saying: StandingWord.absent, in: &draft) { return .unchanged }
        end(link, as: .absent, by: nil, reason: .inferredLeaving, in: &draft)
        return outcome(from: before, to: draft.accounts[before.id] ?? before)
    }

    /// The least time between the two complete runs that let us infer leaving from absence.
    public static let absenceInterval = Duration.seconds(12 * 3600)
}

extension Link {
    /// Whether it is another record of the same kind at the same school.
    package func isTwin(of other: Link) -> Bool {
        key != other.key && key.school == other.key.school && key.kind == other.key.kind
    }
}
