package import Accounts
package import Roster

/// What a source says of somebody's standing, in the words that pins are set against.
package enum StandingWord {
    /// The person is here.
    package static let current = "current"
    /// The source states that she left.
    package static let left = "left"
    /// Complete lists did not have her.
    package static let absent = "absent"
}

// Pins: what a person decided to keep as it is.
extension Planner {
    /// Pins against one statement go once the source says something else.
    func dropContradictedPins(of id: AccountID, by facts: Facts, in draft: inout Draft) {
        guard draft.accounts[id]?.pins.isEmpty == false else { return }
        for field in Field.texts + [.email] where facts[text: field].isSupplied {
            dropPin(of: field, of: id, saying: facts[text: field].value, in: &draft)
        }
        if facts.teachingStaff.isSupplied {
            let said = facts.teachingStaff.value.map(String.init)
            dropPin(of: .teachingStaff, of: id, saying: said, in: &draft)
        }
        if facts.manager.isSupplied {
            dropPin(of: .lineManager, of: id, saying: facts.manager.value?.id, in: &draft)
        }
    }

    /// Takes away a pin of `field` against another statement than `value`.
    func dropPin(of field: Field, of id: AccountID, saying value: String?, in draft: inout Draft) {
        let outdated = (draft.accounts[id]?.pins ?? []).filter { pin in
            guard pin.field == field, case .value(let pinned) = pin.against else { return false }
            return pinned != value
        }
        drop(outdated, of: id, in: &draft)
    }

    /// Takes away the pins of an account that have lapsed by today.
    func dropLapsedPins(of id: AccountID, in draft: inout Draft) {
        let lapsed = (draft.accounts[id]?.pins ?? []).filter { pin in
            pin.until.map { $0 <= today } ?? false
        }
        drop(lapsed, of: id, in: &draft)
    }

    func drop(_ dropped: Set<Pin>, of id: AccountID, in draft: inout Draft) {
        let pins = dropped.intersection(draft.accounts[id]?.pins ?? [])
        guard !pins.isEmpty else { return }
        draft.update(id) { $0.pins.subtract(pins) }
        let links = draft.links(of: id)
        draft.unsettledManagers.formUnion(links.map(\.key))
        for link in links where !link.state.isPresent { releaseGrants(of: link, in: &draft) }
    }

    /// Whether a list that several links make up together is pinned against what they state now.
    func isListPinned(_ field: Field, of id: AccountID, in draft: inout Draft) -> Bool {
        guard draft.accounts[id]?.pins.isEmpty == false else { return false }
        let said = stated(field, of: id, in: draft)
        dropPin(of: field, of: id, saying: said, in: &draft)
        return draft.accounts[id]?.isPinned(field, against: said) ?? false
    }

    /// The classes, contacts or rights that all present links of an account state, as people read them.
    func stated(_ field: Field, of id: AccountID, in draft: Draft) -> String? {
        let texts = draft.links(of: id).filter(\.state.isPresent).flatMap { link in
            let facts = Facts(of: link.last, on: today, policy: policy)
            return switch field {
            case .classes: (facts.classes.value ?? [:]).values.map(\.text)
            case .contacts: (facts.contacts.value ?? [:]).values.map(\.text)
            default: Array(facts.privileges.value ?? [])
            }
        }
        return texts.isEmpty ? nil : Set(texts).sorted().joined(separator: ", ")
    }

    /// Whether a pin keeps the link from ending, because that would suspend the account.
    func isKept(_ link: Link, saying word: String, in draft: inout Draft) -> Bool {
        dropPin(of: .status, of: link.account, saying: word, in: &draft)
        return draft.account(of: link)?
            .keeps(link, among: draft.links(of: link.account), against: word) ?? false
    }

    /// The answer of a person whose leaving is pinned against is remembered, and nothing else done.
    func hold(_ link: Link, _ observation: Observation, in draft: inout Draft) {
        var next = link
        next.fingerprint = Fingerprint.of(observation, rules: rules)
        next.replanOn = draft.account(of: link)?.firstUnpinning
        guard next != link else { return }
        next.sequence = observation.sequence
        next.plannedOn = today
        draft.put(next)
    }

    /// The next day on which the answer behind `facts` would be planned otherwise.
    func replanDay(_ facts: Facts, of id: AccountID, in draft: Draft) -> Day? {
        [facts.changesOn, draft.accounts[id]?.firstUnpinning].compactMap(\.self).min()
    }

    // MARK: By hand

    func set(_ pin: Pin, on id: AccountID, in draft: inout Draft) throws(EditError) {
        if let until = pin.until, until <= today { throw .pastDay(until) }
        if case .value(let value) = pin.against {
            // Against anything else it would end at the next look-up.
            let said = pin.field.flatMap { statement(of: $0, of: id, in: draft) }
            guard let said, said.isSupplied, said.value == value else {
                throw .notStated(pin.field, said?.value)
            }
        }
        apply(pin, to: id, in: &draft)
    }

    /// What the source says of `field` now, in the words that pins are set against; nil where it has
    /// none for it.
    private func statement(
        of field: Field,
        of id: AccountID,
        in draft: Draft
    ) -> Observed<String>? {
        switch field {
        case .classes, .contacts, .roles:
            return stated(field, of: id, in: draft).map(Observed.value) ?? .empty
        case .status: return nil
        case .lineManager: return homeFacts(of: id, in: draft)?.manager.map(\.id)
        case .teachingStaff: return homeFacts(of: id, in: draft)?.teachingStaff.map(String.init)
        default: return homeFacts(of: id, in: draft)?[text: field]
        }
    }

    /// Sets a pin in place of another of the same field; an address that is pinned waits for none.
    func apply(_ pin: Pin, to id: AccountID, in draft: inout Draft) {
        draft.update(id) { account in
            account.pins = account.pins.filter { $0.field != pin.field }
            account.pins.insert(pin)
        }
        for var link in draft.links(of: id) where link.awaitedEmail != nil {
            guard draft.accounts[id]?.isPinned(.email, against: link.awaitedEmail) == true else {
                continue
            }
            link.awaitedEmail = nil
            draft.put(link)
            draft.unsettledEmails = true
        }
    }

    /// Lifts the pin of `field`, or every pin where that is nil.
    func unpin(_ field: Field?, of id: AccountID, in draft: inout Draft) throws(EditError) {
        let pins = (draft.accounts[id]?.pins ?? []).filter { field == nil || $0.field == field }
        guard !pins.isEmpty else { throw .notPinned(field) }
        drop(pins, of: id, in: &draft)
    }
}

extension Account {
    /// Whether a pin keeps `link`, one of `links`, from ending although the source says `word`.
    package func keeps(_ link: Link, among links: [Link], against word: String) -> Bool {
        guard isPinned(.status, against: word) else { return false }
        return pins.contains { $0.field == nil }
            || !links.contains { $0.key != link.key && $0.state.isPresent }
    }
}

extension LocalView {
    /// Whether a pin keeps the link of `key` from ending on `day` although the source says `word`.
    package func keeps(_ key: SourceKey, against word: String, on day: Day) -> Bool {
        guard let link = links[key], var account = accounts[link.account], !account.pins.isEmpty
        else { return false }
        account.dropPins(lapsedOn: day)
        let own = links.values.filter { $0.account == account.id }
        return account.keeps(link, among: own, against: word)
    }
}
