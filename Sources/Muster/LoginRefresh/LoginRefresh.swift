import Accounts
import Reconciliation
import Roster
import Synchronization

/// Keeps an account true to its MIS at the moment its person logs in, within a time budget.
///
/// It never throws: whatever goes wrong is an outcome, and a person who is known and active is let
/// in with what is known of her.
public final class LoginRefresh: Sendable {
    private let workshop: Workshop
    private let settings: LoginSettings
    private let flights = SingleFlight<FlightKey, FlightResult>()
    private let unfinished = Unfinished()

    /// A login refresh with the tools of `workshop`.
    public init(_ workshop: Workshop, settings: LoginSettings = LoginSettings()) {
        self.workshop = workshop
        self.settings = settings
    }

    /// Answers the login within the budget; what the budget cut off is finished behind.
    ///
    /// - Parameters:
    ///   - event: Who logs in, where and how.
    ///   - began: When the login began, if that was before this call; the budget counts from there.
    /// - Returns: What the host is to do, and what became of the refresh.
    public func refresh(
        _ event: LoginEvent,
        since began: ContinuousClock.Instant? = nil
    ) async -> LoginRefreshResult {
        let start = workshop.clock.instant()
        let known = Mutex<KnownPerson?>(nil)
        let policy = await policy(of: event.school.connection.tenant)
        let budget = policy?.loginBudget ?? settings.budget
        // Unstructured on purpose: the work outlives an answer that the budget cut short.
        let work = unfinished.start { [self] in
            await answer(event, policy: policy, budget: budget) { person in
                known.withLock { $0 = person }
            }
        }
        // However late it began, half of the budget is left to find the person here at least.
        let before = min(began?.duration(to: start) ?? .zero, budget / 2)
        let used = before + start.duration(to: workshop.clock.instant())
        var result =
            // Without a budget nothing is asked, but the store may keep us waiting too.
            await work.value(
                within: (budget == .zero ? LoginSettings().budget : budget) - used,
                by: workshop.clock
            ) ?? deferred(event, known.withLock { $0 })
        result.time = start.duration(to: workshop.clock.instant())
        return result
    }

    /// Waits until everything that budgets cut off is done, or its task is cancelled.
    public func finishDeferred() async { await unfinished.finish() }

    // MARK: The order of a login

    private func answer(
        _ event: LoginEvent,
        policy: Policy?,
        budget: Duration,
        onKnowing: (KnownPerson) -> Void
    ) async -> LoginRefreshResult {
        do throws(StoreError) {
            let formerSince = workshop.clock.now().advanced(by: .zero - settings.formerEmailLife)
            let school = event.school.key
            let person = try await workshop.store.person(
                event.key,
                in: school,
                of: event.school.connection.tenant,
                formerSince: formerSince
            )
            guard let policy else { return withoutPolicy(event, person) }
            guard let person else { return try await answerUnknown(event, policy, budget) }
            onKnowing(person)
            if person.account.status == .suspended(by: .administrator) {
                return answer(.suspended, person.summary, event)
            }
            guard let link = person.link(in: school) ?? person.homeLink else {
                let record = try await workshop.store.unlinkedRecord(event.key, in: school)
                let isDisputed = record?.reason.standing == .disputed
                return answer(isDisputed ? .disputed : .notReturned, person.summary, event)
            }
            if budget == .zero || isFresh(person, link, policy, event.school) {
                return answer(.fresh, person.summary, event)
            }
            guard let asked = try await event.asked(at: link.key.school, in: workshop.connections)
            else {
                return answer(.notReturned, person.summary, event)
            }
            return try await ask(
                link.key,
                asked,
                policy,
                account: person.account.id,
                last: link.last
            )
        } catch {
            var result = LoginRefreshResult(.deny, .sourceUnavailable)
            result.trouble = error.sentence
            return result
        }
    }

    /// Nobody here is known by that name: only a record whose id is known can be asked for.
    private func answerUnknown(
        _ event: LoginEvent,
        _ policy: Policy,
        _ budget: Duration
    ) async throws(StoreError)
        -> LoginRefreshResult
    {
        guard budget != .zero else { return LoginRefreshResult(.deny, .unknownPerson) }
        let school = event.school.key
        var key: SourceKey?
        if let record = try await workshop.store.unlinkedRecord(event.key, in: school) {
            key = record.observation.key
        } else if case .sourceID(let id) = event.key, !id.isEmpty {
            key = SourceKey(school: school, kind: .staff, id: id)
        }
        guard let key else { return LoginRefreshResult(.deny, .unknownPerson) }
        return try await ask(key, event, policy, account: nil, last: nil)
    }

    private func isFresh(
        _ person: KnownPerson,
        _ link: Link,
        _ policy: Policy,
        _ school: ConnectedSchool
    ) -> Bool {
        guard person.account.status == .active, let checkedAt = person.checkedAt else {
            return false
        }
        let now = workshop.clock.now()
        let age = now.since(checkedAt)
        // A clock that went back makes nobody fresh.
        guard age >= .zero, age < policy.freshness ?? settings.freshness else { return false }
        guard let day = link.replanOn else { return true }
        return SchoolCalendar.day(at: now, in: school.school.timeZone) < day
    }

    /// Asks the source, once for all who log in as this person at the same time.
    private func ask(
        _ key: SourceKey,
        _ event: LoginEvent,
        _ policy: Policy,
        account: AccountID?,
        last: Observation?
    ) async throws(StoreError) -> LoginRefreshResult {
        let mayCreate = policy.newcomers == .create && event.method == .sso
        // Somebody whose login may make an account must not share one that may not.
        let flightKey = FlightKey(record: key, mayCreate: account == nil && mayCreate)
        let flight = await flights.run(flightKey) { [self] in
            await LookUpFlight(
                workshop: workshop,
                event: event,
                policy: policy,
                mayCreate: mayCreate,
                last: last,
                timeout: settings.lookUpTimeout
            ).run(key)
        }
        let done = flight.value
        guard let id = done.account ?? account else {
            var result = LoginRefreshResult(.deny, done.outcomeForUnknown)
            result.requests = flight.isShared ? 0 : done.requests
            result.lookUpTime = done.lookUpTime
            result.trouble = done.trouble
            return result
        }
        // Status is read again: the refresh may just have changed it.
        guard let summary = try await workshop.store.summary(of: id) else {
            return LoginRefreshResult(.deny, .unknownPerson)
        }
        var result = answer(flight.isShared ? .joined : done.outcome, summary, event)
        switch (done.outcome, result.account?.account.status) {
        // An administrator brought a leaver back: that stands until the source changes its mind.
        case (.left, .active):
            result.outcome =
                flight.isShared ? .joined : done.changes.isEmpty ? .unchanged : .refreshed
        case (.left, _): result.outcome = .left
        default: break
        }
        if event.isContradicted(by: summary) {
            result.decision = .deny
            result.outcome = .disputed
            result.trouble =
                "The MIS gives this person another address, which somebody else holds here; sync the school to settle whose is whose."
        }
        result.run = done.changes.isEmpty ? nil : done.run
        result.changes = done.changes.filter { $0.account == id }
        result.requests = flight.isShared ? 0 : done.requests
        result.lookUpTime = done.lookUpTime
        result.trouble = done.trouble
        return result
    }

    // MARK: Answers

    private func answer(
        _ outcome: LoginOutcome,
        _ summary: AccountSummary,
        _ event: LoginEvent
    ) -> LoginRefreshResult {
        LoginRefreshResult(decision(for: summary.account, event), outcome, account: summary)
    }

    private func deferred(_ event: LoginEvent, _ person: KnownPerson?) -> LoginRefreshResult {
        person.map { answer(.deferred, $0.summary, event) }
            ?? LoginRefreshResult(.deny, .deferred)
    }

    private func decision(for account: Account, _ event: LoginEvent) -> LoginDecision {
        guard account.status == .active else { return .deny }
        return event.method == .password && account.credential == .none ? .resetPassword : .allow
    }

    /// A policy that cannot be read is not the default policy: nothing is asked and applied then.
    private func policy(of tenant: TenantID) async -> Policy? {
        try? await workshop.connections.policy(of: tenant)
    }

    private func withoutPolicy(_ event: LoginEvent, _ person: KnownPerson?) -> LoginRefreshResult {
        var result =
            person.map { answer(.sourceUnavailable, $0.summary, event) }
            ?? LoginRefreshResult(.deny, .sourceUnavailable)
        result.trouble =
            "The policy of \(event.school.connection.tenant.name) cannot be read, so the MIS was not asked; look at it with `muster policy`."
        return result
    }
}

extension LoginEvent {
    /// The same login, to be asked for at `school`, where the person is known; nil where that
    /// school is connected no more.
    fileprivate func asked(
        at school: SchoolKey,
        in store: any ConnectionStore
    ) async throws(StoreError) -> LoginEvent? {
        if school == self.school.key { return self }
        guard
            let connection = try await store.connections().first(where: {
                $0.id == school.connection
            }),
            let description = connection.schools.first(where: { $0.id == school.school })
        else { return nil }
        var event = self
        event.school = ConnectedSchool(connection: connection, school: description)
        return event
    }
}

extension LoginEvent {
    /// Whether the source says that the address of the login is not this person's any more, while
    /// her new one is still another's: two people may be changing places.
    fileprivate func isContradicted(by summary: AccountSummary) -> Bool {
        switch key {
        case .sourceID, .subject: return false
        case .email(let text), .username(let text):
            return EmailAddress.compared(text) == summary.account.email
                && summary.links.contains {
                    $0.awaitedEmail != nil && $0.key == summary.account.home
                }
        }
    }
}

extension KnownPerson {
    /// The link that answers for the person at `school`: a present one before one that ended.
    func link(in school: SchoolKey) -> Link? {
        let here = links.filter { $0.key.school == school }
        return here.first(where: \.state.isPresent) ?? here.first
    }

    /// The link that single-valued fields come from, or else any.
    fileprivate var homeLink: Link? {
        links.first { $0.key == account.home } ?? links.first
    }
}
