import Accounts
import Roster

/// Puts the answer to one login together, from what is known and what was asked.
struct LoginAnswer {
    let event: LoginEvent
    /// What local data says; nil where it was not read in time.
    let facts: LoginFacts?
    let now: Timestamp

    /// From local data, because nothing is to be asked or nothing more could be waited for.
    func local(_ outcome: LoginOutcome) -> LoginRefreshResult {
        var result: LoginRefreshResult
        if let summary = facts?.person?.summary {
            result = known(outcome, summary)
        } else {
            result = LoginRefreshResult(.deny, outcome)
        }
        result.trouble = facts?.trouble
        if let facts, facts.policy == nil {
            result.trouble =
                facts.trouble
                ?? "The policy of \(event.school.connection.tenant.name) cannot be read, so the MIS was not asked; look at it with `muster policy`."
        }
        return result
    }

    /// From local data, because the budget is over; the rest goes on behind.
    func deferred(after leaver: Visit.Leaver?) -> LoginRefreshResult {
        if let found = former(leaver) { return found }
        var result = local(.deferred)
        if result.account == nil { result.retryAfter = Self.comeBack }
        return result
    }

    /// When it is worth trying again for somebody who is still looked for.
    private static let comeBack = Duration.seconds(5)

    /// For the former holder of the address, who is there, while nobody else is known to have it.
    private func former(_ holder: Visit.Leaver?) -> LoginRefreshResult? {
        guard let holder, holder.isThere else { return nil }
        return LoginAnswer(event: event, facts: holder.facts, now: now)
            .landed(holder.landed, isShared: false)
    }

    /// For somebody nobody knows, or only somebody who is gone or gave the address up.
    func unknown(retryAfter: Duration?, leaver: Visit.Leaver? = nil) -> LoginRefreshResult {
        if let found = former(leaver) { return found }
        var result = LoginRefreshResult(.deny, .unknownPerson)
        if let leaver {
            result = LoginAnswer(event: event, facts: leaver.facts, now: now)
                .landed(leaver.landed, isShared: false)
        }
        result.retryAfter = retryAfter
        return result
    }

    /// For somebody who may be new, while the MIS cannot say, by what it said to the login before.
    func cannotTell(
        retryAfter: Duration,
        because reason: String?,
        after leaver: Visit.Leaver?
    ) -> LoginRefreshResult {
        if let found = former(leaver) { return found }
        var result = LoginRefreshResult(.deny, .sourceUnavailable)
        result.retryAfter = retryAfter
        result.trouble =
            reason
            ?? "Nobody is known by that name, and the MIS could not be asked who is new at the school; it is asked again by itself."
        return result
    }

    /// With what was found of somebody who has the address of a leaver now.
    func landed(
        _ flight: FlightResult,
        isShared: Bool,
        after leaver: Visit.Leaver?
    ) -> LoginRefreshResult {
        // A record of the former holder herself states the address, or the MIS cannot say whose it
        // is.
        if let found = former(leaver),
            flight.account.map({ $0.account.id == found.account?.account.id })
                ?? (flight.outcome == .sourceUnavailable)
        {
            return found
        }
        var result = landed(flight, isShared: isShared)
        result.requests += leaver?.landed.requests ?? 0
        result.lookUpTime += leaver?.landed.lookUpTime ?? .zero
        return result
    }

    /// With what a look-up brought.
    func landed(_ flight: FlightResult, isShared: Bool) -> LoginRefreshResult {
        var result: LoginRefreshResult
        if let summary = flight.account ?? facts?.person?.summary,
            facts?.person != nil || event.key.isHeld(by: summary)
        {
            // Who joined a look-up that brought nothing was not confirmed by it either.
            let isConfirmed = [.refreshed, .unchanged].contains(flight.outcome)
            result = LoginRefreshResult(
                decision(for: summary.account),
                isShared && isConfirmed ? .joined : flight.outcome,
                account: summary
            )
            if flight.outcome == .left { result.outcome = leaving(summary, flight, isShared) }
            contradict(&result, summary, flight)
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
            account: summary
        )
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
        _ flight: FlightResult
    ) {
        guard facts?.isBound != true, let address = event.key.address else { return }
        let account = summary.account
        if flight.changes.contains(where: {
            $0.field == .email && $0.to == address && $0.account != account.id
        }) {
            result.trouble =
                "The address of this login has just become somebody else's; she can log in by it now."
        } else if case .email = event.key.asAddress, address == account.email,
            summary.links.contains(where: { $0.awaitedEmail != nil && $0.key == account.home })
        {
            result.trouble =
                "The MIS gives this person another address, which somebody else holds here; sync the school to settle whose is whose."
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
        case .sourceID(let id): summary.links.contains { $0.key.id == id }
        case .subject: true
        }
    }

    /// A name that is looked up like an address, as an address.
    fileprivate var asAddress: LoginKey {
        if case .username(let text) = self { .email(text) } else { self }
    }
}
