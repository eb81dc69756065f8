public import Accounts
public import Roster

/// Finds whose records those are that came under new ids after a change of MIS.
///
/// Only an address finds an account, and only where nobody else states it, its holder's own record
/// is gone and the surname agrees. A name alone never does.
public struct Rekeying {
    private let view: LocalView
    private let isGone: (SourceKey) -> Bool

    /// A search in `view`; `isGone` tells whether a record is listed no more.
    public init(view: LocalView, isGone: @escaping (SourceKey) -> Bool) {
        self.view = view
        self.isGone = isGone
    }

    /// The account of the person whom `observation` is about; nil where nothing but a person can
    /// tell.
    public func account(for observation: Observation) -> AccountID? {
        let key = observation.key
        guard case .current = observation.standing.orCurrent, let email = observation.claimedEmail,
            let id = view.holders[email], let account = view.accounts[id],
            account.status == .active
        else { return nil }
        let links = view.links.values.filter { $0.account == id && $0.key.school == key.school }
        guard !links.isEmpty, links.allSatisfy({ $0.key.kind == key.kind && isGone($0.key) })
        else { return nil }
        let claimants = (view.claims[email] ?? []).subtracting(links.map(\.key)).subtracting([key])
        guard claimants.isEmpty, let surname = observation.surname.value,
            let known = account.surname
        else { return nil }
        return CleanText.folded(surname) == CleanText.folded(known) ? id : nil
    }
}

extension Observation {
    /// Forename and surname, without case and accents.
    public var foldedName: String {
        CleanText.folded([forename.value, surname.value].compactMap(\.self).joined(separator: " "))
    }
}

extension Standing {
    /// Whoever is not said to have left or to come later is here.
    fileprivate var orCurrent: Standing { self == .unstated ? .current : self }
}
