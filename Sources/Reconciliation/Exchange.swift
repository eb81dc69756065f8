public import Accounts
public import Roster

/// Records that changed places: each speaks of the person of the next now, the last of that of the
/// first.
public struct Exchange: Sendable, Hashable {
    /// The records, each before the one whose place it took.
    public let ring: [SourceKey]
    /// The sequence of the last answer about each record when the exchange was judged; empty where
    /// it is not to be judged again.
    public var sequences: [SourceKey: Int64] = [:]

    /// An exchange among `ring`, each record having taken the place of the next.
    public init(_ ring: [SourceKey]) { self.ring = ring }

    /// The exchanges that `places`, by each record the one whose place it took, add up to; a chain
    /// that ends elsewhere is none, nor are two that took one place.
    public static func all(in places: [SourceKey: SourceKey]) -> [Exchange] {
        let takers = places.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        var left = places.filter { takers[$0.value] == 1 }
        var found: [Exchange] = []
        for first in places.keys.sorted(by: { $0.id < $1.id }) {
            var ring: [SourceKey] = []
            var next: SourceKey? = first
            while let key = next, let place = left.removeValue(forKey: key) {
                ring.append(key)
                next = place
            }
            if ring.count > 1, next == first { found.append(Exchange(ring)) }
        }
        return found
    }

    /// Whether the records still change places by what `observations` say, and no answer about one
    /// of them came since.
    func stands(by observations: [Observation], on view: LocalView) -> Bool {
        ring.indices.allSatisfy { index in
            let place = ring[(index + 1) % ring.count]
            guard let said = observations.first(where: { $0.key == ring[index] }),
                let link = view.links[ring[index]], sequences[ring[index]] == link.sequence
            else { return false }
            return LossGuard.place(takenBy: said, on: view) == place
        }
    }

    /// The same exchange, told from `record` on.
    func told(from record: SourceKey) -> [SourceKey] {
        let start = ring.firstIndex(of: record) ?? 0
        return Array(ring[start...] + ring[..<start])
    }
}

extension LossGuard {
    /// The record of another account whose place a record takes by `said`; nil where it takes none.
    ///
    /// The first name changes, and both names and the address are what that one says, or said before
    /// its person left.
    /// Records are compared and not accounts, in which people may have been called otherwise.
    public static func place(takenBy said: Observation, on seen: LocalView) -> SourceKey? {
        guard let link = seen.links[said.key],
            let holder = said.claimedEmail.flatMap({ seen.holders[$0] }), holder != link.account
        else { return nil }
        let changed = names(said)
        let former = names(link.last)
        // Who marries takes a surname; relatives who change places have one.
        guard changed.first != former.first, !changed.contains(nil) else { return nil }
        let theirs = seen.links.values.filter {
            $0.account == holder && names($0.last) == changed
        }
        .sorted { $0.key.id < $1.key.id }
        return (theirs.first { $0.isTwin(of: link) } ?? theirs.first)?.key
    }

    private static func names(_ said: Observation) -> [String?] {
        [said.forename, said.surname].map { $0.value.map(CleanText.folded) }
    }
}

// Records that changed places among accounts, as a person approved.
extension Planner {
    /// Gives each account the record that speaks of its person now, in place of the one that did.
    ///
    /// What the person's record said last goes with her, so that nothing about an account changes.
    func carryOut(_ exchange: Exchange, reason: Reason, in draft: inout Draft) {
        let ring = exchange.ring
        let links = ring.compactMap { draft.links[$0] }
        guard links.count == ring.count, Set(links.map(\.account)).count == ring.count else {
            return
        }
        for (index, key) in ring.enumerated() {
            let (own, former) = (links[index], links[(index + 1) % links.count])
            draft.put(former.spoken(for: own))
            draft.update(former.account) { $0.replace(former.key, with: key) }
            draft.insistOnVersion(of: former.account)
            draft.unsettledManagers.insert(key)
            draft.unsettledAbove.formUnion([former.manager].compactMap(\.self))
            guard let status = draft.accounts[former.account]?.status.text else { continue }
            draft.record(
                HistoryEntry(
                    account: former.account,
                    field: .status,
                    from: status,
                    to: status,
                    reason: reason.rawValue,
                    exact: .exchange(exchange.told(from: key))
                )
            )
        }
    }

    /// Gives the accounts of an exchange their records back, whoever of them is asked for first.
    func takeBackExchange(_ restoration: Restoration, in draft: inout Draft) {
        guard let ring = restoration.exchangedRecords, let given = ring.first,
            draft.links[given]?.account == restoration.account
        else { return }
        carryOut(Exchange(ring.reversed()), reason: .undone, in: &draft)
    }
}

extension Account {
    /// What the link of `former` gave is what that of `key` gives.
    fileprivate mutating func replace(_ former: SourceKey, with key: SourceKey) {
        if home == former { home = key }
        memberships = Set(
            memberships.map { place in
                var place = place
                if place.givenBy == former { place.givenBy = key }
                return place
            }
        )
        privileges = Set(
            privileges.map { right in
                var right = right
                if right.givenBy == former { right.givenBy = key }
                return right
            }
        )
        guardianships = Set(
            guardianships.map { relation in
                var relation = relation
                if relation.givenBy == former { relation.givenBy = key }
                return relation
            }
        )
    }
}

extension Link {
    /// The same link by another record, whose answers count from where `own` left off.
    fileprivate func spoken(for own: Link) -> Link {
        var said = last
        said.key = own.key
        said.sequence = own.last.sequence
        var link = Link(
            key: own.key,
            account: account,
            linkedAt: linkedAt,
            last: said,
            plannedOn: plannedOn
        )
        link.sequence = own.sequence
        link.state = own.state
        link.missingSince = own.missingSince
        link.manager = manager
        link.awaitedEmail = awaitedEmail
        return link
    }
}
