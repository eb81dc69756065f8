import Accounts
import Muster
import MusterTesting
import Roster

/// What the generator knows of a trust of two schools, and what it makes happen next.
struct World {
    var generator: SeededGenerator
    /// What the sources say of everybody who was ever listed.
    private(set) var people: [SourceKey: Observation] = [:]
    private(set) var policy = Policy()
    private var unlisted: Set<SourceKey> = []
    private var lastNumber = 0
    /// Whether the second school has people of its own.
    private(set) var isTrust = false
    private var classNames = ["C1": "10A", "C2": "10B", "C3": "11A", "C4": "Tutor"]

    /// Schools with some people in them; the first of each school never changes.
    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        for school in [SchoolKey.example, .second] { addAnchor(in: school) }
        for _ in 0..<Int.random(in: 2...8, using: &generator) { _ = add(in: .example) }
        isTrust = roll(50)
        guard isTrust else { return }
        for _ in 0..<Int.random(in: 1...2, using: &generator) { _ = add(in: .second) }
    }

    /// Everybody's records, to be listed at the beginning.
    var beginning: [Act] { keys.compactMap { people[$0] }.map(Act.list) }

    /// Records in a fixed order.
    var keys: [SourceKey] { people.keys.sorted { $0.brief < $1.brief } }

    private var changing: [SourceKey] { keys.filter { !$0.id.hasPrefix("anchor") } }

    // MARK: Dice

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &generator)]
    }

    private mutating func roll(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    // MARK: What happens

    /// The next acts of a history.
    mutating func next() -> [Act] {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<32: change()
        case 32..<50: [login()]
        case 50..<60: [sync()]
        case 60..<66: [edit()]
        case 66..<70: [changePolicy()]
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

    private mutating func changeSomething() -> [SourceKey] {
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
        default:
            if people.count < 14 { return [add(in: roll(75) || !isTrust ? .example : .second)] }
        }
        return [key]
    }

    private mutating func addAnchor(in school: SchoolKey) {
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
        }
        people[person.key] = person
        if roll(60) { people[person.key] = fill(person) }
        return person.key
    }

    private mutating func joinable(in school: SchoolKey) -> Observation? {
        let others = changing.filter { roll(70) ? $0.school != school : true }
        return others.isEmpty ? nil : people[pick(others)]
    }

    private func address(_ number: Int) -> String { "person\(number)@school.example" }

    private mutating func newAddress() -> String {
        lastNumber += 1
        return address(lastNumber)
    }

    /// The record with everything said about it again.
    private mutating func fill(_ person: Observation) -> Observation {
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

    private mutating func said(_ values: [String]) -> Observed<String> {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<60: .value(pick(values))
        case 60..<72: .empty
        case 72..<92: .notSupplied(pick([.neverByProvider, .notGranted, .notAskedFor]))
        case 92..<96: .value("  ")
        default: .value("un\u{0}usable")
        }
    }

    private mutating func changeText(_ key: SourceKey) {
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
    private mutating func moveAddress(_ key: SourceKey) -> [SourceKey] {
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

    private mutating func term() -> Term {
        let days = [-400, -40, -1, 0, 1, 3, 30].map(Day.after)
        return Term(
            start: roll(50) ? pick(days) : nil,
            end: roll(30) ? pick(days) : nil
        )
    }

    private mutating func changeRoles(_ key: SourceKey) {
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

    private mutating func changeManagers(_ key: SourceKey) {
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

    private mutating func changeClasses(_ key: SourceKey) -> [SourceKey] {
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
    private mutating func renameEverywhere() -> [SourceKey] {
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

    private mutating func changeStanding(_ key: SourceKey) {
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

    // MARK: The last word of the source

    /// Changes that leave nothing to dispute: everybody who was ever listed is listed, and every
    /// address is one person's.
    ///
    /// Nor does anybody have an address that the other school ever stated: a batch takes the schools
    /// one after the other, so it may find such a person where a login would not.
    /// And where somebody waits for an address nobody leaves, because a leaver keeps the address she
    /// has unless it is asked for just then; nor is anybody yet to start.
    mutating func settle(after past: [Act], waiting: Set<SourceKey>) -> [Act] {
        for _ in 0..<Int.random(in: 1...5, using: &generator) { _ = changeSomething() }
        unlisted = []
        var stated: [SchoolKey: Set<String>] = [:]
        for case .list(let person) in past {
            if let email = person.claimedEmail { stated[person.key.school, default: []].insert(email) }
        }
        var taken: Set<String> = []
        for key in keys {
            guard var person = people[key] else { continue }
            let elsewhere = stated.filter { $0.key != key.school }.values.joined()
            if let email = person.claimedEmail, elsewhere.contains(email) {
                person.email = .value(newAddress())
            }
            if case .notYetStarted = person.standing { person.standing = .current }
            if !waiting.isEmpty { person.standing = .current }
            person = settled(person, &taken)
            people[key] = person
        }
        return keys.compactMap { people[$0] }.map(Act.list)
    }

    private mutating func settled(
        _ person: Observation,
        _ taken: inout Set<String>
    ) -> Observation {
        var settled = person
        // Somebody without a name cannot be made an account of, whoever sees her first.
        if settled.surname.value == nil { settled.surname = .value("Surname\(person.key.id)") }
        if let email = settled.claimedEmail, taken.insert(email).inserted { return settled }
        if case .left = settled.standing { return settled }
        if settled.email.isSupplied {
            settled.email = .value(newAddress())
        }
        return settled
    }

    // MARK: Scenes

    private func listing(_ keys: SourceKey...) -> [Act] {
        keys.filter { !unlisted.contains($0) }.compactMap { people[$0] }.map(Act.list)
    }

    private func arriving(_ key: SourceKey) -> [Act] {
        [.pass(hours: 1), .login(key, byEmail: false, .sso, .record)]
    }

    private mutating func plainSync() -> Act {
        .sync(Act.Reading(pageSize: pick([2, 50]), order: UInt64(lastNumber)))
    }

    /// Several acts that belong together, so that rare rules are met too.
    private mutating func scene() -> [Act] {
        let key = pick(changing)
        let other = pick(changing.filter { $0.school == key.school })
        switch Int.random(in: 0..<13, using: &generator) {
        case 0: return sceneOfEdit(key)
        case 1: return sceneOfAbsence(key)
        case 2: return sceneOfLeaving(key)
        case 3:
            people[key]?.managers = .value([ManagerEntry(key: other)])
            people[other]?.managers = .value([ManagerEntry(key: key)])
            return listing(key, other) + arriving(key) + arriving(other) + arriving(key)
        case 4:
            people[key]?.managers = .value([ManagerEntry(key: other)])
            people[other]?.standing = .left(.notCurrent)
            return listing(key, other) + arriving(other) + arriving(key)
        case 5:
            let address = newAddress()
            people[key]?.email = .value(address)
            people[other]?.email = .value(address)
            return listing(key, other) + [plainSync()]
        case 6:
            return [.edit(key, .suspend), .pass(hours: 1), plainSync(), .edit(key, .restore)]
        case 7:
            people[key]?.email = .empty
            return listing(key) + arriving(key)
        case 8, 9: return sceneOfTrust()
        case 10:
            policy.ownership[.surname] = .local
            policy.ownership[.title] = .onceAtCreation
            people[key]?.title = .value("Dame")
            people[key]?.phone = .empty
            return [.setPolicy(policy)] + listing(key) + arriving(key)
        case 11: return sceneOfTakingOver(key)
        default:
            people[key]?.title = .notSupplied(.neverByProvider)
            people[key]?.initials = .notSupplied(.notAskedFor)
            people[key]?.surname = .value("un\u{0}usable")
            return listing(key) + arriving(key)
        }
    }

    private mutating func sceneOfEdit(_ key: SourceKey) -> [Act] {
        for field in Field.owned { policy.ownership[field] = .untilEdited }
        var acts: [Act] = [.setPolicy(policy)]
        acts += arriving(key) + [.edit(key, .set(.surname, "Edited"))] + arriving(key)
        let name = pick(["Żak", "Brown", "Lê"])
        people[key]?.surname = .value(name)
        return acts + listing(key) + arriving(key)
    }

    /// Somebody works at both schools and leaves one of them.
    private mutating func sceneOfTrust() -> [Act] {
        let keys = changing.filter { $0.school == .second }
        guard isTrust, let key = keys.first, let home = changing.first,
            let person = people[home], let email = person.claimedEmail
        else { return change() }
        people[key]?.email = .value(email)
        people[key]?.surname = person.surname
        people[key]?.standing = .current
        var acts = listing(key) + arriving(home) + arriving(key)
        let leaver = roll(50) ? home : key
        people[leaver]?.standing = .left(.notCurrent)
        acts += listing(leaver) + arriving(leaver)
        people[leaver]?.standing = .current
        return acts + (roll(50) ? listing(leaver) + arriving(leaver) : [])
    }

    /// A leaver's address passes to a newcomer.
    private mutating func sceneOfTakingOver(_ key: SourceKey) -> [Act] {
        guard let email = people[key]?.claimedEmail, people.count < 14 else { return change() }
        people[key]?.standing = .left(.toBeDeleted)
        lastNumber += 1
        let isReturner = roll(20)
        let newcomer = Observation.staff(
            "p\(lastNumber)",
            forename: isReturner ? people[key]?.forename.value ?? "A" : "Forename\(lastNumber)",
            surname: isReturner ? people[key]?.surname.value ?? "A" : "Surname\(lastNumber)",
            email: email, in: key.school)
        people[newcomer.key] = newcomer
        return listing(key, newcomer.key) + arriving(key) + arriving(newcomer.key)
    }

    private mutating func sceneOfAbsence(_ key: SourceKey) -> [Act] {
        unlisted.insert(key)
        var acts: [Act] = [.unlist(key), plainSync(), .pass(hours: 13), plainSync()]
        if roll(50) {
            unlisted.remove(key)
            people[key]?.standing = .current
            acts += listing(key) + arriving(key)
        }
        return acts
    }

    private mutating func sceneOfLeaving(_ key: SourceKey) -> [Act] {
        people[key]?.standing = .current
        people[key]?.classes = .value([
            ClassMembership(
                teachingClass: .example("C1", name: classNames["C1"], in: key.school),
                role: .teacher
            )
        ])
        var acts = listing(key) + arriving(key)
        people[key]?.standing = .left(.notCurrent)
        acts += listing(key) + arriving(key)
        guard roll(60) else { return acts }
        people[key]?.standing = .current
        return acts + listing(key) + arriving(key)
    }

    // MARK: What is done here

    private mutating func login() -> Act {
        let answer: ScriptedAnswer =
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: .notReturned(reason: "The MIS did not return the record.")
            case 1: .refused(reason: "The MIS refuses the token.")
            case 2: .failed(.unavailable(reason: "The MIS did not answer."))
            default: .record
            }
        return .login(pick(keys), byEmail: roll(20), roll(80) ? .sso : .password, answer)
    }

    private mutating func sync() -> Act {
        var reading = Act.Reading(
            pageSize: pick([1, 2, 3, 50]),
            order: UInt64.random(in: 0..<100, using: &generator)
        )
        reading.chunk = pick([1, 2, 3, 50])
        if roll(25) {
            reading.fault = pick([
                .page(pick([1, 2]), pick([.malformed(reason: "Cut."), .refused(reason: "No.")])),
                .halfList, .unreadable(pick(changing).id), .unreadable(nil), .empty, .silent,
            ])
        }
        return .sync(reading)
    }

    private mutating func edit() -> Act {
        let edit: Act.HandEdit =
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<12:
                .set(
                    pick([.surname, .title, .phone, .forename, .jobTitle, .initials]),
                    "Edit\(pick([1, 2]))"
                )
            case 12: .set(.email, newAddress())
            case 13, 14: .manager(pick(keys))
            case 15: .set(.lineManager, "")
            case 16: .suspend
            case 17: .restore
            case 18: .set(.teachingStaff, "true")
            default: .grant
            }
        return .edit(pick(changing), edit)
    }

    private mutating func changePolicy() -> Act {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<6:
            let field = pick(Field.owned)
            let owners: [Ownership] =
                field == .email
                ? [.source, .untilEdited] : [.source, .local, .untilEdited, .onceAtCreation]
            let owner = pick(owners)
            policy.ownership[field] = owner
            if roll(50) {
                for field in Field.owned { policy.ownership[field] = .untilEdited }
            }
        case 6, 7:
            let mapping: [String: Set<String>] = pick([[:], ["head": ["all"]], ["tutor": ["some"]]])
            policy.privileges = mapping
        case 8: policy.trustsEmail = roll(70)
        default: policy.freezes = roll(50) ? [] : [Term(start: Day.after(2), end: Day.after(5))]
        }
        return .setPolicy(policy)
    }

    private mutating func takeOver() -> Act {
        lastNumber += 1
        var texts: [Field: String] = [
            .email: address(lastNumber), .surname: "Surname\(lastNumber + 1)",
        ]
        if roll(60) {
            // Somebody who is in the source, or will be.
            let person = people[pick(changing)]
            texts[.email] = person?.email.value ?? address(lastNumber)
            texts[.surname] = roll(70) ? person?.surname.value : "Other"
        }
        return .takeOver(
            ImportedAccount(line: 1, texts: texts, privileges: roll(20) ? ["admin"] : [])
        )
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
