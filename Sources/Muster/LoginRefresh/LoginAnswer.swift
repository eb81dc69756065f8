import Accounts
import Roster

/// Puts the answer to one login together, from what is known and what was asked.
struct LoginAnswer {
    let event: LoginEvent
    /// What local data says; nil where it was not read in time.
    let facts: LoginFacts?
    /// Whom its address led to at first; nil where it led to nobody else.
    var leaver: Visit.Leaver?
    /// Whether her record says that she left, and it is read still whether she has another one.
    var isLeaving = false
    let now: Timestamp

    /// From local data, because nothing is to be asked, or nothing more.
    func settled(_ outcome: LoginOutcome) -> LoginRefreshResult {
        guard let leaver else { return local(outcome) }
        guard let person = facts?.person, event.key.isHeld(by: person.summary) else {
            return unknown(retryAfter: nil)
        }
        var result = local(outcome)
        result.requests = leaver.landed.requests
        result.lookUpTime = leaver.landed.lookUpTime
        return result
    }

    /// From local data, because nothing is to be asked or nothing more could be waited for.
    func local(_ outcome: LoginOutcome) -> LoginRefreshResult {
        var result: LoginRefreshResult
        if let summary = facts?.person?.summary {
            result = known(outcome, summary)
        } else {
            result = LoginRefreshResult(.deny, outcome)
        }
        result.trouble = facts?.trouble ?? facts?.ambiguity
        if let facts, facts.policy == nil {
            result.trouble =
                facts.trouble
                ?? "The policy of \(event.school.connection.tenant.name) cannot be read, so the MIS was not asked; look at it with `muster policy`."
        }
        return result
    }

    /// From local data, because the budget is over; the rest goes on behind.
    func deferred() -> LoginRefreshResult {
        // Whose the address is now was not answered in time: it may be somebody else's.
        if leaver?.isThere == true { return denied(.deferred, retryAfter: Self.comeBack) }
        var result = local(.deferred)
        if isLeaving { result.decision = .deny }
        if result.account == nil || isLeaving { result.retryAfter = Self.comeBack }
        return result
    }

    /// When it is worth trying again for somebody who is still looked for.
    private static let comeBack = Duration.seconds(5)

    /// For whoever gave the address up and is there, while nobody else is known to have it.
    private func former(retryAfter: Duration? = nil) -> LoginRefreshResult? {
        guard let leaver, leaver.isThere else { return nil }
        var result = LoginAnswer(event: event, facts: leaver.facts, now: now)
            .found(leaver.landed, isShared: false)
        if result.decision == .deny { result.retryAfter = retryAfter }
        return result
    }

    private func denied(
        _ outcome: LoginOutcome,
        retryAfter: Duration
    ) -> LoginRefreshResult {
        var result = LoginRefreshResult(.deny, outcome)
        result.retryAfter = retryAfter
        result.requests = leaver?.landed.requests ?? 0
        result.lookUpTime = leaver?.landed.lookUpTime ?? .zero
        return result
    }

    /// For somebody nobody knows, or only somebody who is gone or gave the address up.
    func unknown(retryAfter: Duration?) -> LoginRefreshResult {
        if leaver?.isThere == true, let retryAfter {
            // Nobody was asked whose the address is now.
            return denied(.unknownPerson, retryAfter: retryAfter)
        }
        if let found = former() { return found }
        var result = LoginRefreshResult(.deny, .unknownPerson)
        if let leaver {
            result = LoginAnswer(event: event, facts: leaver.facts, now: now)
                .found(leaver.landed, isShared: false)
        }
        result.retryAfter = retryAfter
        return result
    }

    /// For somebody who may be new, while the MIS cannot say, by what it said to the login before.
    func cannotTell(retryAfter: Duration, because reason: String?) -> LoginRefreshResult {
        if var found = former(retryAfter: retryAfter) {
            // The MIS spoke of her and not of the address.
            if found.decision != .deny { found.outcome = .sourceUnavailable }
            return found
        }
        var result = denied(.sourceUnavailable, retryAfter: retryAfter)
        result.trouble =
            reason
            ?? "Nobody is known by that name, and the MIS could not be asked who is new at the school; it is asked again by itself."
        return result
    }

    /// With what a look-up or a read brought.
    func landed(_ flight: FlightResult, isShared: Bool) -> LoginRefreshResult {
        guard let leaver else { return found(flight, isShared: isShared) }
        var result = found(flight, isShared: isShared)
        if let former = former(retryAfter: flight.retryAfter), stands(former, beside: flight) {
            result = former
            result.requests = isShared ? 0 : flight.requests
            result.lookUpTime = flight.lookUpTime
        }
        result.requests += leaver.landed.requests
        result.lookUpTime += leaver.landed.lookUpTime
        return result
    }

    /// Whether it stays with the answer for whoever gave the address up: one of her own records
    /// states it, the MIS cannot say whose it is, or nobody holds it now and hers asks for another.
    private func stands(_ former: LoginRefreshResult, beside flight: FlightResult) -> Bool {
        guard let account = flight.account else {
            return flight.outcome == .sourceUnavailable || former.decision == .deny
        }
        if account.account.id == former.account?.account.id { return true }
        return former.decision == .deny && !event.key.isHeld(by: account)
    }

    /// With what was found, whoever the address led to before.
    private func found(_ flight: FlightResult, isShared: Bool) -> LoginRefreshResult {
        var result: LoginRefreshResult
        if let summary = flight.account ?? facts?.person?.summary,
            facts?.person != nil && leaver == nil || event.key.isHeld(by: summary)
        {
            // Who joined a look-up that brought nothing was not confirmed by it either.
            let isConfirmed = [.refreshed, .unchanged].contains(flight.outcome)
            result = LoginRefreshResult(
                decision(for: summary.account),
                isShared && isConfirmed ? .joined : flight.outcome,
                account: summary.relying(onlyOn: flight.statedCustody)
            )
            if flight.outcome == .left { result.outcome = leaving(summary, flight, isShared) }
            contradict(&result, summary, flight.changes)
            result.run = flight.changes.isEmpty ? nil : flight.run
            result.changes = flight.changes.filter { $0.account == summary.account.id }
        } else {
            result = LoginRefreshResult(.deny, flight.outcomeForUnknown)
        }
        result.requests = isShared ? 0 : flight.requests
        result.lookUpTime = flight.lookUpTime
        result.trouble = result.trouble ?? flight.trouble
        result.retryAfter = flight.retryAfter
        judge(&result, flight.outcome)
        return result
    }

    private func known(
        _ outcome: LoginOutcome,
        _ summary: AccountSummary
    ) -> LoginRefreshResult {
        var result = LoginRefreshResult(
            decision(for: summary.account),
            outcome,
            account: summary.relying(onlyOn: [:])
        )
        // Without a budget nobody ever asks whose the address is.
        if outcome != .fresh { contradict(&result, summary, []) }
        judge(&result, outcome)
        return result
    }

    private func decision(for account: Account) -> LoginDecision {
        guard account.status == .active else { return .deny }
        guard event.method == .password else { return .allow }
        if account.credential == .ssoOnly { return .deny }
        return account.credential.needsPassword ? .resetPassword : .allow
    }

    /// An administrator brought a leaver back: that stands until the source changes its mind.
    private func leaving(
        _ summary: AccountSummary,
        _ flight: FlightResult,
        _ isShared: Bool
    ) -> LoginOutcome {
        guard summary.account.status == .active else { return .left }
        return isShared ? .joined : flight.changes.isEmpty ? .unchanged : .refreshed
    }

    /// The source says that the address of the login is not this person's any more: it has just
    /// become another's, or two people may be changing places while her new one is still another's.
    private func contradict(
        _ result: inout LoginRefreshResult,
        _ summary: AccountSummary,
        _ changes: [HistoryEntry]
    ) {
        guard facts?.isBound != true, let address = event.key.address else { return }
        let account = summary.account
        if changes.contains(where: {
            $0.field == .email && $0.to == address && $0.account != account.id
        }) {
            result.trouble =
                "The address of this login has just become somebody else's; she can log in by it now."
        } else if account.status == .active, address == account.email,
            !summary.has(address)
        {
            result.trouble =
                "The MIS gives this person another address, which somebody else holds here; sync the school to settle whose is whose, and where the MIS is wrong correct it there or pin her address here."
        } else {
            return
        }
        result.decision = .deny
        result.outcome = .disputed
    }

    /// What the tenant wants done with a login whose losses are held, or whose account is stale.
    private func judge(_ result: inout LoginRefreshResult, _ outcome: LoginOutcome) {
        guard let policy = facts?.policy else { return }
        if outcome == .held, policy.heldLogins == .refuse { result.decision = .deny }
        let isUnconfirmed = [.deferred, .sourceUnavailable, .notReturned].contains(outcome)
        if isUnconfirmed, let limit = policy.maximumStaleness, isStale(beyond: limit) {
            result.isStale = true
            if policy.staleLogins == .refuse { result.decision = .deny }
        }
    }

    private func isStale(beyond limit: Duration) -> Bool {
        guard let person = facts?.person else { return false }
        guard let seenAt = person.seenAt ?? person.checkedAt else { return true }
        return now.since(seenAt) > limit
    }
}

extension LoginKey {
    /// The address that the name is looked up by, as addresses compare; nil for other names.
    var address: String? {
        switch self {
        case .email(let text), .username(let text): EmailAddress.compared(text)
        case .sourceID, .subject: nil
        }
    }

    /// Whether the name leads to the account now, and did not only once.
    func isHeld(by summary: AccountSummary) -> Bool {
        switch self {
        case .email, .username: address != nil && address == summary.account.email
        case .sourceID(let id, let kind):
            summary.links.contains { $0.key.id == id && (kind == nil || $0.key.kind == kind) }
        case .subject: true
        }
    }
}
