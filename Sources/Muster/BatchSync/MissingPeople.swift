import Accounts
import Reconciliation
import Roster

/// Whose records a renumbered school lists no more, or as those of leavers, and to which of their
/// accounts new ones lead.
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
    private var shared: Set<AccountID> = []
    /// The new records that stand for no account, with what each leads to by itself.
    private var newcomers: [SourceKey: Rekeyed?] = [:]

    mutating func add(_ link: Link) {
        byName[link.last.foldedName, default: []].append(
            Person(record: link.key.id, account: link.account, name: link.last.fullName)
        )
    }

    /// Notes a new record that stands for no account, and to which it leads.
    mutating func note(_ owner: Rekeyed?, of record: SourceKey) {
        newcomers[record] = .some(owner)
        guard let account = owner?.account, !shared.contains(account) else { return }
        guard !given.insert(account).inserted else { return }
        given.remove(account)
        shared.insert(account)
    }

    /// Whether the record is new and stands for no account.
    func hasNewcomer(_ record: SourceKey) -> Bool { newcomers[record] != nil }

    /// Whose the record is; nil where a person must tell.
    func owner(of record: SourceKey) -> Rekeyed? {
        guard let owner = newcomers[record] ?? nil, given.contains(owner.account) else {
            return nil
        }
        return owner
    }

    /// The former records of those to whom one new record leads.
    var givenRecords: [SourceKey] {
        newcomers.keys.compactMap(owner).flatMap(\.records)
    }

    /// Whose a record may be that only a person can tell: those with its name to whom no new record
    /// leads, and to whom it leads beside another.
    func namesakes(of observation: Observation) -> [Person] {
        var people = (byName[observation.foldedName] ?? []).filter { !given.contains($0.account) }
        if let owner = newcomers[observation.key] ?? nil,
            !people.contains(where: { $0.account == owner.account })
        {
            people.append(
                Person(
                    record: owner.former.id,
                    account: owner.account,
                    name: observation.fullName
                )
            )
        }
        return people
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
