public import Accounts
public import Roster

/// Something a person in this application does to an account.
public enum LocalEdit: Sendable, Hashable {
    /// Sets a field to a text as people write it; blank takes the value away.
    case set(Field, to: String)
    /// Makes another account the line manager.
    case setManager(AccountID)
    /// Suspends the account, so that no sync may lift it.
    case suspend
    /// Makes the account active again, whoever suspended it.
    case restore
    /// Keeps a field, or the whole person, as it is from now on.
    case pin(Pin)
    /// Lifts the pin of a field, or every pin where there is no field.
    case unpin(Field?)
}

/// Why an edit was refused.
public enum EditError: Error, Sendable, Hashable {
    /// The account is not there any more.
    case noAccount
    /// The field is not one a person may edit.
    case notEditable(Field)
    /// The value cannot be used.
    case unusable(Field, TextProblem)
    /// The field needs a value.
    case required(Field)
    /// The value must be `true` or `false`.
    case notTrueOrFalse(Field)
    /// Another account has the address.
    case addressTaken(String)
    /// A person cannot be her own line manager.
    case ownManager
    /// The day until which a pin is to hold is not ahead.
    case pastDay(Day)
    /// The source does not say that of the field, but the other value; no field where none was named.
    case notStated(Field?, String?)
    /// Nothing is pinned, or not that field.
    case notPinned(Field?)

    /// One sentence for people: what happened, to what, what to do.
    public var sentence: String {
        switch self {
        case .noAccount: "The account is gone; list the accounts and choose another."
        case .notEditable(let field):
            "\(field.rawValue) cannot be edited here; choose one of \(Field.owned.map(\.rawValue).joined(separator: ", "))."
        case .unusable(let field, let problem):
            "The value for \(field.rawValue) cannot be used because \(problem.phrase); give another."
        case .required(let field): "\(field.rawValue) cannot be empty; give a value."
        case .notTrueOrFalse(let field): "\(field.rawValue) must be true or false."
        case .addressTaken(let email):
            "Another account has the address \(email) already; change that one first."
        case .ownManager: "A person cannot be her own line manager; choose somebody else."
        case .pastDay(let day):
            "A pin cannot hold until \(day), which is not ahead; give a later day."
        case .notStated(let field?, let said?):
            "The MIS says \(said) of \(field.rawValue), so a pin against something else would end at once; pin it against that, or against whatever the MIS says."
        case .notStated(let field?, nil):
            "The MIS does not say that of \(field.rawValue), so the pin would end at once; pin it against whatever the MIS says."
        case .notStated(nil, _):
            "A pin of the whole person holds against whatever the MIS says; name a field to pin it against one value."
        case .notPinned(let field?):
            "\(field.rawValue) is not pinned; see what is with `muster show`."
        case .notPinned(nil): "Nothing is pinned here; see the account with `muster show`."
        }
    }
}

extension Planner {
    /// Carries out what a person in this application does to an account.
    func carryOut(_ edit: LocalEdit, on id: AccountID, in draft: inout Draft) throws(EditError) {
        guard let account = draft.accounts[id] else { throw .noAccount }
        switch edit {
        case .suspend:
            setStatus(
                .suspended(by: .administrator),
                of: id,
                reason: .localEdit,
                in: &draft
            )
        case .restore:
            setStatus(.active, of: id, reason: .localEdit, in: &draft)
        case .pin(let pin): try set(pin, on: id, in: &draft)
        case .unpin(let field): try unpin(field, of: id, in: &draft)
        case .setManager(let manager):
            guard manager != id else { throw .ownManager }
            guard let other = draft.accounts[manager] else { throw .noAccount }
            note(.lineManager, of: account, to: other.label, in: &draft) {
                $0.lineManager = manager
            }
        case .set(.lineManager, _):
            note(.lineManager, of: account, to: nil, in: &draft) { $0.lineManager = nil }
        case .set(.email, let text):
            try setEmail(text, of: account, in: &draft)
        case .set(let field, let text):
            guard Field.owned.contains(field) else { throw .notEditable(field) }
            var edited = account
            try edited.take(text, for: field)
            note(field, of: account, to: edited.shown(field, in: draft), in: &draft) {
                $0 = edited
            }
        }
        // The next answer is weighed anew even if it is the same as the last.
        for var link in draft.links(of: id) where link.fingerprint != nil {
            link.fingerprint = nil
            draft.put(link)
        }
    }

    private func setEmail(
        _ text: String,
        of account: Account,
        in draft: inout Draft
    ) throws(EditError) {
        var edited = account
        try edited.take(text, for: .email)
        guard let email = edited.email else { throw .required(.email) }
        if let holder = draft.holder(of: email), holder.id != account.id {
            throw .addressTaken(email)
        }
        if let old = account.email, old != email {
            draft.remember(formerEmail: old, of: account.id)
        }
        note(.email, of: account, to: email, in: &draft) { $0.email = email }
        draft.unsettledEmails = true
    }

    private func note(
        _ field: Field,
        of account: Account,
        to value: String?,
        in draft: inout Draft,
        _ write: (inout Account) -> Void
    ) {
        draft.update(account.id) {
            write(&$0)
            if $0 != account { $0.localEdits.insert(field) }
        }
        guard let edited = draft.accounts[account.id], edited != account else { return }
        draft.record(
            HistoryEntry(
                account: account.id,
                field: field,
                from: account.shown(field, in: draft),
                to: value,
                reason: Reason.localEdit.rawValue,
                exact: field == .lineManager
                    ? .lineManager(from: account.lineManager, to: edited.lineManager) : nil
            )
        )
    }
}

extension Account {
    /// The value of an editable field as people read it.
    func shown(_ field: Field, in draft: Draft) -> String? {
        switch field {
        case .teachingStaff: teachingStaff.map(String.init)
        case .lineManager: lineManager.flatMap { draft.accounts[$0]?.label }
        default: self[text: field]
        }
    }
}

extension Account {
    /// Takes a text as people write it into `field`; a blank one leaves the field empty.
    public mutating func take(_ text: String, for field: Field) throws(EditError) {
        switch field {
        case .teachingStaff:
            if text.isEmpty { return }
            guard let value = Bool(text.lowercased()) else { throw .notTrueOrFalse(field) }
            teachingStaff = value
        case .email:
            do { email = try CleanText.email(text) } catch { throw .unusable(field, error) }
        case .title, .forename, .surname, .initials, .jobTitle, .phone, .address:
            do { self[text: field] = try CleanText.line(text, limit: 1000) } catch {
                throw .unusable(field, error)
            }
        case .lineManager, .classes, .contacts, .roles, .status, .credential:
            throw .notEditable(field)
        }
    }
}
