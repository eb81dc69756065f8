import Accounts
import Muster
import MusterTesting
import Roster

/// Several acts that belong together, so that rare rules are met too.
extension World {
    func listing(_ keys: SourceKey...) -> [Act] {
        keys.filter { !unlisted.contains($0) }.compactMap { people[$0] }.map(Act.list)
    }

    func arriving(_ key: SourceKey) -> [Act] {
        [.pass(hours: 1), .login(key, byEmail: false, .sso, .record)]
    }

    mutating func plainSync() -> Act {
        .sync(Act.Reading(pageSize: pick([2, 50]), order: UInt64(lastNumber)))
    }

    /// Several acts that belong together, so that rare rules are met too.
    mutating func scene() -> [Act] {
        let key = pick(changing)
        let other = pick(changing.filter { $0.school == key.school })
        switch Int.random(in: 0..<20, using: &generator) {
        case 17, 18, 19: return sceneOfNumber(key)
        case 0, 15: return sceneOfEdit(key)
        case 13: return sceneOfPin(key)
        case 14: return sceneOfUndo(key)
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
        case 8, 9, 16: return sceneOfTrust()
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

    mutating func sceneOfEdit(_ key: SourceKey) -> [Act] {
        for field in Field.owned { policy.ownership[field] = .untilEdited }
        var acts: [Act] = [.setPolicy(policy)]
        acts += arriving(key) + [.edit(key, .set(.surname, "Edited"))] + arriving(key)
        let name = pick(["Żak", "Brown", "Lê"])
        people[key]?.surname = .value(name)
        return acts + listing(key) + arriving(key)
    }

    /// The source changes something, which is undone, perhaps twice, and said again.
    mutating func sceneOfUndo(_ key: SourceKey) -> [Act] {
        var acts = arriving(key)
        changeText(key)
        _ = changeClasses(key)
        if roll(30) { changeRoles(key) }
        if roll(30) { changeManagers(key) }
        let standing: Standing = roll(50) ? .current : .left(.notCurrent)
        if roll(30) { people[key]?.standing = standing }
        acts += listing(key) + (roll(60) ? arriving(key) : [plainSync()])
        acts.append(.undo(key, isWhole: roll(30)))
        if roll(30) { acts.append(.undo(key, isWhole: false)) }
        return acts + (roll(60) ? arriving(key) : [plainSync()])
    }

    /// Something is pinned, then the source changes all that it can.
    mutating func sceneOfPin(_ key: SourceKey) -> [Act] {
        let field = roll(30) ? nil : pick(Field.allCases)
        var acts = arriving(key) + [.edit(key, .pin(field, days: pick([nil, 2])))]
        changeText(key)
        changeRoles(key)
        changeManagers(key)
        _ = changeClasses(key)
        acts += listing(key) + arriving(key)
        if roll(40) {
            people[key]?.standing = .left(.notCurrent)
            acts += listing(key) + (roll(50) ? arriving(key) : [plainSync()])
        }
        return acts + [.pass(hours: 72)] + arriving(key)
    }

    /// Somebody works at both schools and leaves one of them.
    mutating func sceneOfTrust() -> [Act] {
        let keys = changing.filter { $0.school == .second }
        guard isTrust, let key = keys.first, let home = changing.first,
            let person = people[home], let email = person.claimedEmail
        else { return change() }
        people[key]?.email = .value(email)
        people[key]?.surname = person.surname
        people[key]?.forename = person.forename
        people[key]?.standing = .current
        var acts = listing(key) + arriving(home) + arriving(key)
        let leaver = roll(50) ? home : key
        people[leaver]?.standing = .left(.notCurrent)
        acts += listing(leaver) + arriving(leaver)
        people[leaver]?.standing = .current
        return acts + (roll(50) ? listing(leaver) + arriving(leaver) : [])
    }

    /// A leaver's address passes to a newcomer.
    mutating func sceneOfTakingOver(_ key: SourceKey) -> [Act] {
        guard let email = people[key]?.claimedEmail, keys.count < 14 else { return change() }
        people[key]?.standing = .left(.toBeDeleted)
        lastNumber += 1
        let isReturner = roll(20)
        let newcomer = Observation.staff(
            "p\(lastNumber)",
            forename: isReturner ? people[key]?.forename.value ?? "A" : "Forename\(lastNumber)",
            surname: isReturner ? people[key]?.surname.value ?? "A" : "Surname\(lastNumber)",
            email: email,
            in: key.school
        )
        people[newcomer.key] = newcomer
        return listing(key, newcomer.key) + arriving(key) + arriving(newcomer.key)
    }

    /// A newcomer has the number of somebody who is known, with or without her name and address.
    mutating func sceneOfNumber(_ key: SourceKey) -> [Act] {
        guard people.count < 13, let person = people[key] else { return change() }
        lastNumber += 1
        let number = Set.teacher(lastNumber)
        people[key]?.neutralKeys = number
        if roll(70) { people[key]?.standing = .current }
        var acts = listing(key) + arriving(key)
        let other: SchoolKey = key.school == .example ? .second : .example
        let school = isTrust && lastNumber % 3 > 0 ? other : key.school
        let newcomer = add(in: school)
        people[newcomer]?.neutralKeys = number
        acts += listing(newcomer) + arriving(newcomer) + arriving(newcomer)
        if roll(50) || school == key.school {
            people[newcomer]?.surname = person.surname
            people[newcomer]?.forename = person.forename
        }
        if roll(50), let holder = people[pick(changing)] {
            if roll(50) {
                people[newcomer]?.email = holder.email
            } else {
                people[newcomer]?.neutralKeys = number.union(Set<NeutralKey>.learner(1))
                people[holder.key]?.neutralKeys.formUnion(Set<NeutralKey>.learner(1))
                acts += listing(holder.key) + arriving(holder.key)
            }
        }
        acts += listing(newcomer) + arriving(newcomer)
        guard roll(10) else { return acts }
        let twin = add(in: school)
        people[twin]?.neutralKeys = number
        return acts + listing(twin) + [plainSync()]
    }

    mutating func sceneOfAbsence(_ key: SourceKey) -> [Act] {
        unlisted.insert(key)
        var acts: [Act] = [.unlist(key), plainSync(), .pass(hours: 13), plainSync()]
        if roll(50) {
            unlisted.remove(key)
            people[key]?.standing = .current
            acts += listing(key) + arriving(key)
        }
        return acts
    }

    mutating func sceneOfLeaving(_ key: SourceKey) -> [Act] {
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
}
