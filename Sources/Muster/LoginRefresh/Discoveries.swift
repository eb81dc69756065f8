import Roster

/// Somebody nobody here knows, who may be new at the school.
struct Newcomer: Hashable, Sendable {
    let school: SchoolKey
    /// The address, in the form in which addresses compare.
    let email: String
    let mayCreate: Bool
}

/// Decides when the reads of who changed are made that newcomers are looked for in: one at a time
/// for each school, and none too soon after the last.
///
/// A value, like the desk that it belongs to.
struct Discoveries: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What becomes of somebody who is looked for.
    enum Place: Sendable, Hashable {
        /// She is looked for in the read that goes on, or `begins`.
        case waits(begins: Bool)
        /// She is looked for in the next, or not at all; it is worth trying again then.
        case comesAgain(after: Duration)
        /// The same, where the last read failed: nobody can say whether she is new.
        case cannotTell(Duration)
    }

    private struct Discovery: Sendable {
        var isGoingOn: Bool
        /// When the last one began.
        var beganAt: Instant
        /// Whether the last one failed.
        var hasFailed = false
        /// Who is looked for, and which logins wait for her.
        var wanted: [Newcomer: [LoginDesk.Number]] = [:]
    }

    /// The time between two reads at a school.
    let interval: Duration
    /// Newcomers that one read may look for.
    let limit: Int
    private var schools: [SchoolKey: Discovery] = [:]

    init(interval: Duration, limit: Int) {
        self.interval = interval
        self.limit = limit
    }

    /// Looks for a newcomer, for a login that waits for her unless that is nil.
    mutating func expect(
        _ newcomer: Newcomer,
        by login: LoginDesk.Number?,
        at now: Instant
    ) -> Place {
        let school = newcomer.school
        let due = schools[school].map { $0.beganAt + interval } ?? now
        var discovery = schools[school] ?? Discovery(isGoingOn: false, beganAt: now)
        guard discovery.wanted.count < limit || discovery.wanted[newcomer] != nil else {
            return .comesAgain(after: interval)
        }
        let begins = !discovery.isGoingOn && due <= now
        let mayWait = discovery.isGoingOn || begins
        discovery.wanted[newcomer, default: []] += mayWait ? [login].compactMap(\.self) : []
        if begins {
            discovery.isGoingOn = true
            discovery.beganAt = now
        }
        schools[school] = discovery
        if mayWait { return .waits(begins: begins) }
        let wait = max(.zero, now.duration(to: due))
        return discovery.hasFailed ? .cannotTell(wait) : .comesAgain(after: wait)
    }

    /// A read ended.
    ///
    /// `found` are the newcomers that it led to, nil where the source could not be read; `served`
    /// those it looked for, nil for all. Who came too late for it is looked for in the next.
    /// - Returns: Who was looked for, and which logins wait for her.
    mutating func end(
        of school: SchoolKey,
        found: Set<Newcomer>?,
        served: Set<Newcomer>?
    ) -> [Newcomer: [LoginDesk.Number]] {
        guard let all = schools[school]?.wanted else { return [:] }
        let isLate = { (newcomer: Newcomer) in
            found != nil && served.map { !$0.contains(newcomer) } ?? false
        }
        schools[school]?.isGoingOn = false
        schools[school]?.hasFailed = found == nil
        schools[school]?.wanted = all.filter { isLate($0.key) }
        return all.filter { !isLate($0.key) }
    }

    /// Who is looked for at a school now.
    func wanted(at school: SchoolKey) -> Set<Newcomer> {
        schools[school].map { Set($0.wanted.keys) } ?? []
    }

    /// When `wake` is due without any other event; nil for never.
    var nextWake: Instant? {
        schools.values.filter { !$0.isGoingOn && !$0.wanted.isEmpty }
            .map { $0.beganAt + interval }.min()
    }

    /// Time has passed.
    /// - Returns: The schools where a read begins.
    mutating func wake(at now: Instant) -> [SchoolKey] {
        schools.compactMap { school, discovery in
            guard !discovery.isGoingOn, !discovery.wanted.isEmpty,
                discovery.beganAt + interval <= now
            else { return nil }
            schools[school]?.isGoingOn = true
            schools[school]?.beganAt = now
            return school
        }
    }
}
