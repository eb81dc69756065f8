import Accounts
import Muster
import MusterTesting
import Roster

/// Single things that change at a source.
extension World {
    mutating func changeText(_ key: SourceKey) {
        guard var person = people[key] else { return }
        defer { people[key] = person }
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: person.surname = said(["Żak", "Brown", "O'Hara"])
        case 1: person.forename = said(["Zoë", "Ann", "Bo"])
        case 2: person.title = said(["Ms", "Mr", "Dr"])
        case 3: person.phone = said(["01632 960001", "01632 960002"])
        case 4: person.initials = said(["ZŻ", "AB"])
        case 5: person.address = said(["1 Mill Lane", "2 Mill Lane"])
        default:
            person.teachingStaff =
                roll(70) ? .value(roll(50)) : roll(30) ? .empty : .notSupplied(.notGranted)
        }
    }

    /// Addresses move: to a free one, in a swap, in a ring, from a leaver, or not cleanly.
    mutating func moveAddress(_ key: SourceKey) -> [SourceKey] {
        let others = changing.filter { $0.school == key.school && $0 != key }.shuffled(
            using: &generator
        )
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<25:
            let address = newAddress()
            people[key]?.email = .value(address)
        case 25..<60:
            let ring = [key] + others.prefix(roll(60) ? 1 : 2)
            let addresses = ring.map { people[$0]?.email ?? .empty }
            for (index, member) in ring.enumerated() {
                people[member]?.email = addresses[(index + 1) % ring.count]
            }
            return ring
        case 60..<78:
            if let other = others.first, let email = people[other]?.email {
                people[key]?.email = email
            }
        case 78..<86: people[key]?.email = .empty
        case 86..<94: people[key]?.email = .notSupplied(.notGranted)
        default: people[key]?.email = .value("none")
        }
        return [key]
    }

    mutating func term() -> Term {
        let days = [-400, -40, -1, 0, 1, 3, 30].map(Day.after)
        return Term(
            start: roll(50) ? pick(days) : nil,
            end: roll(30) ? pick(days) : nil
        )
    }

    mutating func changeRoles(_ key: SourceKey) {
        guard var person = people[key] else { return }
        defer { people[key] = person }
        let count = Int.random(in: 0...3, using: &generator)
        person.roles =
            roll(20)
            ? .notSupplied(.notGranted)
            : .list(
                (0..<count).map { _ in
                    StaffRole(title: pick(["Head", "Tutor", " Bursar", "Cook"]), term: term())
                }
            )
    }

    mutating func changeManagers(_ key: SourceKey) {
        guard var person = people[key] else { return }
        defer { people[key] = person }
        let count = pick([0, 1, 1, 1, 2])
        let candidates =
            keys.filter { $0.school == key.school } + [key, .staff("nobody", in: key.school)]
        person.managers =
            roll(10)
            ? .notSupplied(.notGranted)
            : .list(
                (0..<count).map { _ in
                    ManagerEntry(key: pick(candidates), term: roll(20) ? term() : Term())
                }
            )
    }

    mutating func changeClasses(_ key: SourceKey) -> [SourceKey] {
        if roll(20) {
            let id = pick(["C1", "C2", "C3", "C4"])
            classNames[id] = pick(["9A", "9B", "9C"])
            return renameEverywhere()
        }
        let wanted = ["C1", "C2", "C3", "C4"].filter { _ in roll(40) }
        let classes: Observed<[ClassMembership]> =
            roll(15)
            ? .notSupplied(.notAskedFor)
            : .list(
                wanted.map { id in
                    ClassMembership(
                        teachingClass: .example(id, name: classNames[id], in: key.school),
                        role: pick(ClassRole.allCases)
                    )
                }
            )
        people[key]?.classes = classes
        return [key]
    }

    /// A class has one name for all its people.
    mutating func renameEverywhere() -> [SourceKey] {
        changing.filter { key in
            guard let classes = people[key]?.classes.value else { return false }
            people[key]?.classes = .value(
                classes.map { place in
                    var renamed = place
                    let id = place.teachingClass.key.id
                    renamed.teachingClass.name = classNames[id] ?? place.teachingClass.name
                    return renamed
                }
            )
            return true
        }
    }

    /// A number is corrected, typed wrongly, so that it is another's, or no longer told.
    mutating func changeNumber(_ key: SourceKey) {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0:
            lastNumber += 1
            people[key]?.neutralKeys = .teacher(lastNumber)
        case 1:
            let copied = people[pick(changing)]?.neutralKeys ?? []
            people[key]?.neutralKeys = copied
        default: people[key]?.neutralKeys = []
        }
    }

    mutating func changeStanding(_ key: SourceKey) {
        guard var person = people[key] else { return }
        defer { people[key] = person }
        let isCurrent = person.standing == .current
        person.standing =
            isCurrent
            ? pick([
                .left(.notCurrent), .left(.toBeDeleted), .left(.notEnabled), .unstated,
                .notYetStarted(Day.after(20)),
            ]) : .current
    }
}
