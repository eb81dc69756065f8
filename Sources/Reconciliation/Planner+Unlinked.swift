import Accounts
import Roster

/// Records that stand for no account yet.
extension Planner {
    func planUnlinked(
        _ observation: Observation,
        _ facts: Facts,
        confirmed: Confirmation?,
        in draft: inout Draft
    ) -> PersonPlan {
        if let record = settled(observation, in: draft) { return parked(record) }
        switch decide(observation, facts, confirmed: confirmed, in: draft) {
        case .unlinked(let reason, let candidates):
            return park(observation, reason, candidates, in: &draft)
        case .create(let releasedBy):
            if let leaver = releasedBy { passOn(facts.email.value, from: leaver, in: &draft) }
            return create(observation, facts, in: &draft)
        case .join(let account):
            let isByPerson = confirmed != nil
            return join(observation, facts, to: account, isByPerson: isByPerson, in: &draft)
        }
    }

    /// The record as it stays without an account, where nothing is to be decided about it.
    private func settled(_ observation: Observation, in draft: Draft) -> UnlinkedRecord? {
        // Nothing is kept of her: not even that the record is there.
        if draft.erased.contains(observation.key) {
            return UnlinkedRecord(observation: observation, email: nil, reason: .erased)
        }
        guard let known = draft.unlinked[observation.key] else { return nil }
        if observation.sequence < known.observation.sequence { return known }
        // Silence about the standing does not make somebody current who was not.
        let isSilent =
            observation.standing == .unstated
            && [.left, .notYetStarted].contains(known.reason)
            && known.observation.standing != .left(.listedApart)
        return isSilent ? known : nil
    }

    /// Whose record it is; one that must wait for a person goes on waiting as it did.
    private func decide(
        _ observation: Observation,
        _ facts: Facts,
        confirmed: Confirmation?,
        in draft: Draft
    ) -> Matcher.Decision {
        let matcher = Matcher(policy: policy, mayCreate: mayCreate)
        let decision = matcher.match(observation, facts, confirmed: confirmed, in: draft)
        guard let known = draft.unlinked[observation.key],
            decision.leavesWaiting(known, confirmed: confirmed)
        else { return decision }
        return .unlinked(known.reason, candidates: known.candidates)
    }

    private func park(
        _ observation: Observation,
        _ reason: UnlinkedReason,
        _ candidates: [AccountID],
        in draft: inout Draft
    ) -> PersonPlan {
        var record = UnlinkedRecord(
            observation: observation.forgetting(contacts: draft.erased),
            email: observation.claimedEmail,
            reason: reason,
            candidates: candidates
        )
        if let known = draft.unlinked[observation.key], known.reason == reason {
            record.dismissal = known.dismissal
        }
        draft.put(record)
        return parked(record)
    }

    private func join(
        _ observation: Observation,
        _ facts: Facts,
        to account: AccountID,
        isByPerson: Bool,
        in draft: inout Draft
    ) -> PersonPlan {
        let key = observation.key
        let isFirst = draft.links(of: account).isEmpty
        let former = draft.links[key]?.account
        let decisions = link(observation, facts, to: account, isNew: false, in: &draft)
        if isByPerson {
            let ended = replaceLinks(of: account, by: key, in: &draft)
            record(key, givenTo: account, by: former, ending: ended, in: &draft)
        }
        return PersonPlan(
            key: key,
            match: isFirst ? .adopted(account) : .joined(account),
            outcome: .changed,
            decisions: decisions
        )
    }

    private func create(
        _ observation: Observation,
        _ facts: Facts,
        in draft: inout Draft
    ) -> PersonPlan {
        var account = Account(id: AccountID(mint()), tenant: draft.tenant)
        account.email = facts.email.value
        draft.insert(account)
        draft.record(
            HistoryEntry(
                account: account.id,
                field: nil,
                from: nil,
                to: account.email,
                reason: Reason.created.rawValue
            )
        )
        let decisions = link(observation, facts, to: account.id, isNew: true, in: &draft)
        return PersonPlan(
            key: observation.key,
            match: .created(account.id),
            outcome: .created,
            decisions: decisions
        )
    }

    private func link(
        _ observation: Observation,
        _ facts: Facts,
        to account: AccountID,
        isNew: Bool,
        in draft: inout Draft
    ) -> [FieldDecision] {
        var link = Link(
            key: observation.key,
            account: account,
            linkedAt: now,
            last: observation.forgetting(contacts: draft.erased),
            plannedOn: today
        )
        link.fingerprint = Fingerprint.of(observation, rules: rules)
        link.replanOn = replanDay(facts, of: account, in: draft)
        link.manager = facts.manager.value
        if let former = draft.links[link.key] { leave(former, for: account, in: &draft) }
        draft.put(link)
        draft.removeUnlinked(link.key)
        draft.unsettledManagers.insert(link.key)
        if let manager = link.manager { draft.unsettledAbove.insert(manager) }
        chooseHome(of: account, in: &draft)
        return decideFields(facts, last: nil, on: link.key, isNew: isNew, in: &draft)
    }

    /// A record that somebody else has now leaves the account of whoever had it and left.
    private func leave(_ link: Link, for other: AccountID, in draft: inout Draft) {
        guard link.account != other else { return }
        draft.insistOnVersion(of: link.account)
        releaseGrants(of: link, in: &draft)
        draft.update(link.account) { if $0.home == link.key { $0.home = nil } }
    }

    /// One row of history says which record a person gave to the account, so that it can be taken
    /// back.
    private func record(
        _ key: SourceKey,
        givenTo id: AccountID,
        by former: AccountID?,
        ending ended: [SourceKey],
        in draft: inout Draft
    ) {
        guard let status = draft.accounts[id]?.status.text else { return }
        draft.record(
            HistoryEntry(
                account: id,
                field: .status,
                from: status,
                to: status,
                reason: Reason.linkedByPerson.rawValue,
                exact: .link(key, ending: ended, from: former)
            )
        )
    }

    /// A person said that the record stands for the account now: its other records of the school
    /// are those of an MIS that is no more, or of somebody who left and came back.
    /// - Returns: Those that ended.
    private func replaceLinks(
        of id: AccountID,
        by key: SourceKey,
        in draft: inout Draft
    ) -> [SourceKey] {
        let replaced = draft.links(of: id).filter { link in
            link.key != key && link.state.isPresent && link.key.school == key.school
                && link.key.kind == key.kind
        }
        for link in replaced { end(link, as: .absent, by: nil, reason: .linkEnded, in: &draft) }
        _ = restore(id, .current, in: &draft)
        // Two people may give one account two records at once.
        draft.insistOnVersion(of: id)
        return replaced.map(\.key)
    }

    /// A leaver's address becomes a former one of hers, so that a newcomer can have it.
    private func passOn(_ email: String?, from leaver: AccountID, in draft: inout Draft) {
        guard let email else { return }
        draft.update(leaver) { $0.email = nil }
        draft.remember(formerEmail: email, of: leaver)
        draft.record(
            HistoryEntry(
                account: leaver,
                field: .email,
                from: email,
                to: nil,
                reason: Reason.addressPassedOn.rawValue
            )
        )
    }

    func parked(_ record: UnlinkedRecord) -> PersonPlan {
        let reason = record.reason
        let outcome: PersonOutcome =
            switch record.standing(on: today) {
            case .ignored: .ignored(reason)
            case .failed: .failed(reason)
            case .disputed: .disputed(reason)
            }
        return PersonPlan(
            key: record.observation.key,
            match: .unlinked(reason, candidates: record.candidates),
            outcome: outcome,
            decisions: []
        )
    }
}

extension Matcher.Decision {
    /// Whether the record goes on waiting as `known`, instead of what was decided.
    fileprivate func leavesWaiting(_ known: UnlinkedRecord, confirmed: Confirmation?) -> Bool {
        if confirmed == nil, isBarred(by: known.reason) { return true }
        guard known.reason == .namesakeAfterRenumbering,
            case .unlinked(let reason, let candidates) = self
        else { return false }
        // A decision that could not be carried out leaves the record to a person as before.
        if case .account = confirmed { return true }
        // Whose namesake was erased waits for a person, who alone can tell whether it was she.
        return reason == .unknownAfterRenumbering && candidates.isEmpty && known.candidates.isEmpty
    }

    /// Whether no rule may decide this about a record that waits for `reason`: a person took its
    /// link back, or a name suggests whose it is.
    private func isBarred(by reason: UnlinkedReason) -> Bool {
        guard reason == .linkTakenBack || reason == .namesakeAfterRenumbering else { return false }
        switch self {
        case .create, .join: return true
        case .unlinked(.noWorkEmail, _), .unlinked(.invalidEmail, _):
            // Her address may come later; what her name suggests is not forgotten until then.
            return reason == .namesakeAfterRenumbering
        case .unlinked(let other, _): return other.standing == .disputed
        }
    }
}
