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
    /// What it came to, so far or in the end.
    public var counts = RunCounts()
    /// Why it failed or what is held, in one sentence; nil where all went well.
    public var trouble: String?
    /// What waits for a person; nil where nothing does.
    public var plan: PlanID?
    /// The plan that it carries out; nil for a run that reads.
    public var approves: PlanID?
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

    /// Whether it ends the plan of `other`, an earlier run of its connection.
    ///
    /// It does where it judged everybody anew or carried a plan out; a preview ends only previews.
    public func endsPlan(of other: Run) -> Bool {
        switch state {
        case .completed, .held: kind != .delta
        case .preview: other.state == .preview
        case .running, .failed, .cancelled: false
        }
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
    /// What is wrong, by the words of results or in one sentence.
    public var reason: String

    /// What is wrong with `record`.
    public init(record: String?, reason: String) {
        self.record = record
        self.reason = reason
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

/// What the store knows of a link without reading it: enough to see that nothing changed.
public struct LinkMark: Sendable, Hashable {
    /// The digest of what was applied last; nil where it must be planned anew.
    public var fingerprint: UInt64?
    /// The next day on which the same answer would be planned otherwise.
    public var replanOn: Day?
    /// The number of the request whose answer was applied last.
    public var sequence: Int64
    /// Whether absence was noted or inferred since the person was last seen.
    public var isMissing: Bool

    /// The mark of a link.
    public init(fingerprint: UInt64?, replanOn: Day?, sequence: Int64, isMissing: Bool) {
        self.fingerprint = fingerprint
        self.replanOn = replanOn
        self.sequence = sequence
        self.isMissing = isMissing
    }
}

/// What a batch stages while it reads.
public struct StagedObservation: Sendable, Hashable {
    /// What the source said.
    public var observation: Observation
    /// The address it states, as accounts compare it.
    public var email: String?
    /// Whether the record has a link.
    public var isLinked: Bool
    /// Which comes first among those that have a link, and among those that have none: the order
    /// spares work where line managers come before those who report to them, and is nothing else.
    public var turn: StagedTurn

    /// An observation to be planned once everything has been read.
    public init(
        observation: Observation,
        email: String?,
        isLinked: Bool,
        turn: StagedTurn = .others
    ) {
        self.observation = observation
        self.email = email
        self.isLinked = isLinked
        self.turn = turn
    }
}

/// When a staged observation is taken, the first of these first.
public enum StagedTurn: Int, Sendable, Hashable, CaseIterable {
    /// Those who name no line manager.
    case top
    /// Those whom somebody names as line manager.
    case managers
    /// Everybody else.
    case others
}

/// What the store knows of a present link without reading it: enough to judge absence.
public struct PresenceMark: Sendable, Hashable {
    /// The record.
    public var key: SourceKey
    /// Whether it no longer met a criterion when it was seen last.
    public var isOutOfScope: Bool
    /// The number of the request whose answer was applied last.
    public var sequence: Int64
    /// When a run first did not see it; nil where the last one did.
    public var missingSince: Timestamp?

    /// The mark of a present link.
    public init(key: SourceKey, isOutOfScope: Bool, sequence: Int64, missingSince: Timestamp?) {
        self.key = key
        self.isOutOfScope = isOutOfScope
        self.sequence = sequence
        self.missingSince = missingSince
    }
}

/// Where batches keep what they have read and not yet applied, so that it need not fit in memory.
///
/// `update`, `stage`, `hasten`, both `staged` and `keep` throw `stale` for a run that is kept as anything but
/// running, or not at all: it was taken over, and must not go on as if it were not. What is staged
/// is forgotten by `AccountStore.apply`, with the change that came of it.
public protocol RunStore: Sendable {
    /// Begins a run, unless one of the same connection that was alive after `aliveSince` goes on,
    /// as `Run.isAlive(since:now:)` judges when `run` starts.
    /// A run that was not is marked as failed, and what it staged is thrown away.
    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart

    /// Keeps how a run that goes on stands; with any state but `running`, throws away what it staged.
    ///
    /// What it planned is thrown away too unless it ends with a plan. A run that read everybody, or
    /// carried out a plan, throws away the plans of earlier runs of its connection; a preview only
    /// those of previews, because it applied nothing of what others hold.
    func update(_ run: Run) async throws(StoreError)

    /// Notes in a run that goes on, whichever process has it, that somebody asks for its end.
    ///
    /// A run that is over stays as it is; `update` leaves the note alone.
    func askToEnd(_ run: RunID, at: Timestamp) async throws(StoreError)

    /// A run by its identity.
    func run(_ id: RunID) async throws(StoreError) -> Run?

    /// Up to `limit` runs of a connection, the newest first.
    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run]

    /// The run of a connection that came to `milestone` and began last, however long ago.
    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run?

    /// Forgets up to `limit` runs of a connection that began before `before`, the oldest first.
    ///
    /// Kept are a run that goes on, the newest that is `completed` and complete, and the newest of
    /// each milestone: what guards, schedules and logins go by.
    /// - Returns: How many were forgotten.
    func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int

    /// The marks of the links of `keys`; no entry for records without one.
    func marks(of keys: [SourceKey]) async throws(StoreError) -> [SourceKey: LinkMark]

    /// Keeps observations until the run has read everything; a record staged twice keeps the later.
    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError)

    /// Makes the turn of staged observations that of `managers`, where it is a later one.
    func hasten(_ keys: [SourceKey], in run: RunID) async throws(StoreError)

    /// Up to `limit` staged observations that no change set has taken yet, linked ones first, then
    /// by their turn, then by the id of their record.
    func staged(in run: RunID, limit: Int) async throws(StoreError) -> [StagedObservation]

    /// Up to `limit` staged observations in a fixed order after `after`: to look at
    /// all of them without taking any.
    func staged(
        in run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [StagedObservation]

    /// Keeps what a run does not do but leaves to a person, beside what it staged; a record kept
    /// twice keeps the later.
    func keep(_ records: [PlannedRecord], for run: RunID) async throws(StoreError)

    /// Up to `limit` records of the plan that a run made, in a fixed order after `after`.
    func planned(
        by run: RunID,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PlannedRecord]

    /// What is planned for one record by the newest run that began at `since` or later, ended as
    /// `held`, and whose plan still waits; nil where nothing of the record waits. A preview holds
    /// nothing.
    func heldRecord(
        _ key: SourceKey,
        since: Timestamp
    ) async throws(StoreError) -> PlannedRecord?

    /// The run that ended with `plan`, the newest where there are several.
    func run(with plan: PlanID) async throws(StoreError) -> Run?

    /// Up to `limit` present links of `kind` in `school`, in a fixed order after `after`.
    func presentLinks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [Link]

    /// The marks of what `presentLinks` gives, in the same order.
    func presenceMarks(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [PresenceMark]

    /// Up to `limit` records of `kind` in `school` without an account, in a fixed order after
    /// `after`, which may be without an account no more.
    func unlinkedKeys(
        of kind: PersonKind,
        in school: SchoolKey,
        after: SourceKey?,
        limit: Int
    ) async throws(StoreError) -> [SourceKey]
}
