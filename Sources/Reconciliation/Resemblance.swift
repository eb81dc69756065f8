import Accounts
import Roster

/// How far a record and an account, at which its number or its address points, are of one person.
///
/// A name alone never joins anything: these are the only rules by which names count.
struct Resemblance {
    private let forename: Bool
    private let address: Bool
    /// Whether both have a number, and the same.
    private let isOfOneNumber: Bool
    /// Whether both have a number of one kind, and not the same.
    private let isOfOtherNumber: Bool
    /// Whether the surnames are one.
    let surname: Bool

    /// Compares `observation`, which means `facts`, with `account` and its links.
    init(_ observation: Observation, _ facts: Facts, to account: Account, _ links: [Link]) {
        func agrees(_ field: Field, _ known: String?) -> Bool {
            guard let said = facts[text: field].value, let known else { return false }
            let folded = CleanText.folded(said)
            return !folded.isEmpty && folded == CleanText.folded(known)
        }
        forename = agrees(.forename, account.forename)
        surname = agrees(.surname, account.surname)
        address = facts.email.value != nil && facts.email.value == account.email
        let stated = observation.neutralKeys
        let known = links.flatMap(\.last.neutralKeys).filter { number in
            stated.contains { $0.kind == number.kind }
        }
        let agreed = Set(known.filter(stated.contains).map(\.kind))
        isOfOneNumber = !agreed.isEmpty
        isOfOtherNumber = known.contains { !agreed.contains($0.kind) }
    }

    /// Whether both names agree.
    var isOfOneName: Bool { forename && surname }

    /// Whether a number that both have is hers: numbers are typed by hand, and relatives share
    /// surnames, so that brothers' are mixed up most.
    var confirmsNumber: Bool { forename && (surname || address) }

    /// Whether an address that both have is hers though a number says otherwise: it is not with
    /// another first name, because relatives share addresses too.
    var confirmsAddress: Bool { surname && (forename || !isOfOtherNumber) }

    /// The same of somebody who is said to have left: a relative may be there still, or a colleague
    /// may have been given the address.
    var confirmsAddressOfLeaver: Bool { confirmsAddress && (forename || isOfOneNumber) }
}
