public import Accounts
public import Roster

/// Whose record it is that came under a new id, and how that is known.
public struct Rekeyed: Sendable, Hashable {
    /// The account.
    public var account: AccountID
    /// The record that stood for it, which is listed no more.
    public var former: SourceKey
    /// Whether a number tells, and a name; else her address and her surname do.
    public var isByNumber: Bool
}

/// Finds whose records those are that came under new ids after a change of MIS.
///
/// A number that is hers in any MIS finds a person where her forename agrees and her surname or her
/// address, an address alone where the surname does; either only where nobody else states it and her
/// own record is gone. A name alone never does.
public struct Rekeying {
    private let view: LocalView
    private let policy: Policy
    private let today: Day
    private let isGone: (SourceKey) -> Bool

    /// A search in `view` by the rules of `policy`; `isGone` tells whether a record is listed no
    /// more.
    public init(
        view: LocalView,
        policy: Policy,
        today: Day,
        isGone: @escaping (SourceKey) -> Bool
    ) {
        self.view = view
        self.policy = policy
        self.today = today
        self.isGone = isGone
    }

    /// Whose record `observation` is of; nil where nothing but a person can tell, where she said
    /// that it is to be ignored, and for a record that gets nobody an account.
    public func owner(of observation: Observation) -> Rekeyed? {
        // What an approval could not carry out must not be promised: it would wait for ever.
        let facts = Facts(of: observation, on: today, policy: policy)
        let matcher = Matcher(policy: policy, mayCreate: true)
        guard matcher.reasonNotToImport(observation, facts) == nil, !isRuledOut(observation.key)
        else { return nil }
        let numbers = KeyHolders(of: observation, claims: view.keyClaims) {
            view.links[$0]?.account
        }
        let holder = observation.claimedEmail.flatMap { view.holders[$0] }
        if numbers.accounts.isEmpty {
            return holder.flatMap { byAddress($0, observation) }
        }
        // A number and an address of two people are nobody's, as are numbers of two.
        let people = numbers.accounts.union([holder].compactMap(\.self))
        guard people.count == 1, let id = people.first else { return nil }
        if numbers.strangers.isEmpty, isReplaced(id, by: observation.key),
            agrees(observation.forename, view.accounts[id]?.forename),
            agrees(observation.surname, view.accounts[id]?.surname) || holder == id
        {
            return rekeyed(id, observation, isByNumber: true)
        }
        return holder.flatMap { byAddress($0, observation) }
    }

    /// Whether a person said that the record is to be ignored.
    private func isRuledOut(_ key: SourceKey) -> Bool {
        view.unlinked[key]?.isDismissed(on: today) ?? false
    }

    private func rekeyed(
        _ id: AccountID,
        _ observation: Observation,
        isByNumber: Bool
    ) -> Rekeyed? {
        links(of: id, at: observation.key.school).map(\.key).min { $0.id < $1.id }.map {
            Rekeyed(account: id, former: $0, isByNumber: isByNumber)
        }
    }

    private func byAddress(_ id: AccountID, _ observation: Observation) -> Rekeyed? {
        guard let email = observation.claimedEmail, isReplaced(id, by: observation.key) else {
            return nil
        }
        let own = links(of: id, at: observation.key.school).map(\.key) + [observation.key]
        guard (view.claims[email] ?? []).isSubset(of: own),
            agrees(observation.surname, view.accounts[id]?.surname),
            agrees(observation.forename, view.accounts[id]?.forename)
                || !hasOtherNumber(id, observation)
        else { return nil }
        return rekeyed(id, observation, isByNumber: false)
    }

    /// Whether the account's record has a number of a kind of which `observation` states another.
    private func hasOtherNumber(_ id: AccountID, _ observation: Observation) -> Bool {
        links(of: id, at: observation.key.school).flatMap(\.last.neutralKeys).contains { known in
            observation.neutralKeys.contains { $0.kind == known.kind }
                && !observation.neutralKeys.contains(known)
        }
    }

    /// Whether the person is active and all her records of the school and kind of `key` are gone.
    private func isReplaced(_ id: AccountID, by key: SourceKey) -> Bool {
        guard view.accounts[id]?.status == .active else { return false }
        let links = links(of: id, at: key.school)
        return !links.isEmpty && links.allSatisfy { $0.key.kind == key.kind && isGone($0.key) }
    }

    private func links(of id: AccountID, at school: SchoolKey) -> [Link] {
        view.links.values.filter { $0.account == id && $0.key.school == school }
    }

    private func agrees(_ said: Observed<String>, _ known: String?) -> Bool {
        Matcher.agree(said.value, known)
    }
}

extension Observation {
    /// Forename and surname, without case and accents.
    public var foldedName: String {
        CleanText.folded([forename.value, surname.value].compactMap(\.self).joined(separator: " "))
    }
}
