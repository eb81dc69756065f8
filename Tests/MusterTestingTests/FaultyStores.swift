import Accounts
import MusterTesting
import Roster
import Synchronization

/// A fault that a store may have, and a law that it breaks.
struct Fault: Sendable, CustomStringConvertible {
    let description: String
    let law: String
    /// Whether random histories meet the fault soon.
    var isMetByChance = true
    let make: @Sendable () -> any WholeStore

    static let all = [
        Fault(
            description: "plans on any version are taken",
            law: "a write planned on another version is refused"
        ) { ForgivingStore() },
        Fault(
            description: "half of a refused change set is done",
            law: "a change set refused for its class changes nothing"
        ) { HalfStore() },
        Fault(
            description: "texts are composed before they are kept",
            law: "odd texts come back exactly in every place that holds one",
            isMetByChance: false
        ) { ComposingStore() },
        Fault(
            description: "views leave out other links of an account",
            law: "a link comes with its account and all its other links"
        ) { ShortSightedStore() },
        Fault(
            description: "history comes newest first",
            law: "history keeps its order, its moments, its runs and its causes"
        ) { BackwardStore() },
        Fault(
            description: "every run is begun",
            law: "of runs that begin at once exactly one is begun"
        ) { HastyStore() },
        Fault(
            description: "an account is checked and written apart",
            law: "of the writes planned on one version exactly one is done",
            isMetByChance: false
        ) { RacingStore() },
        Fault(
            description: "a key without fields sees everything",
            law: "a key that sees no member of an account is not one that sees all",
            isMetByChance: false
        ) { GenerousStore() },
        Fault(
            description: "a key is found by the beginning of its digest",
            law: "a key is found by the whole of its digest only",
            isMetByChance: false
        ) { CarelessStore() },
        Fault(
            description: "the stamp leaves out what was staged",
            law: "the stamp differs after every kind of write",
            isMetByChance: false
        ) { SleepyStore() },
        Fault(
            description: "the stamp counts reads too",
            law: "the stamp stays while nothing is written",
            isMetByChance: false
        ) { NervousStore() },
        Fault(
            description: "losses planned on an old tally are counted",
            law: "of losses planned at once on one tally exactly one is counted",
            isMetByChance: false
        ) { TrustingStore() },
        Fault(
            description: "whoever asks counts too",
            law: "each kind of loss counts each person once, besides the one who asks"
        ) { SelfishStore() },
        Fault(
            description: "only look-ups count as seen",
            law: "a person was seen by the last complete run, or by a later look-up",
            isMetByChance: false
        ) { BlindStore() },
        Fault(
            description: "changes of the whole tenant come for any school",
            law: "changes are those of the tenant, and of whoever has a link into a school"
        ) { TalkativeStore() },
        Fault(
            description: "a subject goes to whoever asks last",
            law: "a subject is bound once; an account may have several",
            isMetByChance: false
        ) { FickleStore() },
        Fault(
            description: "runs come in the order of their ids",
            law: "runs of a connection are listed, the newest first",
            isMetByChance: false
        ) { UnsortedStore() },
        Fault(
            description: "only the last runs are looked at for a milestone",
            law: "the newest run of a milestone is found, however many came after it",
            isMetByChance: false
        ) { ForgetfulStore() },
        Fault(
            description: "what a list took counts like what a login took",
            law: "what a list took counts for a day, however long ago the last good run is"
        ) { LastingStore() },
        Fault(
            description: "every relation is kept as confirmed",
            law: "relations of a pupil read back as written, and as they are rewritten"
        ) { DoubtlessStore() },
        Fault(
            description: "what is known of pupils still names a contact who was erased",
            law: "nothing that was said of others names a contact who was erased",
            isMetByChance: false
        ) { RememberingStore() },
        Fault(
            description: "a run of changes counts as one of everybody",
            law: "the newest run of a milestone is found, however many came after it",
            isMetByChance: false
        ) { BlurringStore() },
    ]
}

/// Puts what it knew of pupils back after an erasure.
private struct RememberingStore: ForwardingStore {
    var base = MemoryStore()

    func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        let school = try await base.summary(of: account)?.links.first?.key.school ?? .example
        let links = try await base.presentLinks(of: .student, in: school, after: nil, limit: 99)
        let records = try await base.erase(account, of: tenant, at: at)
        var changes = ChangeSet(tenant: tenant, run: nil, cause: .administrator, at: at)
        changes.links = links.map { LinkWrite(after: $0, baseSequence: $0.sequence) }
        try await base.apply(changes)
        return records
    }
}

/// Finds any run where it is asked for one of everybody.
private struct BlurringStore: ForwardingStore {
    var base = MemoryStore()

    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await base.newestRun(of: connection, milestone == .full ? .applied : milestone)
    }
}

/// Doubts nothing.
private struct DoubtlessStore: ForwardingStore {
    var base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var doubtless = changes
        for index in doubtless.accounts.indices {
            let relations = doubtless.accounts[index].after.guardianships.map { relation in
                var relation = relation
                relation.isConfirmed = true
                return relation
            }
            doubtless.accounts[index].after.guardianships = Set(relations)
        }
        try await base.apply(doubtless)
    }
}

/// Takes every plan as made on the version that is there.
private struct ForgivingStore: ForwardingStore {
    var base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var request = ViewRequest(tenant: changes.tenant)
        request.accounts = Set(changes.accounts.map(\.after.id))
        let view = try await base.view(request)
        var forgiven = changes
        for index in forgiven.accounts.indices {
            guard let stored = view.accounts[forgiven.accounts[index].after.id] else { continue }
            forgiven.accounts[index].before?.version = stored.version
        }
        try await base.apply(forgiven)
    }
}

/// Writes accounts in one transaction and everything else in another.
private struct HalfStore: ForwardingStore {
    let base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var first = changes
        first.classes = []
        try await base.apply(first)
        var second = ChangeSet(
            tenant: changes.tenant,
            run: changes.run,
            cause: changes.cause,
            at: changes.at
        )
        second.classes = changes.classes
        try await base.apply(second)
    }
}

/// Replaces a letter and its mark by the one letter that is equal to both.
private struct ComposingStore: ForwardingStore {
    let base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var composed = changes
        for index in composed.history.indices {
            let text = composed.history[index].to?.map { $0 == "\u{e9}" ? "\u{e9}" : $0 }
            composed.history[index].to = text.map { String($0) }
        }
        try await base.apply(composed)
    }
}

/// Shows only the links that were asked for.
private struct ShortSightedStore: ForwardingStore {
    let base = MemoryStore()

    func view(_ request: ViewRequest) async throws(StoreError) -> LocalView {
        var view = try await base.view(request)
        if !request.keys.isEmpty {
            view.links = view.links.filter { request.keys.contains($0.key) }
        }
        return view
    }
}

private struct BackwardStore: ForwardingStore {
    let base = MemoryStore()

    func history(of account: AccountID) async throws(StoreError) -> [DatedHistoryEntry] {
        try await base.history(of: account).reversed()
    }
}

/// Takes every other run of the connection for dead.
private struct HastyStore: ForwardingStore {
    let base = MemoryStore()

    func begin(_ run: Run, aliveSince: Timestamp) async throws(StoreError) -> RunStart {
        try await base.begin(run, aliveSince: Timestamp(milliseconds: .max))
    }
}

/// Reads, lets others run, and writes what it had read as if nobody had.
private struct RacingStore: ForwardingStore {
    let base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var request = ViewRequest(tenant: changes.tenant)
        request.accounts = Set(changes.accounts.map(\.after.id))
        let view = try await base.view(request)
        for write in changes.accounts {
            guard view.accounts[write.after.id]?.version == write.before?.version else {
                throw .stale
            }
        }
        for _ in 0..<20 { await Task.yield() }
        try await ForgivingStore(base: base).apply(changes)
    }
}

/// Keeps no fields and an empty list of fields alike.
private struct GenerousStore: ForwardingStore {
    let base = MemoryStore()

    func addKey(_ key: AccessKey) async throws(StoreError) {
        var generous = key
        if key.fields == [] { generous.fields = nil }
        try await base.addKey(generous)
    }
}

/// Compares digests as far as the shorter one goes.
private struct CarelessStore: ForwardingStore {
    let base = MemoryStore()

    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        try await base.keys().first { key in
            guard case .bearer(let own) = key.proof else { return false }
            return zip(own, digest).allSatisfy { $0 == $1 }
        }
    }
}

/// Does not count what is staged among the changes.
private final class SleepyStore: ForwardingStore {
    let base = MemoryStore()
    private let uncounted = Atomic<Int64>(0)

    var stamp: Int64? { base.stamp.map { $0 - uncounted.load(ordering: .relaxed) } }

    func stage(_ observations: [StagedObservation], in run: RunID) async throws(StoreError) {
        try await base.stage(observations, in: run)
        uncounted.add(1, ordering: .relaxed)
    }
}

private final class NervousStore: ForwardingStore {
    let base = MemoryStore()
    private let reads = Atomic<Int64>(0)

    var stamp: Int64? { reads.add(1, ordering: .relaxed).newValue }
}

/// Does not look at the tally that a change was planned on.
private struct TrustingStore: ForwardingStore {
    let base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var trusted = changes
        trusted.lossPosition = nil
        try await base.apply(trusted)
    }
}

private struct SelfishStore: ForwardingStore {
    let base = MemoryStore()

    func tally(_ question: LossQuestion) async throws(StoreError) -> LossTally {
        var all = question
        all.besides = AccountID(-1)
        return try await base.tally(all)
    }
}

private struct BlindStore: ForwardingStore {
    let base = MemoryStore()

    func person(
        _ key: LoginKey,
        in school: SchoolKey,
        of tenant: TenantID,
        formerSince: Timestamp
    ) async throws(StoreError) -> KnownPerson? {
        let person = try await base.person(key, in: school, of: tenant, formerSince: formerSince)
        return person.map { KnownPerson(summary: $0.summary, checkedAt: $0.checkedAt) }
    }
}

private struct TalkativeStore: ForwardingStore {
    let base = MemoryStore()

    func changes(
        after position: Int64,
        of tenant: TenantID,
        in school: SchoolKey?,
        limit: Int
    ) async throws(StoreError) -> [FeedEntry] {
        try await base.changes(after: position, of: tenant, in: nil, limit: limit)
    }
}

/// Keeps quiet where a subject is another account's.
private struct FickleStore: ForwardingStore {
    let base = MemoryStore()

    func bind(
        _ subject: HostSubject,
        to account: AccountID,
        of tenant: TenantID
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await base.bind(subject, to: account, of: tenant)
        } catch {
            guard error == .boundSubject else { throw error }
        }
    }
}

private struct ForgetfulStore: ForwardingStore {
    let base = MemoryStore()

    func newestRun(
        of connection: ConnectionID,
        _ milestone: RunMilestone
    ) async throws(StoreError) -> Run? {
        try await base.runs(of: connection, limit: 20).first(where: milestone.isReached)
    }
}

private struct LastingStore: ForwardingStore {
    let base = MemoryStore()

    func apply(_ changes: ChangeSet) async throws(StoreError) {
        var lasting = changes
        for index in lasting.losses.indices { lasting.losses[index].isByList = false }
        try await base.apply(lasting)
    }
}

private struct UnsortedStore: ForwardingStore {
    let base = MemoryStore()

    func runs(of connection: ConnectionID, limit: Int) async throws(StoreError) -> [Run] {
        let all = try await base.runs(of: connection, limit: 1000)
        return Array(all.sorted { $0.id > $1.id }.prefix(limit))
    }
}
