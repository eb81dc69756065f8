public import Accounts
public import Roster

/// Plans what observations ask for, one person at a time, the same for a login and for a batch.
///
/// Everything it needs comes in by parameter: the policy, the day, the moment and new identities.
/// It reads and writes a draft and looks at nothing else.
public struct Planner {
    /// What the tenant wants.
    public let policy: Policy
    /// Today in the school's time zone.
    public let today: Day
    /// The moment of the plan.
    public let now: Timestamp
    /// Whether a record without an account may be given one.
    public let mayCreate: Bool
    /// Gives a new number for an account or a class at each call.
    public let mint: () -> Int64
    /// Called between two people, so that whoever plans many can let others have the processor.
    public let giveWay: () -> Void

    package let rules: UInt64

    /// The turn of the school year around `today`.
    public var turn: YearTurn { YearTurn(on: today, freezes: policy.freezes) }

    /// A planner for one run.
    public init(
        policy: Policy,
        today: Day,
        now: Timestamp,
        mayCreate: Bool,
        mint: @escaping () -> Int64,
        giveWay: @escaping () -> Void = {}
    ) {
        self.policy = policy
        self.today = today
        self.now = now
        self.mayCreate = mayCreate
        self.mint = mint
        self.giveWay = giveWay
        rules = Fingerprint.rules(policy)
    }

    /// What must be seen of the tenant to plan `observations`.
    public static func viewRequest(
        for observations: some Sequence<Observation>,
        tenant: TenantID,
        run: RunID?
    ) -> ViewRequest {
        var request = ViewRequest(tenant: tenant, run: run)
        for observation in observations {
            request.keys.insert(observation.key)
            if let email = observation.claimedEmail { request.emails.insert(email) }
            request.neutralKeys.formUnion(observation.neutralKeys)
            for membership in observation.classes.value ?? [] {
                request.classes.insert(membership.teachingClass.key)
            }
            for entry in observation.managers.value ?? [] { request.keys.insert(entry.key) }
        }
        return request
    }

    /// Plans one observation into `draft`; what a person `confirmed` about a record without an
    /// account goes before every rule of matching.
    public func plan(
        _ observation: Observation,
        confirmed: Confirmation? = nil,
        in draft: inout Draft
    ) -> PersonPlan {
        let facts = Facts(of: observation, on: today, policy: policy)
        // Whose a reused record is, a person says: its link is of somebody who left.
        let isReused = draft.unlinked[observation.key]?.reason == .reusedRecord
        if let link = draft.links[observation.key], confirmed == nil || !isReused {
            return plan(observation, facts, on: link, in: &draft)
        }
        return planUnlinked(observation, facts, confirmed: confirmed, in: &draft)
    }

    // MARK: A record with a link

    private func plan(
        _ observation: Observation,
        _ facts: Facts,
        on link: Link,
        in draft: inout Draft
    ) -> PersonPlan {
        guard observation.sequence >= link.sequence, draft.account(of: link) != nil else {
            return PersonPlan(
                key: link.key,
                match: .linked(link.account),
                outcome: .unchanged,
                decisions: []
            )
        }
        dropLapsedPins(of: link.account, in: &draft)
        let known = draft.unlinked[link.key]
        draft.removeUnlinked(link.key)
        var plan = PersonPlan(
            key: link.key,
            match: .linked(link.account),
            outcome: .unchanged,
            decisions: []
        )
        guard let before = draft.account(of: link) else { return plan }
        switch observation.standing {
        case .left where isKept(link, saying: StandingWord.left, in: &draft):
            hold(link, observation, in: &draft)
            plan.decisions =
                kept(before, by: .statedLeaving, in: draft) + [pinnedStatus(before, said: "left")]
        case .left(let evidence):
            end(link, as: .left(evidence), by: observation, reason: .statedLeaving, in: &draft)
            plan.decisions =
                kept(before, by: .statedLeaving, in: draft)
                + [statusDecision(before: before, link: link, draft: draft)]
        case .notYetStarted:
            plan.decisions = entrustAhead(link, observation, facts, in: &draft)
        case .unstated where link.state.isStatedLeaving && link.state != .left(.listedApart):
            // Only a source that says "current" takes back what it said of leaving; a list of those
            // who left is taken back by one of the others.
            plan.decisions = kept(before, by: .statedLeaving, in: draft)
        case .current, .unstated:
            if isSomebodyElse(observation, facts, behind: link) {
                return park(observation, of: link, known, in: &draft)
            }
            plan.decisions = refresh(link, observation, facts, in: &draft)
        }
        plan.outcome = outcome(from: before, to: draft.accounts[before.id] ?? before)
        return plan
    }

    /// Who is responsible for a pupil does not wait for her first day; nothing else is done.
    private func entrustAhead(
        _ link: Link,
        _ observation: Observation,
        _ facts: Facts,
        in draft: inout Draft
    ) -> [FieldDecision] {
        guard link.state.isPresent,
            let decision = entrust(facts.contacts, on: link.key, of: link.account, in: &draft)
        else { return [] }
        var next = link
        if facts.contacts.isSupplied {
            next.last.contacts = observation.forgetting(contacts: draft.erased).contacts
        }
        if next != link || decision.verdict == .change {
            // An older answer that comes later may not give back what this one took.
            next.sequence = observation.sequence
            draft.put(next)
        }
        return [decision]
    }

    /// Every field stays, by one rule for all of them.
    private func kept(_ account: Account, by reason: Reason, in draft: Draft) -> [FieldDecision] {
        Field.owned.map { field in
            FieldDecision(
                field: field,
                verdict: .keep,
                reason: reason,
                local: account.shown(field, in: draft)
            )
        }
    }

    /// Whether the record of somebody who left came back with another name and another address.
    private func isSomebodyElse(
        _ observation: Observation,
        _ facts: Facts,
        behind link: Link
    ) -> Bool {
        guard !link.state.isPresent,
            link.last.neutralKeys.isDisjoint(with: observation.neutralKeys)
        else { return false }
        let last = Facts(of: link.last, on: link.plannedOn, policy: policy)
        return [Field.forename, .surname, .email].allSatisfy { field in
            guard let now = facts[text: field].value, let before = last[text: field].value else {
                return false
            }
            return now != before
        }
    }

    /// Keeps the record, which stays with the account of somebody who left, for a person to decide.
    private func park(
        _ observation: Observation,
        of link: Link,
        _ known: UnlinkedRecord?,
        in draft: inout Draft
    ) -> PersonPlan {
        var record = UnlinkedRecord(
            observation: observation.forgetting(contacts: draft.erased),
            email: observation.claimedEmail,
            reason: .reusedRecord,
            candidates: [link.account]
        )
        if let known, known.reason == .reusedRecord {
            record.dismissal = known.dismissal
            if known.observation.sequence > observation.sequence { record = known }
        }
        draft.put(record)
        return parked(record)
    }

    /// The link speaks for somebody present: every field is decided.
    private func refresh(
        _ link: Link,
        _ observation: Observation,
        _ facts: Facts,
        in draft: inout Draft
    ) -> [FieldDecision] {
        let lastFacts = Facts(of: link.last, on: link.plannedOn, policy: policy)
        var next = link
        next.fingerprint = Fingerprint.of(observation, rules: rules)
        next.replanOn = replanDay(facts, of: link.account, in: draft)
        if facts.email == .empty {
            // What is not applied is not remembered as said, so that it still counts as a change.
            next.last.neutralKeys = observation.neutralKeys(beside: link.last)
            if link.state.isPresent { next.state = .outOfScope }
            // Who is responsible for a pupil does not wait for her address.
            if facts.contacts.isSupplied {
                next.last.contacts = observation.forgetting(contacts: draft.erased).contacts
            }
            store(next, over: link, observation, in: &draft)
            let contacts = entrust(facts.contacts, on: link.key, of: link.account, in: &draft)
            let fields = draft.account(of: link).map { kept($0, by: .outOfScope, in: draft) } ?? []
            return fields + [contacts].compactMap(\.self)
        }
        // Nothing is kept of a contact who was erased, though the MIS still names her.
        next.last = observation.usable(by: facts).keepingWhatIsNotSupplied(from: link.last)
            .forgetting(contacts: draft.erased)
        next.state = .active
        next.missingSince = nil
        if facts.manager.isSupplied { next.manager = facts.manager.value }
        store(next, over: link, observation, in: &draft)
        let status = restore(link.account, observation.standing, in: &draft)
        chooseHome(of: link.account, in: &draft)
        let fields = decideFields(facts, last: lastFacts, on: link.key, isNew: false, in: &draft)
        return fields + [status]
    }

    /// Writes the link where something about it changed; a mere newer answer is not a change.
    private func store(
        _ next: Link,
        over link: Link,
        _ observation: Observation,
        in draft: inout Draft
    ) {
        var comparable = next
        comparable.last.sequence = link.last.sequence
        guard comparable != link || means(link, otherwiseThanOn: link.plannedOn) else { return }
        var changed = next
        changed.sequence = observation.sequence
        changed.plannedOn = today
        draft.put(changed)
        // Another fingerprint may come from another policy, which judges the same manager anew.
        if next.manager != link.manager || next.state.isPresent != link.state.isPresent
            || next.fingerprint != link.fingerprint
        {
            draft.unsettledAbove.insert(link.key)
            // Whoever was in a loop with her, or comes into one, is found from these.
            if let old = link.manager { draft.unsettledAbove.insert(old) }
            if let new = next.manager { draft.unsettledAbove.insert(new) }
        }
    }

    /// Whether what the source said last means something else today than on `day`.
    private func means(_ link: Link, otherwiseThanOn day: Day) -> Bool {
        day != today
            && Facts(of: link.last, on: day, policy: policy)
                != Facts(of: link.last, on: today, policy: policy)
    }

    func outcome(from before: Account, to after: Account) -> PersonOutcome {
        switch (before.status, after.status) {
        case (.active, .suspended): .suspended
        case (.suspended, .active): .restored
        default: before.isSame(as: after) ? .unchanged : .changed
        }
    }

    private func pinnedStatus(_ account: Account, said: String) -> FieldDecision {
        FieldDecision(
            field: .status,
            verdict: .keep,
            reason: .pinned,
            local: account.status.text,
            source: said
        )
    }

    private func statusDecision(before: Account, link: Link, draft: Draft) -> FieldDecision {
        let after = draft.accounts[before.id] ?? before
        let reason: Reason =
            switch (before.status, after.status) {
            case (.active, .active):
                draft.links(of: before.id).contains(where: \.state.isPresent)
                    ? .otherLinkPresent : .localEdit
            case (.suspended(by: .administrator), _): .suspendedByAdministrator
            default: .statedLeaving
            }
        return FieldDecision(
            field: .status,
            verdict: before.status == after.status ? .keep : .change,
            reason: reason,
            local: before.status.text,
            source: "left"
        )
    }
}

extension Account {
    /// Whether people see the same in `other`: a pin that lapsed is no change of the account.
    func isSame(as other: Account) -> Bool {
        var pinned = other
        pinned.pins = pins
        return self == pinned
    }
}
