import Accounts
import Roster

/// A look-up: one at a time for each record.
struct FlightKey: Hashable, Sendable {
    let record: SourceKey
    /// Whether it may make an account; who may is not content with a look-up that may not.
    let mayCreate: Bool
}

/// Somebody nobody here knows, who may be new at the school.
struct Newcomer: Hashable, Sendable {
    let school: SchoolKey
    /// The address, in the form in which addresses compare.
    let email: String
    let mayCreate: Bool
}

/// Decides what every login waits for, what is asked of the source, and when somebody is answered.
///
/// A value: events in, actions out. It looks at no clock, store or source; moments come in, and
/// whoever runs it does what the actions say.
struct LoginDesk: Sendable {
    typealias Instant = ContinuousClock.Instant
    /// The number of one login.
    typealias Number = Int

    /// What local data says of a login.
    enum Finding: Sendable, Hashable {
        /// Local data answers it.
        case settled
        /// It is fresh enough; past half of its life it is looked up behind the answer.
        case fresh(lookUpBehind: FlightKey?)
        /// The source must be asked for a record that is known.
        case ask(FlightKey)
        /// The source must be asked for a record that nobody here has heard of.
        case askStranger(FlightKey)
        /// Nobody is known by that name, but the school may list somebody since the last run.
        case newcomer(Newcomer)
    }

    enum Action: Sendable, Hashable {
        /// Answer from local data; nothing was asked.
        case answerLocally(Number)
        /// The budget is over: answer from local data, the rest goes on behind.
        case answerDeferred(Number)
        /// Nobody is known by that name, and nothing is asked; it is worth trying again after
        /// `retryAfter`, where that is not nil.
        case answerUnknown(Number, retryAfter: Duration?)
        /// Answer with what the look-up brought; it was another login's where `isShared`.
        case answerLanded(Number, isShared: Bool)
        /// Look the record up, for this login first of all.
        case lookUp(FlightKey, for: Number)
        /// Read who changed at the school.
        case discover(SchoolKey)
    }

    /// How a login stands; it is forgotten once it is answered and nothing more is to follow.
    private enum Phase: Sendable {
        /// Local data is read. Next: answered, or `waiting`.
        case reading
        /// The same, for a login that its budget answered. Next: forgotten, or a look-up behind.
        case readingBehind
        /// It waits for a look-up or a discovery. Next: answered.
        case waiting
    }

    private struct Flight: Sendable {
        let key: FlightKey
        let first: Number
        var waiting: [Number]
        /// Those for whom an account may be made, by the next look-up if this one may not.
        var makers: [Number] = []
    }

    private struct Discovery: Sendable {
        var isGoingOn: Bool
        /// When the last one began.
        var beganAt: Instant
        /// Who is looked for, and which logins wait for her.
        var wanted: [Newcomer: [Number]] = [:]
    }

    let limits: DeskLimits
    private var phases: [Number: Phase] = [:]
    private var flights: [SourceKey: Flight] = [:]
    private var discoveries: [SchoolKey: Discovery] = [:]
    private var unknown = Remembrance<UnknownName>()
    private var strangers: [SchoolKey: Allowance] = [:]
    private var last = 0

    init(limits: DeskLimits) { self.limits = limits }

    /// Logins that are not answered yet, or go on behind their answer.
    var going: Int { phases.count }
    /// Look-ups that go on.
    var flying: Int { flights.count }
    /// Names remembered as unknown.
    var rememberedNames: Int { unknown.count }
}

/// A name that led to nobody.
private enum UnknownName: Hashable, Sendable {
    case newcomer(SchoolKey, String)
    case stranger(SourceKey)
}

// Events.
extension LoginDesk {
    /// Somebody logs in.
    /// - Returns: Her number; nil where so many go on that this one must do with local data.
    mutating func arrive() -> Number? {
        guard phases.count < limits.logins else { return nil }
        last += 1
        phases[last] = .reading
        return last
    }

    /// Local data was read.
    mutating func learn(_ finding: Finding, of login: Number, at now: Instant) -> [Action] {
        guard let phase = phases[login] else { return [] }
        let isAnswered: Bool
        if case .readingBehind = phase { isAnswered = true } else { isAnswered = false }
        switch finding {
        case .settled:
            return finish(login, isAnswered, .answerLocally(login))
        case .fresh(let behind):
            let answer = finish(login, isAnswered, .answerLocally(login))
            return answer + (behind.map { ask($0, for: login, true) } ?? [])
        case .ask(let key):
            return ask(key, for: login, isAnswered)
        case .askStranger(let key):
            if unknown.holds(.stranger(key.record), at: now) {
                return finish(login, isAnswered, .answerUnknown(login, retryAfter: nil))
            }
            return askStranger(key, for: login, isAnswered, at: now)
        case .newcomer(let newcomer):
            return expect(newcomer, for: login, isAnswered, at: now)
        }
    }

    /// A look-up ended; `wasUnknown` where the source has no such record, `isParked` where an
    /// account would have been made if it might.
    mutating func land(
        _ key: FlightKey,
        wasUnknown: Bool,
        isParked: Bool = false,
        at now: Instant
    ) -> [Action] {
        let name = UnknownName.stranger(key.record)
        if wasUnknown {
            remember(name, at: now)
            strangers[key.record.school, default: Allowance()].take(
                per: limits.strangersPer,
                at: now
            )
        } else {
            unknown.remove(name)
        }
        guard let flight = flights.removeValue(forKey: key.record) else { return [] }
        let makers = flight.makers.filter { phases[$0] != nil }
        let answered = flight.waiting + (isParked ? [] : makers)
        var actions: [Action] = answered.compactMap { login in
            guard phases.removeValue(forKey: login) != nil else { return nil }
            return .answerLanded(login, isShared: login != flight.first)
        }
        if isParked, let maker = makers.first {
            let next = FlightKey(record: key.record, mayCreate: true)
            flights[key.record] = Flight(key: next, first: maker, waiting: makers)
            actions.append(.lookUp(next, for: maker))
        }
        return actions
    }

    /// A read of who changed ended.
    ///
    /// `found` are the newcomers that it led to, nil where the source could not be read; `served`
    /// those it looked for, nil for all. Who came too late for it is looked for in the next.
    mutating func endDiscovery(
        of school: SchoolKey,
        found: Set<Newcomer>?,
        served: Set<Newcomer>? = nil,
        at now: Instant
    ) -> [Action] {
        guard let all = discoveries[school]?.wanted else { return [] }
        let isLate = { (newcomer: Newcomer) in
            found != nil && served.map { !$0.contains(newcomer) } ?? false
        }
        let wanted = all.filter { !isLate($0.key) }
        discoveries[school]?.isGoingOn = false
        discoveries[school]?.wanted = all.filter { isLate($0.key) }
        var actions: [Action] = []
        for (newcomer, logins) in wanted {
            let name = UnknownName.newcomer(school, newcomer.email)
            let isUnknown = found.map { !$0.contains(newcomer) } ?? false
            if isUnknown { remember(name, at: now) } else { unknown.remove(name) }
            for login in logins where phases.removeValue(forKey: login) != nil {
                actions.append(
                    isUnknown
                        ? .answerUnknown(login, retryAfter: nil)
                        : .answerLanded(login, isShared: login != logins.first)
                )
            }
        }
        return actions
    }

    /// Who is looked for at a school now.
    func wanted(at school: SchoolKey) -> Set<Newcomer> {
        discoveries[school].map { Set($0.wanted.keys) } ?? []
    }

    /// When `wake` is due without any other event; nil for never.
    var nextWake: Instant? {
        discoveries.values.filter { !$0.isGoingOn && !$0.wanted.isEmpty }
            .map { $0.beganAt + limits.discoveryInterval }.min()
    }

    /// Time has passed.
    mutating func wake(at now: Instant) -> [Action] {
        discoveries.compactMap { school, discovery in
            guard !discovery.isGoingOn, !discovery.wanted.isEmpty,
                discovery.beganAt + limits.discoveryInterval <= now
            else { return nil }
            discoveries[school]?.isGoingOn = true
            discoveries[school]?.beganAt = now
            return .discover(school)
        }
    }

    /// The budget of a login is over.
    mutating func endBudget(of login: Number) -> [Action] {
        switch phases[login] {
        case nil, .readingBehind: return []
        case .reading: phases[login] = .readingBehind
        case .waiting: phases[login] = nil
        }
        return [.answerDeferred(login)]
    }
}

// What events have in common.
extension LoginDesk {
    /// A login that is answered now, or was before.
    private mutating func finish(
        _ login: Number,
        _ isAnswered: Bool,
        _ answer: Action
    ) -> [Action] {
        phases[login] = nil
        return isAnswered ? [] : [answer]
    }

    private mutating func ask(
        _ key: FlightKey,
        for login: Number,
        _ isAnswered: Bool
    ) -> [Action] {
        phases[login] = isAnswered ? nil : .waiting
        let waiting = isAnswered ? [] : [login]
        if let flight = flights[key.record] {
            if key.mayCreate, !flight.key.mayCreate {
                flights[key.record]?.makers += waiting
            } else {
                flights[key.record]?.waiting += waiting
            }
            return []
        }
        guard flights.count < limits.logins else {
            return finish(login, isAnswered, .answerLocally(login))
        }
        flights[key.record] = Flight(key: key, first: login, waiting: waiting)
        return [.lookUp(key, for: login)]
    }

    /// Ids that nobody here has heard of are asked for until so many led to nobody.
    private mutating func askStranger(
        _ key: FlightKey,
        for login: Number,
        _ isAnswered: Bool,
        at now: Instant
    ) -> [Action] {
        let school = key.record.school
        let mayAsk =
            strangers[school]?.isLeft(
                of: limits.strangers,
                per: limits.strangersPer,
                at: now
            ) ?? true
        guard mayAsk || flights[key.record] != nil else {
            return finish(
                login,
                isAnswered,
                .answerUnknown(login, retryAfter: limits.strangersPer)
            )
        }
        return ask(key, for: login, isAnswered)
    }

    /// A newcomer is looked for in the read that goes on, in one that begins now, or in the next.
    private mutating func expect(
        _ newcomer: Newcomer,
        for login: Number,
        _ isAnswered: Bool,
        at now: Instant
    ) -> [Action] {
        let school = newcomer.school
        if unknown.holds(.newcomer(school, newcomer.email), at: now) {
            return finish(login, isAnswered, .answerUnknown(login, retryAfter: nil))
        }
        let due = discoveries[school].map { $0.beganAt + limits.discoveryInterval } ?? now
        var discovery = discoveries[school] ?? Discovery(isGoingOn: false, beganAt: now)
        let mayWait = discovery.isGoingOn || due <= now
        let waits = mayWait && !isAnswered
        guard discovery.wanted.count < limits.newcomers || discovery.wanted[newcomer] != nil else {
            return finish(
                login,
                isAnswered,
                .answerUnknown(login, retryAfter: limits.discoveryInterval)
            )
        }
        discovery.wanted[newcomer, default: []] += waits ? [login] : []
        var actions: [Action] = []
        if !discovery.isGoingOn, due <= now {
            discovery.isGoingOn = true
            discovery.beganAt = now
            actions.append(.discover(school))
        }
        discoveries[school] = discovery
        if waits {
            phases[login] = .waiting
        } else {
            actions += finish(
                login,
                isAnswered,
                .answerUnknown(login, retryAfter: max(.zero, now.duration(to: due)))
            )
        }
        return actions
    }

    private mutating func remember(_ name: UnknownName, at now: Instant) {
        unknown.add(
            name,
            until: now + limits.unknownLife,
            atMost: limits.unknownNames,
            at: now
        )
    }
}
