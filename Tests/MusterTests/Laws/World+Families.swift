import Accounts
import Muster
import MusterTesting
import Roster

/// Pupils with parents and carers, in some of the histories.
extension World {
    /// Seven pupils, four contacts; the fourth has no record of her own.
    ///
    /// Another pupil never changes,
    /// so that no list is empty for everybody.
    mutating func addFamilies() {
        hasFamilies = true
        for number in 1...3 {
            let contact = Observation.contact("c\(number)", surname: "Carer\(number)")
            people[contact.key] = contact
        }
        let anchor = Observation.student(
            "anchork",
            surname: "AnchorK",
            classes: [
                ClassMembership(
                    teachingClass: .example("anchors", name: "A"),
                    role: .student
                )
            ],
            contacts: [.example("c4", "Carer")]
        )
        people[anchor.key] = anchor
        for number in 1...7 {
            let pupil = Observation.student(
                "k\(number)",
                surname: "Pupil\(number)",
                contacts: [.example("c\(number % 3 + 1)", "Mother"), .example("c4", "Carer")]
            )
            people[pupil.key] = pupil
        }
    }

    /// Everybody's records in a fixed order, families too.
    var everybody: [SourceKey] { people.keys.sorted { $0.brief < $1.brief } }

    var pupils: [SourceKey] {
        everybody.filter { $0.kind == .student && !$0.id.hasPrefix("anchor") }
    }

    /// Something happens to families.
    mutating func familyScene() -> [Act] {
        let pupil = pick(pupils)
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<4:
            changeContacts(pupil)
            return listing(pupil) + (roll(60) ? arriving(pupil) : [plainSync()])
        case 4..<7: return sceneOfMassWithdrawal()
        case 7:
            let why: Unsupplied = pick([.notGranted, .notAskedFor])
            people[pupil]?.contacts = .notSupplied(why)
            return listing(pupil) + arriving(pupil)
        case 8:
            let contact = SourceKey.contact("c\(pick([1, 2, 3]))")
            let name = pick(["Żak", "Brown"])
            people[contact]?.surname = .value(name)
            return listing(contact) + (roll(50) ? arriving(contact) : [plainSync()])
        case 9:
            let contact = SourceKey.contact("c\(pick([1, 2, 3]))")
            let standing: Standing = pick([.current, .left(.notCurrent)])
            people[contact]?.standing = standing
            return listing(contact) + [plainSync()]
        case 10:
            changeContacts(pupil)
            return listing(pupil) + arriving(pupil) + [.undo(pupil, isWhole: roll(50))]
                + (roll(60) ? arriving(pupil) : [plainSync()])
        default:
            let standing: Standing = pick([.current, .left(.notCurrent), .unstated])
            people[pupil]?.standing = standing
            changeContacts(pupil)
            return listing(pupil) + (roll(50) ? arriving(pupil) : [plainSync()])
        }
    }

    mutating func changeContacts(_ pupil: SourceKey) {
        let named = ["c1", "c2", "c3", "c4"].filter { _ in roll(50) }
        let contacts = named.map { id in
            ContactEntry.example(
                id,
                pick(["Mother", "Carer", nil]),
                responsible: pick([true, true, false, nil])
            )
        }
        people[pupil]?.contacts = .list(contacts)
    }

    /// Nobody is responsible for anybody any more, and perhaps everybody is again.
    private mutating func sceneOfMassWithdrawal() -> [Act] {
        let before = pupils.map { people[$0]?.contacts }
        for pupil in pupils {
            let contacts: [ContactEntry] =
                roll(50) ? [] : [.example("c1", "Mother", responsible: false)]
            people[pupil]?.contacts = .value(contacts)
        }
        var acts = pupils.flatMap { listing($0) }
        acts += roll(50) ? [plainSync()] : pupils.flatMap { arriving($0) }
        guard roll(70) else { return acts }
        for (pupil, contacts) in zip(pupils, before) {
            if let contacts { people[pupil]?.contacts = contacts }
        }
        return acts + pupils.flatMap { listing($0) } + [plainSync()]
    }

    /// The last word about families: everybody is there, and a few lose somebody.
    mutating func settleFamilies() {
        guard hasFamilies else { return }
        for key in everybody where key.kind != .staff { people[key]?.standing = .current }
        changeContacts(pick(pupils))
    }
}
