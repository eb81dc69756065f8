import MusterTesting
import Roster

/// Who belongs to the schools, and what becomes of them.
///
/// Everybody has one record, a surname of her own and an address that is hers alone at any time,
/// so that whatever joins two people is a fault.
struct Population {
    var dice: SeededGenerator
    let mis: SimulatedMIS
    let schools: [SchoolKey]
    private var last = 0
    /// The first of each school, who never change: a value that goes from everybody is taken for a
    /// permission that was taken back.
    private var anchors: Set<SourceKey> = []
    /// People who are not listed for the moment.
    private(set) var hidden: [Observation] = []

    init(_ mis: SimulatedMIS, schools: [SchoolKey], seed: UInt64) {
        self.mis = mis
        self.schools = schools
        dice = SeededGenerator(seed: seed)
        let size = dice.pick([6, 12, 12, 24, 24, 45]) ?? 12
        for _ in 0..<size { _ = join(schools[0]) }
        if schools.count > 1 {
            for _ in 0..<Int.random(in: 3...9, using: &dice) { _ = join(schools[1]) }
        }
    }

    /// Somebody new at a school.
    mutating func join(_ school: SchoolKey) -> SourceKey {
        last += 1
        let number = last
        var person = Observation.staff(
            "s\(number + 1000)",
            title: dice.oneIn(4) ? nil : "Ms",
            forename: "Forename\(number)",
            surname: "Surname\(number)",
            email: "person\(number)@school.example",
            roles: [dice.oneIn(6) ? "Head" : "Teacher"],
            classes: places(school),
            in: school
        )
        // A line manager came to the school before: no ring of managers can arise.
        if let manager = peers(of: person.key).randomElement(using: &dice), !dice.oneIn(4) {
            person.managers = .list([ManagerEntry(key: manager)])
        }
        person.initials = .value("I\(number)")
        person.phone = .value("01632 96\(number + 1000)")
        let isAnchor = !anchors.contains { $0.school == school }
        if isAnchor {
            anchors.insert(person.key)
            person.title = .value("Dr")
            person.roles = .list([StaffRole(title: "Head")])
            person.classes = .list([
                ClassMembership(teachingClass: .example("C1", in: school), role: .teacher)
            ])
        }
        person.address = !isAnchor && dice.oneIn(3) ? .empty : .value("\(number) Mill Lane")
        person.teachingStaff = .value(true)
        mis.put(person)
        return person.key
    }

    private func peers(of key: SourceKey) -> [SourceKey] {
        mis.keys.filter { $0.school == key.school && $0.id < key.id }
    }

    private mutating func places(_ school: SchoolKey) -> [ClassMembership] {
        (1...5).filter { _ in dice.oneIn(3) }.map {
            ClassMembership(
                teachingClass: .example("C\($0)", in: school),
                role: $0 == 1 ? .mainTeacher : .teacher
            )
        }
    }

    /// Somebody who is listed.
    mutating func anybody() -> SourceKey? { dice.pick(mis.keys) }

    /// Somebody to whom something may happen.
    private mutating func somebody() -> SourceKey? {
        dice.pick(mis.keys.filter { !anchors.contains($0) })
    }

    // MARK: Changes

    /// Something changes; the words say what.
    mutating func change() -> String {
        guard let key = somebody() else { return "nobody to change" }
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<22: return changeText(key)
        case 22..<32:
            let places = places(key.school)
            mis.change(key) { $0.classes = .list(places) }
            return "\(key.id) has other classes"
        case 32..<42:
            let manager = peers(of: key).randomElement(using: &dice)
            mis.change(key) {
                $0.managers = .list(manager.map { [ManagerEntry(key: $0)] } ?? [])
            }
            return "\(key.id) is managed by \(manager?.id ?? "nobody")"
        case 42..<52: return moveAddress(key)
        case 52..<68:
            let isHere = mis.people[key]?.standing == .current
            mis.change(key) { $0.standing = isHere ? .left(.notCurrent) : .current }
            return "\(key.id) \(isHere ? "leaves" : "returns")"
        case 68..<76:
            if let person = mis.unlist(key) { hidden.append(person) }
            return "\(key.id) is not listed"
        case 76..<86:
            if let person = hidden.popLast() {
                mis.put(person)
                return "\(person.key.id) is listed again"
            }
        case 86..<93:
            if let words = inherit() { return words }
        default: break
        }
        return "\(join(dice.pick(schools) ?? .example).id) is new"
    }

    private mutating func changeText(_ key: SourceKey) -> String {
        let number = Int.random(in: 1...9, using: &dice)
        let isEmpty = dice.oneIn(4)
        switch Int.random(in: 0..<6, using: &dice) {
        case 0: mis.change(key) { $0.surname = .value("Married\(key.id)\(number)") }
        case 1: mis.change(key) { $0.forename = .value("Other\(number)") }
        case 2: mis.change(key) { $0.title = isEmpty ? .empty : .value("Dr\(number)") }
        case 3: mis.change(key) { $0.phone = isEmpty ? .empty : .value("01632 96000\(number)") }
        case 4: mis.change(key) { $0.address = isEmpty ? .empty : .value("\(number) High Street") }
        default:
            let roles = number > 7 ? [] : [number > 4 ? "Head" : "Bursar"]
            mis.change(key) { $0.roles = .list(roles.map { StaffRole(title: $0) }) }
        }
        return "\(key.id) has other texts"
    }

    private mutating func moveAddress(_ key: SourceKey) -> String {
        let others = mis.keys.filter {
            $0 != key && !anchors.contains($0) && $0.school == key.school
                && mis.people[$0]?.standing == .current
        }
        if dice.oneIn(2), mis.people[key]?.standing == .current, let other = dice.pick(others),
            let mine = mis.people[key]?.email, let hers = mis.people[other]?.email
        {
            mis.change(key) { $0.email = hers }
            mis.change(other) { $0.email = mine }
            return "\(key.id) and \(other.id) swap addresses"
        }
        last += 1
        let number = last
        mis.change(key) { $0.email = .value("person\(number)@school.example") }
        return "\(key.id) has a new address, person\(number)"
    }

    /// Somebody new gets the address of somebody who left.
    private mutating func inherit() -> String? {
        let leavers = mis.keys.filter { key in
            guard !anchors.contains(key), case .left = mis.people[key]?.standing else {
                return false
            }
            return true
        }
        guard let leaver = dice.pick(leavers), let email = mis.people[leaver]?.email else {
            return nil
        }
        last += 1
        let number = last
        mis.change(leaver) { $0.email = .value("former\(number)@school.example") }
        let key = join(leaver.school)
        mis.change(key) { $0.email = email }
        return "\(key.id) is new and has the address of \(leaver.id), who left"
    }

    /// Something happens to many at once: a mistake in the MIS, or the end of a year.
    mutating func upheaval() -> (words: String, keys: [SourceKey]) {
        let others = mis.keys.filter { !anchors.contains($0) }
        let keys = Array(others.shuffled(using: &dice).prefix(Int.random(in: 5...16, using: &dice)))
        let kind = Int.random(in: 0..<5, using: &dice)
        for key in keys {
            last += 1
            let number = last
            mis.change(key) { person in
                switch kind {
                case 0: person.standing = .left(.notCurrent)
                case 1: person.email = .value("person\(number)@school.example")
                case 2: person.classes = .empty
                case 3: person.phone = .empty
                default: person.roles = .empty
                }
            }
        }
        let words = ["leave", "move address", "lose classes", "lose phones", "lose roles"]
        return ("\(keys.count) \(words[kind])", keys)
    }

    /// A mistake is put right: everybody is there again.
    mutating func recover(_ keys: [SourceKey]) {
        for key in keys { mis.change(key) { $0.standing = .current } }
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
