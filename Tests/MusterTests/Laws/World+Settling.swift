import Accounts
import Muster
import MusterTesting
import Roster

/// The last word of the source.
extension World {
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
        settleFamilies()
        var stated: [SchoolKey: Set<String>] = [:]
        for case .list(let person) in past {
            if let email = person.claimedEmail {
                stated[person.key.school, default: []].insert(email)
            }
        }
        settleNumbers(after: past)
        var taken: Set<String> = []
        for key in keys {
            guard var person = people[key] else { continue }
            // First: a leaver claims no address, so that she would come back with another's.
            if case .notYetStarted = person.standing { person.standing = .current }
            if !waiting.isEmpty { person.standing = .current }
            let elsewhere = stated.filter { $0.key != key.school }.values.joined()
            if let email = person.claimedEmail, elsewhere.contains(email) {
                person.email = .value(newAddress())
            }
            person = settled(person, &taken)
            people[key] = person
        }
        return everybody.compactMap { people[$0] }.map(Act.list)
    }

    /// Every number is one person's, and was nobody else's before.
    private mutating func settleNumbers(after past: [Act]) {
        var owners: [NeutralKey: Set<SourceKey>] = [:]
        func note(_ person: Observation) {
            for number in person.neutralKeys { owners[number, default: []].insert(person.key) }
        }
        for case .list(let person) in past { note(person) }
        for person in people.values { note(person) }
        for key in keys {
            guard let numbers = people[key]?.neutralKeys,
                numbers.contains(where: { owners[$0, default: []].count > 1 })
            else { continue }
            lastNumber += 1
            people[key]?.neutralKeys = .teacher(lastNumber)
        }
    }

    mutating func settled(
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
}
