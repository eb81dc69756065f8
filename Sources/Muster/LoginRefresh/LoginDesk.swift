import Accounts
import Roster

/// Decides what every login waits for, what is asked of the source, and when somebody is answered.
///
/// A value: events in, actions out. It looks at no clock, store or source; moments come in, and
/// whoever runs it does what the actions say.
struct LoginDesk: Sendable {
    typealias Instant = ContinuousClock.Instant
    /// The number of one login.
    typealias Number = Int

    /// How a login stands; it is forgotten once it is answered and nothing more is to follow.
    private enum Phase: Sendable {
        /// Local data is read. Next: answered, or `waiting`.
        case reading
        /// The same, for a login that its budget answered. Next: forgotten, or a look-up behind.
        case readingBehind
        /// It waits for a look-up or a discovery. Next: answered.
        case waiting
    }

    let limits: DeskLimits
    private var phases: [Number: Phase] = [:]
    private var flights: [SourceKey: Flight] = [:]
    /// Look-ups to be made again, and how often each was.
    private var promises: [SourceKey: Int] = [:]
    private var discoveries: Discoveries
    private var unknown = Remembrance<UnknownName>()
    private var strangers: [SchoolKey: Allowance] = [:]
    private var last = 0

    init(limits: DeskLimits) {
        self.limits = limits
        discoveries = Discoveries(interval: limits.discoveryInterval, limit: limits.newcomers)
    }

    /// Logins that are not answered yet, or go on behind their answer.
    var going: Int { phases.count }
    /// Look-ups that go on, or are to be made again.
    var flying: Int { flights.count + promises.count }
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
            let actions = ask(key, for: login, isAnswered)
            if isAnswered { flights[key.record]?.isPromised = true }
            return actions
        case .askLeaver(let key, let otherwise):
            let actions = learn(.ask(key), of: login, at: now)
            flights[key.record]?.otherwise[login] = Otherwise(address: nil, finding: otherwise)
            return actions
        case .askHolder(let key, let address, let otherwise):
            let actions = learn(.ask(key), of: login, at: now)
            flights[key.record]?.otherwise[login] = Otherwise(address: address, finding: otherwise)
            return actions
        case .askStranger(let key):
            if unknown.holds(.stranger(key.record), at: now) {
                return finish(login, isAnswered, .answerUnknown(login, retryAfter: nil))
            }
            return askStranger(key, for: login, isAnswered, at: now)
        case .newcomer(let newcomer):
            return expect(newcomer, for: login, isAnswered, at: now)
        }
    }

    /// A look-up ended; its person has the addresses `kept` still, where that is not nil.
    mutating func land(
        _ key: FlightKey,
        _ landing: Landing,
        keeping kept: Set<String>? = nil,
        at now: Instant
    ) -> [Action] {
        note(landing, of: key.record, at: now)
        guard let flight = flights.removeValue(forKey: key.record) else { return [] }
        let again = landing == .lost && isOwed(flight) ? promise(flight.key) : []
        let makers = flight.makers.filter { phases[$0] != nil }
        let others = flight.otherwise.filter { $0.value.isDue(after: landing, keeping: kept) }
        let answered = (flight.waiting + (landing == .parked ? [] : makers)).filter {
            others[$0] == nil
        }
        var actions: [Action] = answered.compactMap { login in
            guard phases.removeValue(forKey: login) != nil else { return nil }
            return .answerLanded(login, isShared: login != flight.first)
        }
        if landing == .parked, let maker = makers.first {
            let next = FlightKey(record: key.record, mayCreate: true)
            flights[key.record] = Flight(key: next, first: maker, waiting: makers)
            actions.append(.lookUp(next, for: maker))
        }
        for (login, otherwise) in others.sorted(by: { $0.key < $1.key }) {
            actions += goOn(login, with: otherwise.finding, at: now)
        }
        return actions + again
    }

    /// Whoever was looked up is gone, or goes by another address now; somebody else of her name is
    /// looked for, also behind an answer that the budget forced unless local data must be read.
    private mutating func goOn(
        _ login: Number,
        with finding: Finding?,
        at now: Instant
    ) -> [Action] {
        guard let finding else {
            guard phases[login] != nil else { return [] }
            phases[login] = .reading
            return [.goOn(login), .readAgain(login)]
        }
        phases[login] = phases[login] == nil ? .readingBehind : .reading
        return [.goOn(login)] + learn(finding, of: login, at: now)
    }

    /// The source may be asked again for a record that was promised.
    ///
    /// Where another look-up of the record goes on, the promise is that one's from now on.
    /// - Returns: Whether it is to be made; logins wait for it from now on.
    mutating func askAgain(_ key: FlightKey) -> Bool {
        guard promises[key.record] != nil else { return false }
        guard flights[key.record] == nil else {
            flights[key.record]?.isPromised = true
            return false
        }
        flights[key.record] = Flight(key: key, first: nil, isPromised: true)
        return true
    }

    /// The turn of a record that was promised will not come.
    mutating func giveUp(_ key: FlightKey) -> [Action] {
        promises[key.record] = nil
        return []
    }

    /// A read of who changed ended; see `Discoveries.end`.
    mutating func endDiscovery(
        of school: SchoolKey,
        found: Set<Newcomer>?,
        served: Set<Newcomer>? = nil,
        at now: Instant
    ) -> [Action] {
        var actions: [Action] = []
        for (newcomer, logins) in discoveries.end(of: school, found: found, served: served) {
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
    func wanted(at school: SchoolKey) -> Set<Newcomer> { discoveries.wanted(at: school) }

    /// When `wake` is due without any other event; nil for never.
    var nextWake: Instant? { discoveries.nextWake }

    /// Time has passed.
    mutating func wake(at now: Instant) -> [Action] {
        discoveries.wake(at: now).map { .discover($0) }
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

    /// What a landing tells of the name that was asked for.
    private mutating func note(_ landing: Landing, of record: SourceKey, at now: Instant) {
        if landing == .unknown {
            remember(.stranger(record), at: now)
            strangers[record.school, default: Allowance()].take(per: limits.strangersPer, at: now)
        } else {
            unknown.remove(.stranger(record))
        }
        if landing != .lost { promises[record] = nil }
    }

    /// Whether a login was answered with the promise that the look-up goes on behind.
    private func isOwed(_ flight: Flight) -> Bool {
        flight.isPromised || flight.waiting.contains { phases[$0] == nil }
    }

    private mutating func promise(_ key: FlightKey) -> [Action] {
        let times = promises[key.record] ?? 0
        guard times < limits.retries, times > 0 || promises.count < limits.logins else {
            promises[key.record] = nil
            return []
        }
        promises[key.record] = times + 1
        return [.promise(key)]
    }

    /// Ids that nobody here has heard of are asked for until so many led to nobody.
    private mutating func askStranger(
        _ key: FlightKey,
        for login: Number,
        _ isAnswered: Bool,
        at now: Instant
    ) -> [Action] {
        let school = key.record.school
        // Those on their way may all lead to nobody.
        let going = flights.count { $0.key.school == school && $0.value.isStranger }
        let mayAsk = strangers[school, default: Allowance()].isLeft(
            of: limits.strangers - going,
            per: limits.strangersPer,
            at: now
        )
        guard mayAsk || flights[key.record] != nil else {
            return finish(
                login,
                isAnswered,
                .answerUnknown(login, retryAfter: limits.strangersPer)
            )
        }
        let actions = ask(key, for: login, isAnswered)
        flights[key.record]?.isStranger = true
        return actions
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
        switch discoveries.expect(newcomer, by: isAnswered ? nil : login, at: now) {
        case .waits(let begins):
            if isAnswered { phases[login] = nil } else { phases[login] = .waiting }
            return begins ? [.discover(school)] : []
        case .comesAgain(let wait):
            return finish(login, isAnswered, .answerUnknown(login, retryAfter: wait))
        case .cannotTell(let wait):
            return finish(login, isAnswered, .answerUnavailable(login, retryAfter: wait))
        }
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
