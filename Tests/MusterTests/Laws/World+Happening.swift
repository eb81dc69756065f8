import Accounts
import Muster
import MusterTesting
import Roster

extension World {
    /// The next acts of a history.
    mutating func next() -> [Act] {
        if hasFamilies, roll(25) { return familyScene() }
        return switch Int.random(in: 0..<100, using: &generator) {
        case 0..<32: change()
        case 32..<50: [login()]
        case 50..<60: [sync()]
        case 60..<66: [edit()]
        case 66..<69: [changePolicy()]
        case 69: [.undo(pick(keys), isWhole: roll(30))]
        case 70..<73: [takeOver()]
        case 73..<79: [.pass(hours: pick([1, 13, 25, 72, 700]))]
        default: scene()
        }
    }

    /// One or a few records change at the source.
    mutating func change() -> [Act] {
        var changed: [SourceKey] = []
        for _ in 0...Int.random(in: 0...2, using: &generator) {
            changed += changeSomething()
        }
        let places = changed.filter { !unlisted.contains($0) }
        return Set(places).sorted { $0.brief < $1.brief }.compactMap { people[$0] }.map(Act.list)
            + changed.filter(unlisted.contains).map(Act.unlist)
    }

    mutating func changeSomething() -> [SourceKey] {
        let key = pick(changing)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<22: changeText(key)
        case 22..<36: return moveAddress(key)
        case 36..<46: changeRoles(key)
        case 46..<64: changeManagers(key)
        case 64..<74: return changeClasses(key)
        case 74..<86: changeStanding(key)
        case 86..<90: unlisted.formSymmetricDifference([key])
        case 90..<95: people[key] = people[key].map { fill($0) }
        case 95..<98: changeNumber(key)
        default:
            if keys.count < 14 { return [add(in: roll(75) || !isTrust ? .example : .second)] }
        }
        return [key]
    }

    mutating func addAnchor(in school: SchoolKey) {
        let id = "anchor\(school.school.suffix(1))"
        people[.staff(id, in: school)] = Observation.staff(
            id,
            title: "Dr",
            forename: "Anchor",
            surname: "Anchor\(school.school.suffix(1))",
            roles: ["Head"],
            managers: [id],
            classes: [
                ClassMembership(
                    teachingClass: TeachingClass(
                        key: ClassKey(school: school, id: "anchors"),
                        name: "A",
                        subject: "Maths"
                    ),
                    role: .teacher
                )
            ],
            in: school
        ).with {
            $0.initials = .value("AA")
            $0.phone = .value("01632 960000")
            $0.address = .value("1 Mill Lane")
        }
    }

    /// A new person, of whom everything is said.
    mutating func add(in school: SchoolKey) -> SourceKey {
        lastNumber += 1
        let id = "\(school == .example ? "p" : "q")\(lastNumber)"
        var person = Observation.staff(
            id,
            forename: "Forename\(lastNumber)",
            surname: "Surname\(lastNumber)",
            email: address(lastNumber),
            in: school
        )
        if roll(school == .second ? 60 : 12), let other = joinable(in: school) {
            // The same person at the other school, or somebody who takes an address over.
            person.email = other.email
            if roll(70) { person.surname = other.surname }
            if roll(30) { person.forename = other.forename }
            if roll(50) { person.neutralKeys = other.neutralKeys }
        }
        if person.neutralKeys.isEmpty, roll(60) { person.neutralKeys = .teacher(lastNumber) }
        people[person.key] = person
        if roll(60) { people[person.key] = fill(person) }
        return person.key
    }

    mutating func joinable(in school: SchoolKey) -> Observation? {
        let others = changing.filter { roll(70) ? $0.school != school : true }
        return others.isEmpty ? nil : people[pick(others)]
    }

    func address(_ number: Int) -> String { "person\(number)@school.example" }

    mutating func newAddress() -> String {
        lastNumber += 1
        return address(lastNumber)
    }

    /// The record with everything said about it again.
    mutating func fill(_ person: Observation) -> Observation {
        person.with {
            $0.standing = .current
            if $0.email.value == nil { $0.email = .value(newAddress()) }
            $0.title = .value(pick(["Ms", "Mr", "Dr"]))
            $0.phone = .value("01632 9600\(pick(["01", "02", "03"]))")
            $0.teachingStaff = .value(roll(50))
            if $0.forename.value == nil { $0.forename = .value("Forename") }
            if $0.surname.value == nil { $0.surname = .value("Surname\($0.key.id)") }
        }
    }

    mutating func said(_ values: [String]) -> Observed<String> {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<60: .value(pick(values))
        case 60..<72: .empty
        case 72..<92:
            .notSupplied(pick([.neverByProvider, .notGranted, .notAskedFor, .unreadable]))
        case 92..<96: .value("  ")
        default: .value("un\u{0}usable")
        }
    }
}
