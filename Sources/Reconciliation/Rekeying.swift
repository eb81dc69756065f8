public import Accounts
public import Roster

/// Whose record it is that came under a new id, and how that is known.
public struct Rekeyed: Sendable, Hashable {
    /// The account.
    public var account: AccountID
    /// The records of the school that stood for it, which are listed no more; at least one, by id.
    public var records: [SourceKey]
    /// Whether a number tells, and a name; else her address and her surname do.
    public var isByNumber: Bool

    /// The first of the records that stood for it.
    public var former: SourceKey { records[0] }
}

/// Finds whose records those are that came under new ids after a change of MIS.
///
/// A number or an address finds a person under the same conditions as at another school, where her
/// own record is gone, or states that she left; a name alone never does. Addresses need not be
/// trusted, because a person approves what is found.
public struct Rekeying {
    private let draft: Draft
    private let policy: Policy
    private let today: Day
    private let isGone: (SourceKey) -> Bool
    private let isLeaving: (SourceKey) -> Bool

    /// A search in `draft` by the rules of `policy`.
    ///
    /// `isGone` tells whether a record is listed no more, or as that of somebody who left;
    /// `isLeaving` whether only the new record speaks against that, because no other tells of a
    /// change of MIS.
    public init(
        in draft: Draft,
        policy: Policy,
        today: Day,
        isGone: @escaping (SourceKey) -> Bool,
        isLeaving: @escaping (SourceKey) -> Bool = { _ in false }
    ) {
        self.draft = draft
        self.policy = policy
        self.today = today
        self.isGone = isGone
        self.isLeaving = isLeaving
    }

    /// Whose record `observation` is of; nil where nothing but a person can tell, where she said
    /// that it is to be ignored, and for a record that gets nobody an account.
    public func owner(of observation: Observation) -> Rekeyed? {
        // What an approval could not carry out must not be promised: it would wait for ever.
        let facts = Facts(of: observation, on: today, policy: policy)
        let isIgnored = draft.unlinked[observation.key]?.isDismissed(on: today) ?? false
        guard !isIgnored, facts.reasonNotToImport(observation) == nil,
            let email = facts.email.value
        else { return nil }
        let holder = draft.holder(of: email)
        let numbers = draft.keyHolders(of: observation)
        if !numbers.accounts.isEmpty {
            let people = numbers.people(and: holder)
            guard people.count == 1, let account = people.first.flatMap({ draft.accounts[$0] })
            else { return nil }
            if numbers.strangers.isEmpty,
                resemblance(observation, facts, to: account).confirmsNumber
            {
                return rekeyed(account, observation.key, isByNumber: true)
            }
        }
        guard let holder,
            draft.strangers(stating: email, besides: observation.key, of: holder.id).isEmpty
        else { return nil }
        let resemblance = resemblance(observation, facts, to: holder)
        guard resemblance.confirmsAddress,
            let owner = rekeyed(holder, observation.key, isByNumber: false),
            resemblance.confirmsAddressOfLeaver || !owner.records.contains(where: isLeaving)
        else { return nil }
        return owner
    }

    private func resemblance(
        _ observation: Observation,
        _ facts: Facts,
        to account: Account
    ) -> Resemblance {
        Resemblance(observation, facts, to: account, draft.links(of: account.id))
    }

    /// The account with the record that `key` replaces; nil unless the person is active and all her
    /// records of its school are of its kind and gone.
    private func rekeyed(_ account: Account, _ key: SourceKey, isByNumber: Bool) -> Rekeyed? {
        let records = draft.links(of: account.id).map(\.key).filter { $0.school == key.school }
        guard account.status == .active,
            !records.isEmpty, records.allSatisfy({ $0.kind == key.kind && isGone($0) })
        else { return nil }
        return Rekeyed(
            account: account.id,
            records: records.sorted { $0.id < $1.id },
            isByNumber: isByNumber
        )
    }
}

extension Observation {
    /// Forename and surname, without case and accents.
    public var foldedName: String {
        CleanText.folded([forename.value, surname.value].compactMap(\.self).joined(separator: " "))
    }
}
