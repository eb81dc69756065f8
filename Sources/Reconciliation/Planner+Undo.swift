import Accounts
import Roster

// Taking back what a run did.
extension Planner {
    /// Puts back the values and states from before a run, and pins them against what the source
    /// says now, so that the next look at it does not bring back what was undone.
    func carryOut(_ restorations: [Restoration], in draft: inout Draft) -> RestorationResult {
        var result = RestorationResult()
        for lost in restorations where lost.isForgotten {
            for field in lost.rows.keys { result.note(field, of: lost.account, isRestored: false) }
        }
        let restorations = restorations.filter { !$0.isForgotten }
        let restored = Set(restorations.map(\.account))
        for restoration in restorations {
            moveBack(restoration, besides: restored, in: &draft)
            takeBackLink(restoration, in: &draft)
        }
        for restoration in restorations where draft.accounts[restoration.account] != nil {
            let id = restoration.account
            for field in restoration.changedSince { result.note(field, of: id, isRestored: false) }
            for (field, rows) in restoration.rows.sorted(by: { $0.key < $1.key })
            where field != .email {
                let isRestored =
                    restoration.isCreation
                    ? suspendCreated(id, in: &draft) : putBack(field, rows, of: id, in: &draft)
                result.note(field, of: id, isRestored: isRestored)
            }
        }
        putBackEmails(restorations, &result, in: &draft)
        for restoration in restorations { settleTakenBack(restoration, in: &draft) }
        for restoration in restorations { takeBackExchange(restoration, in: &draft) }
        for id in result.restored.keys.sorted() {
            // The next answer is weighed anew even if it is the same as the last.
            for var link in draft.links(of: id) where link.fingerprint != nil {
                link.fingerprint = nil
                draft.put(link)
            }
        }
        return result
    }

    /// Two accounts that were made one have each its own records again.
    private func moveBack(
        _ restoration: Restoration,
        besides restored: Set<AccountID>,
        in draft: inout Draft
    ) {
        guard let (keys, other) = restoration.movedRecords else { return }
        let id = restoration.account
        for key in keys {
            guard let link = draft.links[key], link.account == other else { continue }
            // Where the other account is taken back too, its own rows say what it gives up.
            if !restored.contains(other) { releaseGrants(of: link, in: &draft) }
            draft.put(link.moved(to: id))
            draft.unsettledManagers.insert(key)
            // Its own rows say which values go back; those of another home would hide them.
            if restored.contains(other) {
                draft.update(other) { if $0.home == key { $0.home = nil } }
            }
        }
        for account in [id, other] { chooseHome(of: account, in: &draft) }
    }

    private func suspendCreated(_ id: AccountID, in draft: inout Draft) -> Bool {
        guard draft.accounts[id]?.status == .active else { return false }
        setStatus(.suspended(by: .administrator), of: id, reason: .undone, in: &draft)
        return true
    }

    private func putBack(
        _ field: Field,
        _ rows: [HistoryEntry],
        of id: AccountID,
        in draft: inout Draft
    ) -> Bool {
        switch field {
        case .classes, .contacts, .roles: putBackList(field, rows, of: id, in: &draft)
        case .status: putBackStatus(rows, of: id, in: &draft)
        case .lineManager: putBackManager(rows, of: id, in: &draft)
        default: putBackValue(field, rows, of: id, in: &draft)
        }
    }

    private func record(
        _ field: Field,
        of id: AccountID,
        from: String?,
        to: String?,
        _ exact: ExactChange? = nil,
        in draft: inout Draft
    ) {
        draft.record(
            HistoryEntry(
                account: id,
                field: field,
                from: from,
                to: to,
                reason: Reason.undone.rawValue,
                exact: exact
            )
        )
    }

    // MARK: Single values

    private func putBackValue(
        _ field: Field,
        _ rows: [HistoryEntry],
        of id: AccountID,
        in draft: inout Draft
    ) -> Bool {
        guard let account = draft.accounts[id], account.shown(field, in: draft) == rows.last?.to
        else { return false }
        let (held, before) = (rows.last?.to, rows.first?.from)
        draft.update(id) {
            if field == .teachingStaff {
                $0.teachingStaff = before.flatMap(Bool.init)
            } else {
                $0[text: field] = before
            }
        }
        if held != before { record(field, of: id, from: held, to: before, in: &draft) }
        let said = homeFacts(of: id, in: draft).map { facts in
            field == .teachingStaff
                ? facts.teachingStaff.map(String.init) : facts[text: field]
        }
        pin(field, of: id, holding: before, against: said, in: &draft)
        return true
    }

    /// Pins what was put back, unless the source says the same or nothing.
    private func pin(
        _ field: Field,
        of id: AccountID,
        holding value: String?,
        against said: Observed<String>?,
        in draft: inout Draft
    ) {
        unpinValue(field, of: id, in: &draft)
        guard let said, said.isSupplied, said.value != value else { return }
        pin(field, of: id, against: said.value, in: &draft)
    }

    /// Sets a pin against one statement, where no pin against everything is set already.
    private func pin(
        _ field: Field,
        of id: AccountID,
        against value: String?,
        in draft: inout Draft
    ) {
        guard draft.accounts[id]?.pins.contains(where: { $0.field == field }) == false else {
            return
        }
        apply(Pin(field, against: .value(value)), to: id, in: &draft)
    }

    /// - Returns: Whether there was a pin against one statement.
    @discardableResult
    private func unpinValue(_ field: Field, of id: AccountID, in draft: inout Draft) -> Bool {
        let pins = (draft.accounts[id]?.pins ?? []).filter { pin in
            if case .value = pin.against { pin.field == field } else { false }
        }
        draft.update(id) { $0.pins.subtract(pins) }
        return !pins.isEmpty
    }

    func homeFacts(of id: AccountID, in draft: Draft) -> Facts? {
        guard let home = draft.accounts[id]?.home, let link = draft.links[home] else { return nil }
        return Facts(of: link.last, on: today, policy: policy)
    }

    // MARK: Line managers

    private func putBackManager(
        _ rows: [HistoryEntry],
        of id: AccountID,
        in draft: inout Draft
    ) -> Bool {
        guard case .lineManager(let before, _) = rows.first?.exact,
            case .lineManager(_, let held) = rows.last?.exact,
            let account = draft.accounts[id], account.lineManager == held
        else { return false }
        let manager = before.flatMap { draft.accounts[$0] }
        guard before == nil || manager != nil, before != id else { return false }
        let shown = account.shown(.lineManager, in: draft) ?? rows.last?.to
        draft.update(id) { $0.lineManager = before }
        if held != before {
            record(
                .lineManager,
                of: id,
                from: held == nil ? nil : shown,
                to: manager?.label,
                .lineManager(from: held, to: before),
                in: &draft
            )
        }
        unpinValue(.lineManager, of: id, in: &draft)
        guard let link = account.home.flatMap({ draft.links[$0] }), link.last.managers.isSupplied
        else { return true }
        let named = link.manager.flatMap { draft.links[$0]?.account }
        let agrees = named == before && (manager == nil || manager?.status == .active)
        if !agrees { pin(.lineManager, of: id, against: link.manager?.id, in: &draft) }
        draft.unsettledManagers.insert(link.key)
        return true
    }

    // MARK: Classes, contacts and rights

    private func putBackList(
        _ field: Field,
        _ rows: [HistoryEntry],
        of id: AccountID,
        in draft: inout Draft
    ) -> Bool {
        // Rows of older versions do not say exactly what they are about.
        guard rows.allSatisfy({ $0.exact != nil }), let before = draft.accounts[id] else {
            return false
        }
        let givers = Set(draft.links(of: id).map(\.key))
        for row in rows.reversed() {
            let isLoss = row.to == nil
            let held = draft.accounts[id]
            draft.update(id) { account in
                switch row.exact {
                case .place(let place) where !isLoss: account.memberships.remove(place)
                case .right(let right) where !isLoss: account.privileges.remove(right)
                case .place(let place) where place.givenBy.map(givers.contains) ?? true:
                    account.memberships.insert(place)
                case .right(let right) where right.givenBy.map(givers.contains) ?? true:
                    account.privileges.insert(right)
                case .guardianship(let before, let after):
                    account.guardianships = account.guardianships.filter { held in
                        ![before, after].contains { $0?.isSameRelation(as: held) ?? false }
                    }
                    if let before, before.givenBy.map(givers.contains) ?? true {
                        account.guardianships.insert(before)
                    }
                default: break
                }
            }
            guard draft.accounts[id] != held else { continue }
            var exact = row.exact
            if case .guardianship(let before, let after) = exact {
                exact = .guardianship(from: after, to: before)
            }
            record(field, of: id, from: row.to, to: row.from, exact, in: &draft)
        }
        guard draft.accounts[id] != before else { return false }
        // What an undo took back and another undo brings again is what the source says.
        if !unpinValue(field, of: id, in: &draft) {
            pin(field, of: id, against: stated(field, of: id, in: draft), in: &draft)
        }
        return true
    }

    // MARK: Status

    private func putBackStatus(
        _ rows: [HistoryEntry],
        of id: AccountID,
        in draft: inout Draft
    ) -> Bool {
        guard let account = draft.accounts[id], account.status.text == rows.last?.to,
            let before = AccountStatus(text: rows.first?.from)
        else { return false }
        guard before != account.status else { return true }
        setStatus(before, of: id, reason: .undone, in: &draft)
        let wasPinned = unpinValue(.status, of: id, in: &draft)
        switch before {
        case .active:
            guard var home = account.home.flatMap({ draft.links[$0] }), !home.state.isPresent
            else { break }
            let word = home.state.isStatedLeaving ? StandingWord.left : StandingWord.absent
            home.state = .active
            home.missingSince = nil
            draft.put(home)
            pin(.status, of: id, against: word, in: &draft)
        case .suspended(by: .sync) where !wasPinned:
            pin(.status, of: id, against: StandingWord.current, in: &draft)
        case .suspended: break
        }
        return true
    }

    // MARK: Addresses

    /// Addresses go back where nobody holds them, whole chains and rings at once.
    private func putBackEmails(
        _ restorations: [Restoration],
        _ result: inout RestorationResult,
        in draft: inout Draft
    ) {
        var wishes: [AccountID: String] = [:]
        for restoration in restorations {
            guard let rows = restoration.rows[.email],
                let account = draft.accounts[restoration.account]
            else { continue }
            guard account.email == rows.last?.to, let wish = rows.first?.from else {
                result.note(.email, of: account.id, isRestored: false)
                continue
            }
            wishes[account.id] = wish
        }
        while let refused = wishes.first(where: { isRefused($0.key, $0.value, wishes, draft) }) {
            wishes[refused.key] = nil
            result.note(.email, of: refused.key, isRestored: false)
        }
        let granted = wishes.keys.sorted()
        let held = Dictionary(uniqueKeysWithValues: granted.map { ($0, draft.accounts[$0]?.email) })
        for id in granted {
            if let email = draft.accounts[id]?.email {
                draft.remember(formerEmail: email, of: id)
            }
            draft.update(id) { $0.email = nil }
        }
        for id in granted {
            let email = wishes[id]
            draft.update(id) { $0.email = email }
            let before = held[id] ?? nil
            if before != email { record(.email, of: id, from: before, to: email, in: &draft) }
            let said = homeFacts(of: id, in: draft)?.email
            pin(.email, of: id, holding: email, against: said, in: &draft)
            result.note(.email, of: id, isRestored: true)
            draft.unsettledEmails = true
        }
    }

    /// Whether somebody else holds the address and does not give it up, or asks for it too.
    private func isRefused(
        _ id: AccountID,
        _ wish: String,
        _ wishes: [AccountID: String],
        _ draft: Draft
    ) -> Bool {
        if wishes.contains(where: { $0.key != id && $0.value == wish }) { return true }
        guard let holder = draft.holder(of: wish), holder.id != id else { return false }
        return wishes[holder.id] == nil
    }
}

extension AccountStatus {
    /// The status that history shows as `text`.
    fileprivate init?(text: String?) {
        let all: [AccountStatus] = [
            .active, .suspended(by: .sync), .suspended(by: .administrator),
        ]
        guard let status = all.first(where: { $0.text == text }) else { return nil }
        self = status
    }
}
