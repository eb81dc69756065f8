public import Accounts
public import Roster

/// Decides when a connection is synced by itself.
///
/// A value without a clock: what is known comes in, and what is due now comes out. The runs in the
/// store decide, so that several daemons on one store, and a daemon that starts anew, agree.
public struct Timetable: Sendable {
    /// What is due.
    public enum Decision: Sendable, Hashable {
        /// Nothing yet.
        case wait
        /// The first sync of the connection, once the school can be read.
        case first(SyncOrder)
        /// Another sync.
        case due(SyncOrder)
    }

    /// How many of the last runs `decision` wants to see: more failures change nothing.
    public static let recentRuns = 50
    /// A run that fails is tried again after this long, then after twice as long, and so on.
    static let firstRetry = Duration.seconds(900)
    /// But at the latest after this long, unless the schedule itself is slower.
    static let longestRetry = Duration.seconds(4 * 3600)
    /// What was missed is caught up within this long after a start, not all at once.
    static let catchingUp = Duration.seconds(600)
    /// Clocks of machines differ by no more; a run from later was begun by a clock set back since.
    static let clockDifference = Duration.seconds(600)

    /// The connection.
    public var connection: ConnectionID
    /// When it is synced.
    public var schedule: SyncSchedule
    /// What becomes of its first sync.
    public var firstSync: FirstSyncRule
    /// Since when somebody has been looking at timetables.
    public var upSince: Timestamp

    /// The timetable of a connection.
    public init(
        connection: ConnectionID,
        schedule: SyncSchedule,
        firstSync: FirstSyncRule,
        upSince: Timestamp
    ) {
        self.connection = connection
        self.schedule = schedule
        self.firstSync = firstSync
        self.upSince = upSince
    }

    /// What is due at `now`, on `today` at the school.
    /// - Parameters:
    ///   - now: The moment.
    ///   - today: The day at the school.
    ///   - runs: The last `recentRuns` runs, the newest first.
    ///   - milestones: Runs that may lie further back: the last of each milestone.
    /// - Returns: What is due.
    public func decision(
        at now: Timestamp,
        on today: Day,
        after runs: [Run],
        and milestones: [Run] = []
    ) -> Decision {
        guard let interval = schedule.interval, !schedule.isHoliday(on: today) else { return .wait }
        let latest = now.advanced(by: Self.clockDifference)
        let earlier = milestones.filter { run in !runs.contains { $0.id == run.id } }
            .sorted { $0.startedAt > $1.startedAt }
        let known = runs + earlier
        let runs = known.filter { $0.startedAt <= latest }
        let alive = now - Self.longestSilence
        guard !runs.contains(where: { $0.kind != .approval && $0.isAlive(since: alive, now: now) })
        else { return .wait }
        let reads = runs.filter { $0.kind != .approval }.map(\.buried)
        let isLoaded = known.contains {
            $0.state == .completed || ($0.state == .held && $0.counts.seen > 0)
        }
        guard isLoaded else { return firstDecision(at: now, after: reads) }
        // Where the clock was set back behind all that is known, nobody can tell how long ago they were.
        guard let last = reads.first else { return .due(SyncOrder()) }
        guard now >= due(after: last, of: reads, interval, at: now) else { return .wait }
        return .due(SyncOrder(onlyChanges: mayReadChanges(at: now, after: reads, interval)))
    }

    /// The longest that a run that lives says nothing.
    private static let longestSilence = Duration.seconds(600)

    private func firstDecision(at now: Timestamp, after reads: [Run]) -> Decision {
        switch firstSync {
        case .wait: return .wait
        // A person looks at the plan; another would only take its place, until that one lapses.
        case .preview where reads.contains { $0.holdsPlan(at: now) }: return .wait
        case .run, .preview:
            let isTooSoon = reads.first.map {
                now < retry(of: $0, among: reads, Self.firstRetry, at: now)
            }
            return isTooSoon == true
                ? .wait : .first(SyncOrder(isPreview: firstSync == .preview))
        }
    }

    private func due(
        after last: Run,
        of reads: [Run],
        _ interval: Duration,
        at now: Timestamp
    ) -> Timestamp {
        if last.state == .failed || last.state == .cancelled {
            return retry(of: last, among: reads, interval, at: now)
        }
        // A sync that a person began takes the place of the next, unless that is far away.
        let due = slot(from: last.startedAt.advanced(by: interval / 2), interval)
        // A start ahead of now was before the clock was set back: long enough ago.
        guard due < upSince, upSince <= now else { return due }
        return upSince.advanced(by: share(of: min(Self.catchingUp, interval / 4)))
    }

    /// When a run that failed is tried again.
    private func retry(
        of last: Run,
        among reads: [Run],
        _ interval: Duration,
        at now: Timestamp
    ) -> Timestamp {
        let failures = reads.prefix { [.failed, .cancelled].contains($0.state) }.count
        let longest = max(interval, Self.longestRetry)
        var wait = min(interval, Self.firstRetry)
        for _ in 1..<max(2, min(failures, 20)) where failures > 1 { wait = min(wait * 2, longest) }
        // An end ahead of now was dated before the clock was set back.
        let latest = now.advanced(by: Self.clockDifference)
        let ended = last.endedAt.flatMap { $0 <= latest ? $0 : nil } ?? last.startedAt
        return ended.advanced(by: wait + share(of: wait / 10))
    }

    /// The first moment from `moment` on at which the connection has its turn: turns of different
    /// connections are spread over the interval, and stay where they are whenever anybody starts.
    private func slot(from moment: Timestamp, _ interval: Duration) -> Timestamp {
        let length = max(1, interval.milliseconds)
        let phase = share(of: interval).milliseconds
        let since = moment.milliseconds - phase
        let turns = since >= 0 ? (since + length - 1) / length : since / length
        return Timestamp(milliseconds: turns * length + phase)
    }

    /// A part of `duration` that is the connection's own.
    private func share(of duration: Duration) -> Duration {
        var bits = UInt64(bitPattern: connection.value) &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        return .milliseconds(Int64(bits % UInt64(max(1, duration.milliseconds))))
    }

    /// Whether everybody was read so lately that they are read again within a day of it.
    private func mayReadChanges(
        at now: Timestamp,
        after reads: [Run],
        _ interval: Duration
    ) -> Bool {
        guard schedule.readsChanges, interval < SyncSchedule.day,
            let full = reads.first(where: { $0.kind == .full && $0.isComplete })
        else { return false }
        return now.advanced(by: interval) <= full.startedAt.advanced(by: SyncSchedule.day)
    }
}

extension Run {
    /// Whether it is a preview whose plan can be approved still.
    fileprivate func holdsPlan(at now: Timestamp) -> Bool {
        state == .preview && now < (endedAt ?? startedAt).advanced(by: SyncPlan.life)
    }

    /// The same run, failed when it last showed life if it says that it goes on: its process is no
    /// more.
    fileprivate var buried: Run {
        guard state == .running else { return self }
        var dead = self
        dead.cutOff()
        return dead
    }
}

extension Timestamp {
    fileprivate static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        moment.advanced(by: .zero - duration)
    }
}
