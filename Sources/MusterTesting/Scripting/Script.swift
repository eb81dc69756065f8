public import Roster
import Synchronization

/// What a scripted source answers to a look-up.
public indirect enum ScriptedAnswer: Sendable {
    /// The record if it is listed, otherwise that it was not returned.
    case record
    /// That the person was not returned.
    case notReturned(reason: String)
    /// That nobody may ask.
    case refused(reason: String)
    /// That the source could not be asked.
    case failed(SourceError)
    /// Another answer, once the gate is open.
    case held(Gate, ScriptedAnswer = .record)
}

/// What goes wrong with a page.
public enum PageFault: Sendable {
    /// The page is not delivered.
    case error(SourceError)
    /// The page is delivered once the gate is open.
    case held(Gate)
    /// Records on the page cannot be read.
    case unreadable([UnreadableRecord])
    /// The list ends with this page, as a half list does.
    case lastPage
    /// The page comes without the people that should be on it.
    case empty
}

/// Everything a scripted source goes by.
public struct Script: Sendable {
    /// The schools the source describes.
    public var schools: [SchoolDescription]
    /// What the source describes itself to deliver.
    public var capabilities: Capabilities
    /// How many people a page has.
    public var pageSize: Int
    /// The people.
    public var people: [SourceKey: Observation] = [:] { didSet { whole = WholeLists() } }
    /// Lists of everybody, kept as long as nobody changes: each page is cut from one.
    private var whole = WholeLists()
    /// Those who left, listed apart on a page of their own after the others.
    public var leavers: [SourceKey: Observation] = [:]
    /// When each record changed last; one without a moment is in every list of changes.
    public var changedAt: [SourceKey: Timestamp] = [:]
    /// Whom the source lists as removed, and when.
    public var removedAt: [SourceKey: Timestamp] = [:]
    /// How far the source's own clock is ahead of the test's; nil: it does not say what it shows.
    public var clockAhead: Duration? = .zero
    /// Whether the source can list changes; where not, it lists everybody instead.
    public var readsChanges = true
    /// Whether people of different kinds may have one id.
    public var sharesIDsAmongKinds = false
    /// The seed of the order in which people are listed; nil: by id.
    public var orderSeed: UInt64?
    /// What is answered to a look-up of one person, in place of `everyAnswer`.
    public var answers: [SourceKey: ScriptedAnswer] = [:]
    /// What is answered to look-ups.
    public var everyAnswer: ScriptedAnswer = .record
    /// What look-ups teach about the connection.
    public var learnt: Capabilities?
    /// For how long answers ask not to be asked again.
    public var pause: Duration?
    /// What goes wrong with a page, by its number from 1.
    public var pageFaults: [Int: [PageFault]] = [:]
    /// What the source counts, where that is not what it lists; nil as a value: it does not say.
    public var counts: [PersonKind: Int?] = [:]
    /// Why it does not say how many it counts; nil where it does.
    public var countTrouble: SourceError?
    /// Why the source does not describe itself.
    public var describeError: SourceError?
    /// What the description waits for.
    public var describeGate: Gate?

    init(schools: [SchoolDescription], capabilities: Capabilities, pageSize: Int) {
        self.schools = schools
        self.capabilities = capabilities
        self.pageSize = pageSize
    }

    /// The records of a kind in a school, in the order they are listed; with `changedSince` only
    /// those that changed at that moment or later, where the source can tell.
    public func listed(
        _ kind: PersonKind,
        in school: SchoolKey,
        changedSince: Timestamp? = nil
    ) -> [Observation] {
        guard changedSince == nil else { return list(kind, in: school, changedSince) }
        let name = WholeLists.Name(kind: kind, school: school, orderSeed: orderSeed)
        return whole.list(name) { list(kind, in: school, nil) }
    }

    private func list(
        _ kind: PersonKind,
        in school: SchoolKey,
        _ changedSince: Timestamp?
    ) -> [Observation] {
        let wanted = people.values
            .filter { $0.key.kind == kind && $0.key.school == school }
            .filter { hasChanged($0.key, since: changedSince) }
            .sorted { $0.key.id < $1.key.id }
        guard let orderSeed else { return wanted }
        var generator = SeededGenerator(seed: orderSeed)
        return wanted.shuffled(using: &generator)
    }

    private func hasChanged(_ key: SourceKey, since moment: Timestamp?) -> Bool {
        guard readsChanges, let moment, let changed = changedAt[key] else { return true }
        return moment <= changed
    }

    func plain(_ answer: ScriptedAnswer, for key: SourceKey, sequence: Int64) -> LookUpAnswer {
        switch answer {
        case .record:
            guard var observation = people[key] ?? leavers[key] else {
                return .notReturned(reason: "The MIS did not return the record \(key.id).")
            }
            observation.sequence = sequence
            return .found(observation)
        case .notReturned(let reason): return .notReturned(reason: reason)
        case .refused(let reason): return .refused(reason: reason)
        case .failed(let error): return .failed(error)
        case .held(_, let behind): return plain(behind, for: key, sequence: sequence)
        }
    }

    func page(
        _ number: Int,
        of kind: PersonKind,
        in school: SchoolKey,
        changedSince: Timestamp?,
        sequence: Int64
    )
        -> RosterPage
    {
        let everybody = listed(kind, in: school, changedSince: changedSince)
        let left = leavers.values.filter {
            $0.key.kind == kind && $0.key.school == school
                && hasChanged($0.key, since: changedSince)
        }
        let last = max(1, (everybody.count + max(1, pageSize) - 1) / max(1, pageSize))
        if number > last, !left.isEmpty {
            return RosterPage(
                observations: left.sorted { $0.key.id < $1.key.id }.map { record in
                    record.with { $0.sequence = sequence }
                },
                next: nil,
                pause: pause,
                listsLeavers: true
            )
        }
        let start = min(everybody.count, (number - 1) * max(1, pageSize))
        let end = min(everybody.count, start + max(1, pageSize))
        var page = RosterPage(
            observations: everybody[start..<end].map { record in
                var observation = record
                observation.sequence = sequence
                return observation
            },
            next: end < everybody.count || !left.isEmpty ? PageCursor("\(number + 1)") : nil,
            pause: pause
        )
        for fault in pageFaults[number, default: []] {
            switch fault {
            case .unreadable(let records):
                page.unreadable += records
                let ids = Set(records.compactMap(\.id))
                page.observations.removeAll { ids.contains($0.key.id) }
            case .lastPage: page.next = nil
            case .empty: page.observations = []
            case .error, .held: break
            }
        }
        return page
    }
}

/// Lists that were asked for, for the pages that come after.
private final class WholeLists: Sendable {
    struct Name: Hashable {
        let kind: PersonKind
        let school: SchoolKey
        let orderSeed: UInt64?
    }

    private let lists = Mutex<[Name: [Observation]]>([:])

    func list(_ name: Name, else make: () -> [Observation]) -> [Observation] {
        lists.withLock { lists in
            if let list = lists[name] { return list }
            let list = make()
            lists[name] = list
            return list
        }
    }
}
