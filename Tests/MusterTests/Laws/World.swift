import Accounts
import Muster
import MusterTesting
import Roster

/// What the generator knows of a trust of two schools, and what it makes happen next.
struct World {
    var generator: SeededGenerator
    /// What the sources say of everybody who was ever listed.
    var people: [SourceKey: Observation] = [:]
    var policy = Policy()
    var unlisted: Set<SourceKey> = []
    var lastNumber = 0
    /// Whether the second school has people of its own.
    var isTrust = false
    /// Whether there are pupils, and parents and carers of theirs.
    var hasFamilies = false
    var classNames = ["C1": "10A", "C2": "10B", "C3": "11A", "C4": "Tutor"]

    /// Schools with some people in them; the first of each school never changes.
    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        for school in [SchoolKey.example, .second] { addAnchor(in: school) }
        for _ in 0..<Int.random(in: 2...8, using: &generator) { _ = add(in: .example) }
        isTrust = roll(50)
        if seed % 4 == 0 { addFamilies() }
        guard isTrust else { return }
        for _ in 0..<Int.random(in: 1...2, using: &generator) { _ = add(in: .second) }
    }

    /// Everybody's records, to be listed at the beginning.
    var beginning: [Act] { everybody.compactMap { people[$0] }.map(Act.list) }

    /// Records of staff in a fixed order.
    var keys: [SourceKey] { everybody.filter { $0.kind == .staff } }

    var changing: [SourceKey] { keys.filter { !$0.id.hasPrefix("anchor") } }

    // MARK: Dice

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }

    mutating func roll(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }
}

extension SchoolKey {
    /// The second school of the connection of examples.
    static let second = SchoolKey(connection: .example, school: "A1000000002")
}

extension SchoolDescription {
    /// The second school of the connection of examples.
    static let second = SchoolDescription(
        id: SchoolKey.second.school,
        name: "Birch Park School",
        timeZone: "Europe/London"
    )
}

extension Day {
    /// The day `count` days after, or before, the day of examples; only for some hundred days.
    static func after(_ count: Int) -> Day {
        if count < 0 { return Day(year: 2026 + count / 365 - 1, month: 9, day: 7) ?? .example }
        return (0..<count).reduce(Day.example) { day, _ in day.next }
    }
}
