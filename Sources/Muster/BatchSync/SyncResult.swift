public import Accounts
import Reconciliation
package import Roster

/// How a batch sync ended.
public enum SyncState: String, Sendable, Hashable, CaseIterable {
    /// Everything was read and applied.
    case completed
    /// What no guard touched is applied; the rest waits for a person.
    case held
    /// It could not be finished; what was applied stays.
    case failed
    /// A person stopped it; what was applied stays.
    case cancelled
    /// Everything was read and planned, and nothing applied.
    case preview
    /// Another run of the connection was going on already; this call did nothing.
    case joined
}

/// What a batch sync came to, counted in people.
@dynamicMemberLookup
public struct SyncResult: Sendable, Hashable {
    /// The run.
    public var run: RunID
    /// How it ended.
    public var state: SyncState
    /// What it looked at.
    public var kind = RunKind.full
    /// Why it read everybody although changes were asked for; nil where it was asked for that.
    public var why: FullReason?
    /// What it came to; its members are members of the result too.
    public var counts = RunCounts()
    /// The time it took.
    public var time = Duration.zero
    /// Whether the source counted no more people than it listed; else the first remarks say where not.
    public var isCounted = true
    /// Records that need somebody's eye, with the reason; the first hundred, and then how many more.
    public var remarks: [RunRemark] = []
    private var unremarked = 0
    private static let remarked = 100
    /// Why it failed or what is held, in one sentence; nil where all went well.
    public var trouble: String?
    /// What the plan of a preview would do: who would lose or regain access, and of everything else
    /// the first thousand changes.
    public var planned: [PlannedChange] = []
    /// How many changes more the plan of a preview would make.
    public var plannedBesides = 0
    /// How people are told whose school lists them under other ids, by school and kind.
    public var renumbered: [Renumbering] = []
    /// What people of a school show no more, as when it takes a permission back.
    public var withdrawn: [WithdrawnField] = []
    /// What is left to a person.
    var waiting = SyncPlan()

    /// What is left to a person, by the name to approve it by; nil where nothing is.
    public var plan: PlanID?

    /// A record and what about it needs somebody's eye.
    public typealias Remark = RunRemark

    /// A run in which nothing was seen yet.
    public init(run: RunID, state: SyncState = .completed) {
        self.run = run
        self.state = state
    }

    /// What comes of a run by `order` that found `other` going on, and did nothing.
    init(beside other: Run, asking order: SyncOrder) {
        self.init(run: other.id, state: .joined)
        kind = other.kind
        let id = other.id.value
        trouble =
            other.order.includes(order)
            ? "Another sync was going on (run \(id)), so this one did nothing; `muster runs \(id)` tells how that one ends."
            : "Another sync was going on (run \(id)) that \(other.order.words), so this one did nothing; once that is over, sync again."
    }

    /// What `run` came to, as the store keeps it at `moment`: the result of whoever waited for it, which
    /// has `joined` it where it is done.
    package init(joined run: Run, at moment: Timestamp) {
        self = RunReport(run, at: moment).result
        state =
            switch run.state {
            case .running, .completed: .joined
            case .held: .held
            case .preview: .preview
            case .failed: .failed
            case .cancelled: .cancelled
            }
    }

    /// A member of `counts`.
    public subscript<Value>(dynamicMember path: WritableKeyPath<RunCounts, Value>) -> Value {
        get { counts[keyPath: path] }
        set { counts[keyPath: path] = newValue }
    }

    mutating func count(_ plan: PersonPlan) {
        switch plan.outcome {
        case .unchanged: counts.unchanged += 1
        case .changed: counts.changed += 1
        case .created: counts.created += 1
        case .restored: counts.restored += 1
        case .suspended: counts.suspended += 1
        case .ignored(let reason): counts.ignored[reason, default: 0] += 1
        case .disputed(let reason):
            counts.disputed += 1
            remark(plan.key, reason.rawValue)
        case .failed(let reason):
            counts.failed += 1
            remark(plan.key, reason.rawValue)
        }
        if let waiting = plan.decisions.first(where: { $0.field == .email && $0.verdict == .wait })
        {
            remark(plan.key, waiting.sentence)
        }
    }

    /// Counts people from whom something is held back.
    mutating func hold(_ people: Int) {
        guard people > 0 else { return }
        state = .held
        counts.held += people
    }

    /// Notes that it could not be finished, and why.
    mutating func end(by failure: SyncFailure) {
        guard failure == .cancelled else {
            state = .failed
            trouble = failure.sentence
            return
        }
        let done = counts.changed + counts.created + counts.restored + counts.suspended
        let applied = state == .preview ? 0 : done
        state = .cancelled
        trouble =
            applied == 0
            ? "The sync was stopped before anything was applied; the next one begins anew."
            : "The sync was stopped after \(applied.people) \(applied.word("was", "were")) brought up to date, which stays so;"
                + " the next one goes on with the others."
    }

    mutating func remark(_ key: SourceKey, _ reason: String) {
        remark(key.id, of: key.kind, reason)
    }

    mutating func remark(_ record: String?, of kind: PersonKind? = nil, _ reason: String) {
        if remarks.count < Self.remarked {
            remarks.append(RunRemark(record: record, kind: kind, reason: reason))
        } else {
            unremarked += 1
        }
    }

    /// Notes, before all that is said of records, that a list does not tell who is absent.
    mutating func remark(shortList reason: String) {
        isCounted = false
        remarks.insert(RunRemark(record: nil, reason: reason), at: 0)
    }

    /// Says how many records need somebody's eye besides those that are listed.
    mutating func closeRemarks() {
        guard unremarked > 0 else { return }
        let more = "\(unremarked) more \(unremarked == 1 ? "needs" : "need") somebody's eye and"
        remarks.append(
            RunRemark(
                record: nil,
                reason:
                    "\(more) are not listed; mend those that are, then sync again to see the next."
            )
        )
        unremarked = 0
    }
}

extension FieldDecision {
    /// Why the address of an account is not what the source says.
    fileprivate var sentence: String {
        let remedy = reason.remedy(for: field).map { "; \($0)" } ?? ""
        return
            "It waits for the address \(source ?? "that the MIS states"): \(reason.words)\(remedy)."
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
    /// What the whole run came to so far.
    public var counts: RunCounts
    /// What the run looks at, as far as it knows by now.
    public var kind: RunKind

    /// A sync that has come so far.
    public init(
        stage: Stage,
        done: Int,
        total: Int?,
        counts: RunCounts = RunCounts(),
        kind: RunKind = .full
    ) {
        self.stage = stage
        self.done = done
        self.total = total
        self.counts = counts
        self.kind = kind
    }
}

extension SyncResult {
    /// How far a sync that came to this so far has come in `stage`.
    func progress(_ stage: SyncProgress.Stage, _ done: Int, of total: Int?) -> SyncProgress {
        SyncProgress(stage: stage, done: done, total: total, counts: counts, kind: kind)
    }
}

extension SyncOrder {
    /// What it asks for, as half a sentence.
    fileprivate var words: String {
        if plan != nil { return "carries out a plan" }
        if isPreview { return "only shows what would change" }
        return onlyChanges ? "reads only whose record changed" : "does something else"
    }
}

extension RunState {
    /// How the run of a sync stands once that ended in `state`.
    init(_ state: SyncState) {
        self =
            switch state {
            case .completed, .joined: .completed
            case .held: .held
            case .failed: .failed
            case .cancelled: .cancelled
            case .preview: .preview
            }
    }
}
