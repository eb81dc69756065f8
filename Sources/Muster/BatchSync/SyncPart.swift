import Accounts
import Roster

/// One kind of person in one school during a run: what was read of it and what that proves.
struct SyncPart {
    let connection: Connection
    let school: SchoolDescription
    let kind: PersonKind
    let policy: Policy
    let run: RunID
    let startedAt: Timestamp
    /// Whether nothing is applied.
    let isPreview: Bool

    /// Digests of the ids read; the one thing that grows with the school.
    private(set) var seen: Set<IDDigest> = []
    /// The number of the first request: who was looked up later was not to be seen by the run.
    var firstSequence: Int64?
    /// Whether every page was read, every id was readable and the counts agree.
    var isComplete = true
    /// Whether a record could not be read, so that what is known of it must be kept.
    var hasUnreadable = false
    /// How many observations wait in the store.
    var staged = 0
    /// Linked people whom the source newly states as gone.
    var statedLeavers: Int { leavers.count }
    private var leavers: Set<IDDigest> = []
    /// Whom somebody without a link names as line manager.
    private var named: Set<IDDigest> = []
    /// Fields that are empty for so many at once that an empty value is not believed.
    private var withheld: Set<SourceField> = []
    /// Of those, the ones that some still have, with how many would lose theirs.
    private(set) var emptied: [SourceField: Int] = [:]
    /// Whether what is listed as line managers cannot be line managers.
    private var contradictsHierarchy = false
    private var filled: [SourceField: Int] = [:]
    private var withManyManagers = 0
    private var people = 0

    init(
        connection: Connection,
        school: SchoolDescription,
        kind: PersonKind,
        policy: Policy,
        run: RunID,
        startedAt: Timestamp,
        isPreview: Bool = false
    ) {
        self.connection = connection
        self.school = school
        self.kind = kind
        self.policy = policy
        self.run = run
        self.startedAt = startedAt
        self.isPreview = isPreview
    }

    /// Whether the record belongs to this part.
    func holds(_ record: SourceKey) -> Bool { record.school == key && record.kind == kind }

    var key: SchoolKey { SchoolKey(connection: connection.id, school: school.id) }

    /// Whether the id is read for the first time in this run.
    mutating func isNew(_ id: String) -> Bool { seen.insert(IDDigest(id)).inserted }

    func hasSeen(_ id: String) -> Bool { seen.contains(IDDigest(id)) }

    mutating func noteLeaver(_ id: String) { leavers.insert(IDDigest(id)) }

    func isLeaver(_ id: String) -> Bool { leavers.contains(IDDigest(id)) }

    /// Notes whom `observation` names as line manager; gives those whom nobody named before and who
    /// were read before.
    mutating func name(managersOf observation: Observation) -> [SourceKey] {
        (observation.managers.value ?? []).map(\.key).filter { manager in
            holds(manager) && named.insert(IDDigest(manager.id)).inserted && hasSeen(manager.id)
        }
    }

    /// When the observation is taken, as far as it is known who is a line manager.
    func turn(of observation: Observation) -> StagedTurn {
        if observation.managers.value?.isEmpty ?? true { return .top }
        return named.contains(IDDigest(observation.key.id)) ? .managers : .others
    }

    /// How many different ids were read.
    var seenCount: Int { seen.count }

    /// Counts what the observation fills, as evidence of what the school grants.
    mutating func weigh(_ observation: Observation) {
        people += 1
        for field in observation.filledFields { filled[field, default: 0] += 1 }
        // Where the entries are a person's managers, one has a few at the most.
        if (observation.managers.value ?? []).count > 5 { withManyManagers += 1 }
    }

    /// Learns from what was read which fields are granted, and which are empty for too many.
    mutating func judgeEvidence(_ capabilities: inout Capabilities) {
        guard people > 0 else { return }
        if withManyManagers >= 3 { capabilities.hierarchyContradicts = true }
        contradictsHierarchy = capabilities.hierarchyContradicts
        let peopleBefore = max(capabilities.filled[.surname, default: 0], 1)
        for field in SourceField.allCases {
            let (count, before) = (
                filled[field, default: 0], capabilities.filled[field, default: 0]
            )
            let expected = people < peopleBefore ? before * people / peopleBefore : before
            if before >= 3, count == 0 {
                // Everybody's value vanished at once: a permission was taken back, whatever the
                // permissions say. Nulls say nothing until somebody has a value again.
                withheld.insert(field)
                capabilities.grants[field] = .unknown
            } else if expected - count > 5, (expected - count) * 5 > expected {
                withheld.insert(field)
                emptied[field] = expected - count
            } else if isComplete {
                capabilities.filled[field] = count
                let isFilled = count >= 3 || (count > 0 && count * 20 >= people)
                if isFilled, capabilities.grants[field, default: .unknown] == .unknown {
                    capabilities.grants[field] = .seenFilled
                }
            }
        }
    }

    /// Whether something of it is left to a person: it empties what it empties for too many.
    func isDoubted(_ observation: Observation) -> Bool {
        !observation.emptyFields.intersection(emptied.keys).isEmpty
    }

    /// What may be believed of an observation, after the whole list was judged.
    func believed(_ observation: Observation) -> Observation {
        var result = observation.withholding(observation.emptyFields.intersection(withheld))
        if contradictsHierarchy { result = result.withholding([.managers]) }
        return result
    }
}

/// 128 bits of an id, so that a million people fit in a few megabytes.
struct IDDigest: Hashable {
    private let high: UInt64
    private let low: UInt64

    init(_ id: String) {
        var first: UInt64 = 0xcbf2_9ce4_8422_2325
        var second: UInt64 = 0x9e37_79b9_7f4a_7c15
        for byte in id.utf8 {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second &+ UInt64(byte) &+ 1) &* 0xff51_afd7_ed55_8ccd
            second ^= second >> 32
        }
        high = first
        low = second
    }

    /// Half of it, of both halves.
    var mixed: UInt64 { high ^ low }
}

extension Observation {
    /// The fields that state a value.
    var filledFields: [SourceField] {
        var fields: [SourceField] = []
        if standing != .unstated { fields.append(.standing) }
        if title.value != nil { fields.append(.title) }
        if forename.value != nil { fields.append(.forename) }
        if surname.value != nil { fields.append(.surname) }
        if initials.value != nil { fields.append(.initials) }
        if email.value != nil { fields.append(.email) }
        if phone.value != nil { fields.append(.phone) }
        if address.value != nil { fields.append(.address) }
        if teachingStaff.value != nil { fields.append(.teachingStaff) }
        if roles.value?.isEmpty == false { fields.append(.roles) }
        if managers.value?.isEmpty == false { fields.append(.managers) }
        if let classes = classes.value, !classes.isEmpty {
            fields.append(.classes)
            if classes.contains(where: { $0.teachingClass.subject != nil }) {
                fields.append(.subjects)
            }
        }
        return fields
    }
}
