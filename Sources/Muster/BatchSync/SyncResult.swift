public import Accounts
import Reconciliation
import Roster

/// How a batch sync ended.
public enum SyncState: String, Sendable, Hashable {
    /// Everything was read and applied.
    case completed
    /// What no guard touched is applied; the rest waits for a person.
    case held
    /// It could not be finished; what was applied stays.
    case failed
    /// Another run of the connection was going on already; this call did nothing.
    case joined
}

/// What a batch sync came to, counted in people.
public struct SyncResult: Sendable, Hashable {
    /// The run.
    public var run: RunID
    /// How it ended.
    public var state: SyncState
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
    /// A person must decide whose record it is.
    public var disputed = 0
    /// The record cannot be used.
    public var failed = 0
    /// The record does not meet a criterion of the import, by which.
    public var ignored: [UnlinkedReason: Int] = [:]
    /// Accounts, besides those counted above, whose line manager or address followed from what
    /// became of somebody else.
    public var followed = 0
    /// Requests sent to the source.
    public var requests = 0
    /// The time it took.
    public var time = Duration.zero
    /// Records that need somebody's eye, with the reason; the first hundred.
    public var remarks: [Remark] = []
    /// Why it failed or what is held, in one sentence; nil where all went well.
    public var trouble: String?

    /// A record and what about it needs somebody's eye.
    public struct Remark: Sendable, Hashable {
        /// The record's id at the source, if it has one.
        public var record: String?
        /// What is wrong, by the words of results or in one sentence.
        public var reason: String
    }

    /// A run in which nothing was seen yet.
    public init(run: RunID, state: SyncState = .completed) {
        self.run = run
        self.state = state
    }

    mutating func count(_ plan: PersonPlan) {
        switch plan.outcome {
        case .unchanged: unchanged += 1
        case .changed: changed += 1
        case .created: created += 1
        case .restored: restored += 1
        case .suspended: suspended += 1
        case .ignored(let reason): ignored[reason, default: 0] += 1
        case .disputed(let reason):
            disputed += 1
            remark(plan.key.id, reason.rawValue)
        case .failed(let reason):
            failed += 1
            remark(plan.key.id, reason.rawValue)
        }
    }

    /// Counts what a guard holds back, and says so after what was said before.
    mutating func hold(_ people: Int, _ sentence: String) {
        state = .held
        held += people
        trouble = [trouble, sentence].compactMap(\.self).joined(separator: " ")
    }

    mutating func remark(_ record: String?, _ reason: String) {
        if remarks.count < 100 { remarks.append(Remark(record: record, reason: reason)) }
    }
}

/// How far a batch sync has come.
public struct SyncProgress: Sendable, Hashable {
    /// What it is doing.
    public enum Stage: String, Sendable, Hashable {
        /// Pages are read from the source.
        case reading
        /// What was read is planned and applied.
        case applying
    }

    /// What it is doing.
    public var stage: Stage
    /// People done in this stage.
    public var done: Int
    /// People in this stage, if known.
    public var total: Int?
}
