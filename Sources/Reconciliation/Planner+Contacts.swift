import Accounts
import Roster

// Who is responsible for a pupil: her own record decides, and what it says is done at once.
extension Planner {
    /// The relations that this link gives become those that its source states; nil for a record
    /// that has no say in it.
    func entrust(
        _ observed: Observed<[SourceKey: ContactEntry]>,
        on key: SourceKey,
        of id: AccountID,
        in draft: inout Draft
    ) -> FieldDecision? {
        guard key.kind == .student else { return nil }
        var decision = FieldDecision(field: .contacts, verdict: .keep, reason: .same)
        if case .notSupplied(let why) = observed {
            decision.reason = Reason(why)
            return decision
        }
        guard let account = draft.accounts[id] else { return decision }
        let stated = (observed.value ?? [:]).filter { !draft.erased.contains($0.key) }
        let held = account.guardianships.filter { $0.givenBy == key }
        let wanted = Set(stated.values.map { Self.relation($0, givenBy: key, beside: held) })
        decision.source = stated.values.map(\.text).sorted().joined(separator: ", ")
        if isListPinned(.contacts, of: id, in: &draft) {
            decision.reason = .pinned
            return decision
        }
        guard wanted != held else { return decision }
        decision.verdict = .change
        decision.reason = .sourceOwns
        replaceGuardianships(held, with: wanted, of: id, reason: .sourceOwns, in: &draft)
        return decision
    }

    /// What `entry` says; where it is silent of a responsibility, the one that is held of the same
    /// contact stays, and nobody confirms it.
    private static func relation(
        _ entry: ContactEntry,
        givenBy key: SourceKey,
        beside held: Set<Guardianship>
    ) -> Guardianship {
        var relation = Guardianship(entry, givenBy: key)
        guard let before = held.first(where: { $0.givenBy == key && $0.contact == entry.key })
        else { return relation }
        if relation.parentalResponsibility == nil, before.parentalResponsibility != nil {
            relation.parentalResponsibility = before.parentalResponsibility
            relation.isConfirmed = false
        }
        return relation
    }

    /// Marks as unconfirmed what `observation` would take away, and does nothing else it says.
    ///
    /// Where the answer waits as a whole, the link must be planned anew even if the source says
    /// again what it said last, because that confirms.
    func doubt(
        _ observation: Observation,
        isPlanned: Bool,
        in draft: inout Draft
    ) -> FieldDecision? {
        if case .left = observation.standing { return nil }
        guard let link = draft.links[observation.key], link.state.isPresent,
            observation.sequence >= link.sequence, observation.contacts.isSupplied,
            let account = draft.account(of: link)
        else { return nil }
        let facts = Facts(of: observation, on: today, policy: policy)
        let stated = facts.contacts.value ?? [:]
        let lost = account.guardianships.filter { held in
            held.givenBy == link.key
                && held.isWithdrawn(
                    leaving: stated[held.contact].map {
                        Self.relation($0, givenBy: link.key, beside: account.guardianships)
                    }
                )
        }
        guard !lost.isEmpty else { return nil }
        let confirmed = lost.filter(\.isConfirmed)
        if !confirmed.isEmpty {
            let marked = confirmed.map { relation in
                var relation = relation
                relation.isConfirmed = false
                return relation
            }
            replaceGuardianships(
                confirmed,
                with: Set(marked),
                of: account.id,
                reason: .heldByGuard,
                in: &draft
            )
            if !isPlanned, var link = draft.links[observation.key], link.fingerprint != nil {
                link.fingerprint = nil
                draft.put(link)
            }
        }
        return FieldDecision(
            field: .contacts,
            verdict: .wait,
            reason: .heldByGuard,
            source: stated.values.map(\.text).sorted().joined(separator: ", ")
        )
    }

    /// The relations in `held` become `wanted`, a row of history for each contact.
    func replaceGuardianships(
        _ held: Set<Guardianship>,
        with wanted: Set<Guardianship>,
        of id: AccountID,
        reason: Reason,
        in draft: inout Draft
    ) {
        draft.update(id) { $0.guardianships = $0.guardianships.subtracting(held).union(wanted) }
        // A creation is one row of history; so are the relations that come with it.
        guard draft.accounts[id]?.version != 0 else { return }
        let (lost, gained) = (held.subtracting(wanted), wanted.subtracting(held))
        let replaced = gained.filter { new in lost.contains { $0.isSameRelation(as: new) } }
        let gone = lost.filter { old in !replaced.contains { $0.isSameRelation(as: old) } }
        let changes =
            gone.map { (before: Guardianship?.some($0), after: Guardianship?.none) }
            + gained.map { new in
                (before: lost.first { $0.isSameRelation(as: new) }, after: new)
            }
        func order(_ change: (before: Guardianship?, after: Guardianship?)) -> String {
            let contact = (change.before ?? change.after)?.contact
            return "\(contact?.id ?? "") \(contact?.school.school ?? "")"
        }
        for change in changes.sorted(by: { order($0) < order($1) }) {
            record(change.before, change.after, of: id, reason, in: &draft)
        }
    }

    private func record(
        _ before: Guardianship?,
        _ after: Guardianship?,
        of id: AccountID,
        _ reason: Reason,
        in draft: inout Draft
    ) {
        guard let contact = (before ?? after)?.contact else { return }
        let known = draft.name(ofContact: contact)
        if known == nil { draft.unnamedContacts.insert(contact) }
        let name = known ?? "contact \(contact.id)"
        draft.record(
            HistoryEntry(
                account: id,
                field: .contacts,
                from: before?.text(calling: name),
                to: after?.text(calling: name),
                reason: reason.rawValue,
                exact: .guardianship(from: before, to: after)
            )
        )
    }
}

extension Guardianship {
    /// What a source states of a contact.
    fileprivate init(_ entry: ContactEntry, givenBy key: SourceKey) {
        self.init(
            contact: entry.key,
            relationship: entry.relationship,
            parentalResponsibility: entry.parentalResponsibility,
            givenBy: key
        )
    }
}
