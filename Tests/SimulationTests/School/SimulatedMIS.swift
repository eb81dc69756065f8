import Accounts
import Muster
import MusterTesting
import Roster

/// An MIS with a will of its own: it knows the truth, tells it with faults, and watches who asks.
final class SimulatedMIS: @unchecked Sendable {
    // Proof: only the thread of its simulation touches it, see `StepQueue`.
    let clock: SteppedClock
    let chronicle: Chronicle
    var chance: SeededGenerator
    var weather = Weather.clear {
        didSet {
            if oldValue == .revoked, weather != .revoked {
                permissionsLagUntil = clock.elapsed + .seconds(120)
            }
        }
    }
    /// No faults any more.
    var isHealed = false
    var pageSize = 10
    var readsChanges = true
    /// What a permission that was taken back covered.
    var revoked = SourceField.everything
    /// What the permissions say lags behind what is delivered.
    var permissionsLagUntil = Duration.zero

    /// What is true of everybody who is listed.
    private(set) var people: [SourceKey: Observation] = [:]
    private var changedAt: [SourceKey: Timestamp] = [:]
    /// When records were not listed, the last such time open.
    private(set) var unlisted: [SourceKey: [(from: Timestamp, to: Timestamp?)]] = [:]
    private var ordered: [SourceKey]?

    /// What was true of a record, and what was told of it, when a question was answered.
    struct Said {
        var truth: Observation
        var told: Observation
        /// Whether the permission was taken back when it was told.
        var isRevoked: Bool
    }
    private(set) var said: [SourceKey: [Int64: Said]] = [:]
    /// Every address that was ever truly told of a record.
    private(set) var emailsTold: [SourceKey: Set<String>] = [:]

    init(_ clock: SteppedClock, _ chronicle: Chronicle, seed: UInt64) {
        self.clock = clock
        self.chronicle = chronicle
        chance = SeededGenerator(seed: seed)
    }

    private var now: Timestamp { clock.manual.now() }
}

// The truth.
extension SimulatedMIS {
    /// Everybody who is listed, in the order of lists.
    var keys: [SourceKey] {
        if let ordered { return ordered }
        let sorted = people.keys.sorted { ($0.school.school, $0.id) < ($1.school.school, $1.id) }
        ordered = sorted
        return sorted
    }

    /// From now on this is true of a person.
    func put(_ person: Observation) {
        if people.updateValue(person, forKey: person.key) == nil { ordered = nil }
        changedAt[person.key] = now
        if let last = unlisted[person.key]?.indices.last, unlisted[person.key]?[last].to == nil {
            unlisted[person.key]?[last].to = now
        }
    }

    func change(_ key: SourceKey, _ change: (inout Observation) -> Void) {
        guard var person = people[key] else { return }
        change(&person)
        put(person)
    }

    /// From now on the record is not listed.
    func unlist(_ key: SourceKey) -> Observation? {
        ordered = nil
        unlisted[key, default: []].append((now, nil))
        return people.removeValue(forKey: key)
    }

    /// Whether a record was out of the list at some time in the ten minutes before `moment`.
    func wasUnlisted(_ key: SourceKey, around moment: Timestamp) -> Bool {
        let since = moment.advanced(by: .seconds(-1200))
        return (unlisted[key] ?? []).contains { $0.from <= moment && since <= ($0.to ?? moment) }
    }

    /// Records of a school in the order of its list, after `cursor`.
    func listed(
        in school: SchoolKey,
        after cursor: String? = nil,
        changedSince: Timestamp? = nil
    ) -> [SourceKey] {
        keys.filter { key in
            guard key.school == school else { return false }
            if let cursor, key.id <= cursor { return false }
            guard let changedSince, readsChanges else { return true }
            return changedAt[key].map { changedSince <= $0 } ?? true
        }
    }
}

// What is told.
extension SimulatedMIS {
    /// Tells what is true of a record, as a source that knows `capabilities` reads it.
    func tell(
        _ key: SourceKey,
        knowing capabilities: Capabilities,
        sequence: Int64,
        isRevoked: Bool
    ) -> Observation? {
        guard let truth = people[key] else { return nil }
        var told = isRevoked ? truth.emptied(of: revoked) : truth
        told.readNulls(by: capabilities)
        told.sequence = sequence
        said[key, default: [:]][sequence] = Said(truth: truth, told: told, isRevoked: isRevoked)
        if let email = told.claimedEmail { emailsTold[key, default: []].insert(email) }
        return told
    }

    /// Whether the permission is taken back, for whoever asks now.
    func isRevoked(_ fate: Fate) -> Bool { fate.fault == .revoked }

    /// What the school's permissions say.
    var grants: [SourceField: Grant] {
        let isDenied = weather == .revoked || clock.elapsed < permissionsLagUntil
        return Dictionary(
            uniqueKeysWithValues: SourceField.allCases.map {
                ($0, isDenied && revoked.contains($0) ? .denied : .granted)
            }
        )
    }
}

extension SourceField {
    /// All that a permission may cover.
    static let everything = Set(allCases)
    /// How people are reached and addressed.
    static let contact: Set<SourceField> = [.title, .initials, .phone, .address]
    /// What they do.
    static let employment: Set<SourceField> = [.teachingStaff, .roles, .managers, .classes]
}

extension Observation {
    /// The same record with null in every field of `fields`.
    func emptied(of fields: Set<SourceField>) -> Observation {
        with {
            if fields.contains(.standing) { $0.standing = .unstated }
            if fields.contains(.title) { $0.title = .empty }
            if fields.contains(.forename) { $0.forename = .empty }
            if fields.contains(.surname) { $0.surname = .empty }
            if fields.contains(.initials) { $0.initials = .empty }
            if fields.contains(.email) { $0.email = .empty }
            if fields.contains(.phone) { $0.phone = .empty }
            if fields.contains(.address) { $0.address = .empty }
            if fields.contains(.teachingStaff) { $0.teachingStaff = .empty }
            if fields.contains(.roles) { $0.roles = .empty }
            if fields.contains(.managers) { $0.managers = .empty }
            if fields.contains(.classes) { $0.classes = .empty }
        }
    }

    /// Reads nulls as a source does that knows `capabilities`.
    mutating func readNulls(by capabilities: Capabilities) {
        if title == .empty { title = capabilities.emptiness(of: .title, for: .staff) }
        if forename == .empty { forename = capabilities.emptiness(of: .forename, for: .staff) }
        if surname == .empty { surname = capabilities.emptiness(of: .surname, for: .staff) }
        if initials == .empty { initials = capabilities.emptiness(of: .initials, for: .staff) }
        if email == .empty { email = capabilities.emptiness(of: .email, for: .staff) }
        if phone == .empty { phone = capabilities.emptiness(of: .phone, for: .staff) }
        if address == .empty { address = capabilities.emptiness(of: .address, for: .staff) }
        if teachingStaff == .empty {
            teachingStaff = capabilities.emptiness(of: .teachingStaff, for: .staff)
        }
        if roles == .empty { roles = capabilities.emptiness(of: .roles, for: .staff) }
        if managers == .empty { managers = capabilities.emptiness(of: .managers, for: .staff) }
        if classes == .empty { classes = capabilities.emptiness(of: .classes, for: .staff) }
    }
}

extension Capabilities {
    /// What a source knows that has just read the permissions.
    static func granting(_ grants: [SourceField: Grant]) -> Capabilities {
        var capabilities = Capabilities(provider: "Simulated MIS")
        capabilities[.staff].grants = grants
        return capabilities
    }
}
