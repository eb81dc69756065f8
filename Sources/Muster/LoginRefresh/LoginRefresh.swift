import Accounts
import Reconciliation
import Roster
import Synchronization

/// Keeps an account true to its MIS at the moment its person logs in, within a time budget.
///
/// It never throws: whatever goes wrong is an outcome, and a person who is known and active is let
/// in with what is known of her. `LoginDesk` decides; this does what it decides.
public final class LoginRefresh: Sendable {
    let workshop: Workshop
    let settings: LoginSettings
    let unfinished = Unfinished()
    private let recalled: RecalledFacts
    private let influx: Influx
    private let state: Mutex<State>

    private struct State {
        var desk: LoginDesk
        var visits: [LoginDesk.Number: Visit] = [:]
        /// Look-ups that are answered and not noted in the store yet, by their first login.
        var unnoted: [LoginDesk.Number: (record: SourceKey, at: Timestamp)] = [:]
        /// Records that say that their people left, while it is read whether these have others.
        var leaving: Set<SourceKey> = []
        /// Why the last read of who is new at a school failed; no entry where it did not.
        var discoveryTroubles: [SchoolKey: String] = [:]
        /// Sleeps until the desk wants to be woken.
        var alarm: Task<Void, Never>?
    }

    /// A login refresh with the tools of `workshop`.
    public init(_ workshop: Workshop, settings: LoginSettings = LoginSettings()) {
        self.workshop = workshop
        self.settings = settings
        recalled = RecalledFacts(limit: settings.recalled)
        influx = Influx(life: settings.desk.discoveryInterval)
        state = Mutex(State(desk: LoginDesk(limits: settings.desk)))
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
        BatchExecutor.makeWay()
        let start = workshop.clock.instant()
        let login = workshop.telemetry.newLogin()
        let stamp = workshop.store.stamp
        let known = stamp.flatMap { recalled.facts(of: event, at: $0) }.map { noted($0, event) }
        var result: LoginRefreshResult
        var isBound = known?.isBound ?? false
        if let known, let answer = answerAtOnce(event, known) {
            result = answer
        } else if let visit = open(event, login, since: began ?? start) {
            setTimer(of: visit)
            if let known {
                learn(known, of: visit)
            } else {
                unfinished.start { [self] in await read(for: visit, at: stamp) }
            }
            result = await visit.answer()
            isBound = visit.facts?.isBound ?? false
        } else {
            result = LoginAnswer(event: event, facts: known, now: workshop.clock.now())
                .local(.sourceUnavailable)
        }
        if !isBound { bind(event, to: result) }
        result.time = start.duration(to: workshop.clock.instant())
        workshop.telemetry.answered(result, to: event, as: login)
        return result
    }

    /// Waits until everything that budgets cut off is done.
    public func finishDeferred() async { await unfinished.finish() }

    /// Waits until everything that budgets cut off is done; after `limit` the rest is given up.
    public func finishDeferred(within limit: Duration) async {
        await unfinished.finish(within: limit, by: workshop.clock)
        state.withLock { state in
            state.alarm?.cancel()
            state.alarm = nil
        }
    }

    /// Gives up what was promised behind logins and waits for its MIS to come back; the next login
    /// asks again.
    package func giveUpPromises() { workshop.traffic.turnAwayPromises() }

    /// Refreshes that go on behind logins, or that logins wait for.
    public var deferredCount: Int { unfinished.count }

    /// Whether no login goes on and nothing is kept of one.
    var isAtRest: Bool {
        unfinished.count == 0
            && state.withLock {
                $0.visits.isEmpty && $0.desk.going == 0 && $0.desk.flying == 0 && $0.alarm == nil
            }
    }

    /// How the sources that were asked lately do.
    public var sources: [SourceHealth] { workshop.traffic.health }
}

// One login.
extension LoginRefresh {
    /// The answer where local data is known and nothing is to be asked, not even behind.
    private func answerAtOnce(_ event: LoginEvent, _ facts: LoginFacts) -> LoginRefreshResult? {
        let now = workshop.clock.now()
        switch facts.finding(event, settings, at: now) {
        case (.settled, let outcome), (.fresh(lookUpBehind: nil), let outcome):
            return LoginAnswer(event: event, facts: facts, now: now).local(outcome)
        default: return nil
        }
    }

    /// Opens a visit; half of the budget is left at least, however late the login began.
    private func open(
        _ event: LoginEvent,
        _ login: LoginID,
        since began: ContinuousClock.Instant
    ) -> Visit? {
        let now = workshop.clock.instant()
        let budget = usable(settings.budget)
        let start = now - min(max(began.duration(to: now), .zero), budget / 2)
        return state.withLock { state in
            guard let number = state.desk.arrive() else { return nil }
            let visit = Visit(number, event, as: login, from: start, budget: budget)
            state.visits[number] = visit
            return visit
        }
    }

    /// Without a budget nothing is asked, but the store may keep us waiting too.
    private func usable(_ budget: Duration) -> Duration {
        budget == .zero ? LoginSettings().budget : budget
    }

    private func setTimer(of visit: Visit) {
        let end = visit.end
        // Unstructured on purpose: it ends with the visit, whichever way that goes.
        let timer = Task { [self, clock = workshop.clock] in
            let left = clock.instant().duration(to: end)
            if left > .zero {
                guard (try? await clock.sleep(for: left)) != nil else { return }
            }
            guard !Task.isCancelled else { return }
            event { desk, _ in desk.endBudget(of: visit.number) }
        }
        visit.end(by: timer)
    }

    private func read(for visit: Visit, at stamp: Int64?) async {
        let facts = await LoginFacts.read(
            visit.event,
            from: workshop,
            formerEmailLife: settings.formerEmailLife
        )
        if let stamp { recalled.keep(facts, of: visit.event, at: stamp) }
        learn(noted(facts, visit.event), of: visit)
    }

    /// The facts with look-ups that the store does not know of yet.
    private func noted(_ facts: LoginFacts, _ event: LoginEvent) -> LoginFacts {
        guard let record = facts.link(of: event)?.key else { return facts }
        let at = state.withLock { state in
            state.unnoted.values.filter { $0.record == record }.map(\.at).max()
        }
        guard let at, var person = facts.person else { return facts }
        person.checkedAt = max(at, person.checkedAt ?? at)
        var noted = facts
        noted.person = person
        return noted
    }

    /// Reads who has the address of the login that the person gave up whom it led to at first.
    private func readAgain(for visit: Visit) async {
        let facts = await LoginFacts.read(
            visit.event,
            from: workshop,
            besides: visit.leaver?.landed.account?.account.id,
            formerEmailLife: settings.formerEmailLife
        )
        learn(noted(facts, visit.event), of: visit, isLast: true)
    }

    private func learn(_ facts: LoginFacts, of visit: Visit, isLast: Bool = false) {
        let now = workshop.clock.now()
        let (finding, outcome) = facts.finding(visit.event, settings, isLast: isLast, at: now)
        visit.know(facts, finding, outcome)
        if let budget = facts.policy?.loginBudget, visit.take(budget: usable(budget)) {
            setTimer(of: visit)
        }
        event(by: visit) { [number = visit.number] in
            $0.learn(finding, of: number, at: $1)
        }
    }

    /// Binds the name that the host's identity provider has for a person whom it let in.
    private func bind(_ event: LoginEvent, to result: LoginRefreshResult) {
        // Only what the source just confirmed, by a name that is hers now: a former address may be
        // somebody else's tomorrow.
        let isConfirmed = [.refreshed, .unchanged, .joined].contains(result.outcome)
        guard let subject = event.subject, result.decision == .allow, isConfirmed,
            let summary = result.account, event.key.isHeld(by: summary)
        else { return }
        let account = summary.account.id
        let tenant = event.school.connection.tenant
        unfinished.start { [store = workshop.store] in
            try? await store.bind(subject, to: account, of: tenant)
        }
    }
}

// Between the desk and the world.
extension LoginRefresh {
    /// Lets the desk take an event, about `visit` if it is about one login, and does what it asks
    /// for; `landing` is what a look-up or a discovery brought to a login that waited for it.
    @discardableResult
    private func event(
        by visit: Visit? = nil,
        landing: (Visit) -> FlightResult? = { _ in nil },
        _ take: (inout LoginDesk, ContinuousClock.Instant) -> [LoginDesk.Action]
    ) -> [LoginDesk.Action] {
        let now = workshop.clock.instant()
        let (actions, visits) = state.withLock { state in
            let actions = take(&state.desk, now)
            var visits: [LoginDesk.Number: Visit] = [:]
            for number in actions.compactMap(\.answered) {
                visits[number] = state.visits.removeValue(forKey: number)
            }
            for case .goOn(let number) in actions {
                guard let visit = visits[number] ?? state.visits[number],
                    let landed = landing(visit)
                else { continue }
                visit.goOn(after: landed)
            }
            for number in actions.compactMap(\.begun) where visit == nil {
                visits[number] = visits[number] ?? state.visits[number]
            }
            setAlarm(&state, at: now)
            workshop.telemetry.unknownNames(state.desk.rememberedNames)
            workshop.telemetry.unfinished(state.desk.flying)
            return (actions, visits)
        }
        for action in actions { perform(action, visits, by: visit, landing) }
        return actions
    }

    private func perform(
        _ action: LoginDesk.Action,
        _ visits: [LoginDesk.Number: Visit],
        by asking: Visit?,
        _ landing: (Visit) -> FlightResult?
    ) {
        let visit = action.answered.flatMap { visits[$0] }
        let answer = visit.map(answer(to:))
        switch action {
        case .answerLocally:
            visit?.give(answer?.settled(visit?.localOutcome ?? .sourceUnavailable))
        case .answerDeferred: visit?.give(answer?.deferred())
        case .answerUnknown(_, let retryAfter):
            visit?.give(answer?.unknown(retryAfter: retryAfter))
        case .answerUnavailable(_, let retryAfter):
            let key = visit?.event.school.key
            let why = state.withLock { state in key.flatMap { state.discoveryTroubles[$0] } }
            visit?.give(answer?.cannotTell(retryAfter: retryAfter, because: why))
        case .answerLanded(_, let isShared):
            let flight = visit.flatMap(landing) ?? FlightResult(outcome: .sourceUnavailable)
            visit?.give(answer?.landed(flight, isShared: isShared))
        case .lookUp(let key, let number): lookUp(key, for: asking ?? visits[number])
        case .readAgain(let number):
            guard let visit = visits[number] else { break }
            unfinished.start { [self] in await readAgain(for: visit) }
        case .discover(let school): discover(school)
        // Whoever landed it asks again; the visit has gone on.
        case .promise, .goOn: break
        }
    }

    private func answer(to visit: Visit) -> LoginAnswer {
        let record = visit.facts?.link(of: visit.event)?.key
        return LoginAnswer(
            event: visit.event,
            facts: visit.facts,
            leaver: visit.leaver,
            isLeaving: record.map { key in state.withLock { $0.leaving.contains(key) } } ?? false,
            now: workshop.clock.now()
        )
    }

    private func lookUp(_ key: FlightKey, for visit: Visit?) {
        guard let visit, let policy = visit.facts?.policy, let school = visit.facts?.recordSchool
        else {
            land(key, FlightResult(outcome: .sourceUnavailable))
            return
        }
        let flight = LookUpFlight(
            workshop: workshop,
            school: school,
            policy: policy,
            mayCreate: key.mayCreate,
            known: visit.facts?.person?.summary,
            vouchedFor: visit.facts?.person == nil ? visit.event.key.address : nil,
            otherKinds: visit.facts?.otherKinds(than: key.record.kind, for: visit.event) ?? [],
            settings: settings,
            influx: influx,
            login: visit.login,
            suspect: { [self] in _ = state.withLock { $0.leaving.insert(key.record) } },
            settle: { [self] result in
                let now = workshop.clock.now()
                state.withLock { $0.unnoted[visit.number] = (key.record, now) }
                land(key, result)
            },
            custody: Custody(end: visit.end - Self.answerTime) { [unfinished] work in
                unfinished.start(work)
            }
        )
        unfinished.start { [self] in
            var result = await flight.run(key.record)
            let isLanded = state.withLock { $0.unnoted.removeValue(forKey: visit.number) } != nil
            while !isLanded, land(key, result), let next = await askAgain(key, by: flight) {
                result = next
            }
            _ = state.withLock { $0.leaving.remove(key.record) }
            if visit.wasDeferred { tellEnd(of: visit, result) }
        }
    }

    /// What it takes at most to put an answer together.
    private static let answerTime = Duration.milliseconds(50)

    private func tellEnd(of visit: Visit, _ result: FlightResult) {
        workshop.telemetry.deferredEnded(
            answer(to: visit).landed(result, isShared: false),
            to: visit.event,
            as: visit.login
        )
    }

    /// Tells the desk what became of a look-up.
    /// - Returns: Whether it is to be made again.
    @discardableResult
    private func land(_ key: FlightKey, _ result: FlightResult) -> Bool {
        event(landing: { _ in result }) {
            $0.land(key, result.landing, keeping: result.addresses, at: $1)
        }
        .contains(.promise(key))
    }

    /// Makes a look-up again that was promised, when its turn comes.
    /// - Returns: What it brought; nil where that is another's care now, or nobody's.
    private func askAgain(_ key: FlightKey, by flight: LookUpFlight) async -> FlightResult? {
        let second = await flight.runAgain(key.record) {
            state.withLock { $0.desk.askAgain(key) }
        }
        switch second {
        case .made(let result): return result
        case .notOwed: return nil
        case .turnedAway:
            event { desk, _ in desk.giveUp(key) }
            return nil
        }
    }

    private func discover(_ key: SchoolKey) {
        unfinished.start { [self] in
            let discovery = Discovery(
                workshop: workshop,
                school: key,
                settings: settings,
                login: workshop.telemetry.newLogin()
            )
            let result = await discovery.run { self.state.withLock { $0.desk.wanted(at: key) } }
            let found = result.failure == nil ? Set(result.found.keys) : nil
            self.state.withLock { $0.discoveryTroubles[key] = result.failure?.trouble }
            event(
                landing: { $0.newcomer.flatMap { result.found[$0] } ?? result.failure },
                { $0.endDiscovery(of: key, found: found, served: result.served, at: $1) }
            )
        }
    }

    private func setAlarm(_ state: inout State, at now: ContinuousClock.Instant) {
        guard state.alarm == nil, let due = state.desk.nextWake else { return }
        // Unstructured on purpose: it belongs to the desk; `finishDeferred(within:)` ends it.
        state.alarm = Task { [self, clock = workshop.clock] in
            guard (try? await clock.sleep(for: now.duration(to: due))) != nil else { return }
            self.state.withLock { $0.alarm = nil }
            event { $0.wake(at: $1) }
        }
    }
}

extension LoginDesk.Action {
    /// The login that the action answers.
    fileprivate var answered: LoginDesk.Number? {
        switch self {
        case .answerLocally(let login), .answerDeferred(let login), .answerUnknown(let login, _),
            .answerUnavailable(let login, _), .answerLanded(let login, _):
            login
        case .lookUp, .discover, .promise, .goOn, .readAgain: nil
        }
    }

    /// The login for which something is begun.
    fileprivate var begun: LoginDesk.Number? {
        switch self {
        case .lookUp(_, let login), .readAgain(let login): login
        default: nil
        }
    }
}
