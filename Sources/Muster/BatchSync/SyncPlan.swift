public import Accounts
import Reconciliation
public import Roster

/// What a run leaves to a person, as far as it is known: the records themselves lie in the store.
struct SyncPlan: Sendable, Hashable {
    /// How long a plan may be approved.
    static let life = Duration.seconds(86_400)
    /// How long a held plan stops logins from taking what it has: the next day's sync has ended by
    /// then, and holds it anew if the MIS still says so.
    static let force = Duration.seconds(2 * 86_400)

    private var digest: UInt64 = 0
    private var count: UInt64 = 0

    /// Adds a record, in any order.
    mutating func add(_ record: PlannedRecord) {
        let seed: UInt64 = record.isAbsent ? 0xd6e8_feb8_6659_fd93 : 0xa076_1d64_78bd_642f
        let content = Fingerprint.of(record.observation, rules: seed)
        let key = IDDigest(record.observation.key.id).mixed
        digest &+= (content ^ key) &* 0x9e37_79b9_7f4a_7c15
        count += 1
    }

    /// The plan's name; nil where it would do nothing.
    var id: PlanID? {
        guard count > 0 else { return nil }
        let text = String(digest ^ (count &* 0xff51_afd7_ed55_8ccd), radix: 16)
        return PlanID(String(repeating: "0", count: 16 - text.count) + text)
    }
}

extension Run {
    /// The plan that it left and that may be approved at `moment`: none once it is a day old.
    public func approvablePlan(at moment: Timestamp) -> PlanID? {
        moment.since(endedAt ?? startedAt) <= SyncPlan.life ? plan : nil
    }
}

extension Workshop {
    /// The plan that `run` left and that may be approved now: none once it is a day old or the school
    /// was read since.
    package func approvablePlan(of run: Run) async throws(StoreError) -> PlanID? {
        guard let plan = run.approvablePlan(at: clock.now()),
            try await laterReading(than: run) == nil
        else { return nil }
        return plan
    }

    /// The newest sync of everybody or preview that was begun after `run` and read somebody, however
    /// it ended: what it read may be otherwise, and was not applied where it did not end well.
    ///
    /// Of a sync of changes the links themselves know what it read.
    func laterReading(than run: Run) async throws(StoreError) -> Run? {
        // More than a day has of the shortest interval.
        let runs = try await store.runs(of: run.connection, limit: 1000)
        let later = runs.prefix { $0.id != run.id }.first {
            $0.kind == .full && $0.state != .running && $0.counts.seen > 0
        }
        // A preview of what a sync holds comes to the same plan.
        return later?.plan == run.plan ? nil : later
    }
}

/// What a plan would do, for the eyes of whoever decides.
public struct PlannedChange: Sendable, Hashable {
    /// Who: by name or address.
    public var person: String
    /// What changes; nil where an account is made.
    public var field: Field?
    /// The value before, as people read it.
    public var from: String?
    /// The value after.
    public var to: String?
}
