public import Roster

/// How a run stands or ended.
public enum RunState: String, Sendable, Hashable {
    /// It is going on.
    case running
    /// Everything it set out to do is done.
    case completed
    /// Part of it waits for a person.
    case held
    /// All of it waits for a person: nothing was applied.
    case preview
    /// It could not be finished.
    case failed
    /// A person stopped it.
    case cancelled
}

/// One batch sync as the store keeps it.
public struct Run: Sendable, Hashable {
    /// Its identity.
    public var id: RunID
    /// The connection it reads.
    public var connection: ConnectionID
    /// When it began.
    public var startedAt: Timestamp
    /// When it ended; nil while it goes on.
    public var endedAt: Timestamp?
    /// How it stands.
    public var state: RunState
    /// What it looks at.
    public var kind = RunKind.full
    /// Why it read everybody although changes were asked for; nil where it was asked for that.
    public var why: FullReason?
    /// When its process last said that it is alive.
    public var aliveAt: Timestamp
    /// Whether it read everybody to the end.
    public var isComplete: Bool
    /// Whether the source counted no more people than it listed: else a list that was read to its end
    /// tells who is there, and not who is absent.
    public var isCounted = true
    /// What it came to, so far or in the end.
    public var counts = RunCounts()
    /// Why it failed or what is held, in one sentence; nil where all went well.
    public var trouble: String?
    /// What waits for a person; nil where nothing does.
    public var plan: PlanID?
    /// What it was asked to do, by which others know whether it does what they ask for.
    public var order = SyncOrder()
    /// When somebody asked for its end; only `RunStore.askToEnd` sets it.
    public var endAskedAt: Timestamp?
    /// Records that need somebody's eye, with the reason; the first hundred.
    public var remarks: [RunRemark] = []
    /// Whose ids it found changed, by school and kind; it applied nothing of these people.
    public var changedIDs: [ChangedIDs] = []

    /// A run that begins.
    public init(id: RunID, connection: ConnectionID, startedAt: Timestamp) {
        self.id = id
        self.connection = connection
        self.startedAt = startedAt
        state = .running
        aliveAt = startedAt
        isComplete = false
    }

    /// What is known of a run that could not say how it ended.
    private static let silence =
        "This sync ended before it could say why, as when its process is killed or its disk is full; what it applied stays, and the next sync does the rest."

    /// Ends it as a run whose process ended before it did, when that last showed life.
    public mutating func cutOff() {
        state = .failed
        endedAt = aliveAt
        trouble = Self.silence
    }

    /// Whether it ended without a word.
    public var wasCutOff: Bool { state == .failed && (trouble == nil || trouble == Self.silence) }

    /// Whether it ends the plan of `other`, an earlier run of its connection.
    ///
    /// It does where it judged everybody anew or carried that plan out, and with it what was planned
    /// before `made`, whose plan that was, judged everybody; a preview ends only previews.
    public func endsPlan(of other: Run, carryingOut made: Run? = nil) -> Bool {
        switch state {
        case .completed, .held:
            switch kind {
            case .full: true
            case .delta: false
            case .approval:
                other.plan == order.plan
                    || made?.kind == .full && other.startedAt <= (made?.startedAt ?? startedAt)
            }
        case .preview: other.state == .preview
        case .running, .failed, .cancelled: false
        }
    }

    /// Why its lists do not tell who is absent, in sentences; nil where the source counted no more
    /// people than it listed.
    public var shortList: String? {
        guard !isCounted else { return nil }
        let said = remarks.ofLists
        // Earlier versions had other remarks before.
        return said.isEmpty
            ? "The MIS listed fewer people than it counts, or did not say how many there are, so nobody was taken for absent; sync again later."
            : said
    }

    /// Whether it goes on and showed life between `since` and `now`.
    ///
    /// Ten minutes after `now` are allowed for clocks that differ. A run that says more was begun
    /// by a clock that has been set back since, and would seem alive until that time comes again.
    public func isAlive(since: Timestamp, now: Timestamp) -> Bool {
        state == .running && aliveAt >= since && aliveAt <= now.advanced(by: .seconds(600))
    }
}

/// A record and what about it needs somebody's eye.
public struct RunRemark: Sendable, Hashable {
    /// The record's id at the source, if it has one.
    public var record: String?
    /// The kind of person whose record it is; nil where that is not known.
    public var kind: PersonKind?
    /// What is wrong, by the words of results or in one sentence.
    public var reason: String

    /// What is wrong with `record`, a record of `kind`.
    public init(record: String?, kind: PersonKind? = nil, reason: String) {
        self.record = record
        self.kind = kind
        self.reason = reason
    }
}

extension [RunRemark] {
    /// What is wrong with whole lists, which is said before anything of records, in sentences.
    public var ofLists: String {
        prefix { $0.record == nil }.map(\.reason).joined(separator: " ")
    }
}

/// What a run came to, counted in people.
public struct RunCounts: Sendable, Hashable {
    /// Records that the source listed.
    public var seen = 0
    /// Nothing was to be done.
    public var unchanged = 0
    /// The account took new values.
    public var changed = 0
    /// An account was made.
    public var created = 0
    /// A suspended account became active again.
    public var restored = 0
    /// The account was suspended.
    public var suspended = 0
    /// Accounts, besides those counted above, whose line manager or address followed from what
    /// became of somebody else.
    public var followed = 0
    /// A guard held the change back.
    public var held = 0
    /// A newer answer or another change contradicts the plan, so nothing was done.
    public var skipped = 0
    /// A person must decide whose record it is.
    public var disputed = 0
    /// The record cannot be used.
    public var failed = 0
    /// The record does not meet a criterion of the import, by which.
    public var ignored: [UnlinkedReason: Int] = [:]
    /// Whom the list has no more, or who meet a criterion no more, too short a time ago to be judged,
    /// and whom the same list would suspend twelve hours later.
    public var missing = 0
    /// Requests sent to the source.
    public var requests = 0

    /// A run in which nothing was seen yet.
    public init() {}
}

/// What a run found when it asked to begin.
public enum RunStart: Sendable, Hashable {
    /// It is the only one of its connection.
    case begun
    /// Another run of the connection is going on.
    case joined(Run)
}
