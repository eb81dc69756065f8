import Accounts
import Reconciliation
import Roster

/// Whose records a renumbered school lists no more, and to which of their accounts new ones lead.
struct MissingPeople {
    /// A record that is listed no more, and whose it is.
    struct Person: Hashable {
        var record: String
        var account: AccountID
        var name: String
    }

    /// Everybody, by the name.
    private(set) var byName: [String: [Person]] = [:]
    /// The accounts to which one new record leads.
    private(set) var given: Set<AccountID> = []
    /// The accounts to which several new records lead, one by a number and one by an address: they
    /// are nobody's, because two people must not become one.
    private(set) var shared: Set<AccountID> = []

    mutating func add(_ link: Link) {
        byName[link.last.foldedName, default: []].append(
            Person(record: link.key.id, account: link.account, name: link.last.fullName)
        )
    }

    mutating func give(_ account: AccountID) {
        if shared.contains(account) { return }
        guard !given.insert(account).inserted else { return }
        given.remove(account)
        shared.insert(account)
    }

    /// Those with the name of `observation` to whom no new record leads.
    func namesakes(of observation: Observation) -> [Person] {
        (byName[observation.foldedName] ?? []).filter { !given.contains($0.account) }
    }

    /// Everybody to whom no new record leads, in a fixed order.
    var left: [Person] {
        byName.values.joined().filter { !given.contains($0.account) }
            .sorted { $0.record < $1.record }
    }
}

extension Observation {
    /// Forename and surname, as far as they are said.
    package var fullName: String {
        [forename.value, surname.value].compactMap(\.self).joined(separator: " ")
    }
}
