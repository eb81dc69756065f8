import Accounts
import Roster

/// Weighs what a source says of one person against what the account holds, field by field.
struct Weighing {
    let policy: Policy
    let facts: Facts
    /// What the source said last; nil before the first answer.
    let last: Facts?
    let account: Account
    /// Whether single-valued fields come from this link.
    let isHome: Bool
    /// Whether the account is being made.
    let isNew: Bool

    /// A field that holds one text.
    func text(_ field: Field) -> FieldDecision {
        let (verdict, reason) = weigh(
            field,
            now: facts[text: field],
            last: last?[text: field],
            held: account[text: field],
            said: facts[text: field].value
        )
        return FieldDecision(
            field: field,
            verdict: verdict,
            reason: reason,
            local: account[text: field],
            source: facts[text: field].value
        )
    }

    /// Whether the person teaches.
    func teachingStaff() -> FieldDecision {
        let (verdict, reason) = weigh(
            .teachingStaff,
            now: facts.teachingStaff,
            last: last?.teachingStaff,
            held: account.teachingStaff,
            said: facts.teachingStaff.value.map(String.init)
        )
        return FieldDecision(
            field: .teachingStaff,
            verdict: verdict,
            reason: reason,
            local: account.teachingStaff.map(String.init),
            source: facts.teachingStaff.value.map(String.init)
        )
    }

    /// The address that a new account was made with.
    func createdEmail() -> FieldDecision {
        FieldDecision(
            field: .email,
            verdict: .keep,
            reason: .created,
            local: nil,
            source: facts.email.value
        )
    }

    /// The line manager; who that is among our accounts is settled once all are planned.
    func manager() -> FieldDecision {
        let reason = reasonToLeave(
            .lineManager,
            now: facts.manager,
            last: last?.manager,
            said: facts.manager.value?.id
        )
        let isOverruled =
            account.localEdits.contains(.lineManager)
            && policy.owner(of: .lineManager) == .untilEdited
        return FieldDecision(
            field: .lineManager,
            verdict: reason == nil ? .wait : .keep,
            reason: reason ?? (isOverruled ? .sourceChanged : .sourceOwns),
            source: facts.manager.value?.id
        )
    }

    private func weigh<Value>(
        _ field: Field,
        now: Observed<Value>,
        last: Observed<Value>?,
        held: Value?,
        said: String?
    ) -> (Verdict, Reason) {
        let reason = reasonToLeave(field, now: now, last: last, said: said)
        if let reason, reason != .localEditStands || now.value != held { return (.keep, reason) }
        if now.value == held { return (.keep, .same) }
        if isNew { return (.change, .created) }
        if account.localEdits.contains(field), policy.owner(of: field) == .untilEdited {
            return (.change, .sourceChanged)
        }
        return (.change, now.value == nil ? .sourceCleared : .sourceOwns)
    }

    /// The rule by which the source does not decide about the field; nil where it does.
    private func reasonToLeave<Value>(
        _ field: Field,
        now: Observed<Value>,
        last: Observed<Value>?,
        said: String?
    ) -> Reason? {
        if facts.problems[field] != nil { return .unusableValue }
        if case .notSupplied(let why) = now { return Reason(why) }
        guard isHome else { return .homeLinkLeads }
        if account.isPinned(field, against: said) { return .pinned }
        switch policy.owner(of: field) {
        case .source: return nil
        case .local: return .ownedLocally
        case .onceAtCreation: return isNew ? nil : .setOnceAtCreation
        case .untilEdited:
            guard !isNew, account.localEdits.contains(field) else { return nil }
            // What was never supplied before did not change by being supplied now.
            guard let last, last.isSupplied, last != now else { return .localEditStands }
            return nil
        }
    }
}

extension Reason {
    /// The rule that leaves a field alone about which the source said nothing.
    init(_ why: Unsupplied) {
        switch why {
        case .neverByProvider: self = .neverByProvider
        case .notGranted: self = .notGranted
        case .notAskedFor: self = .notAskedFor
        case .unreadable: self = .unusableValue
        }
    }
}
