import Accounts
import Reconciliation
import Roster

/// Tells which links stand, at the same school and now, for somebody else than a record is of.
struct OtherPeople {
    private let record: UnlinkedRecord
    private let changed: [ChangedIDs]

    init(_ record: UnlinkedRecord, _ changed: [ChangedIDs]) {
        self.record = record
        self.changed = changed
    }

    /// Why an account with `links` is another person's, as far as names tell; nil where it may be hers.
    func refusal(of links: some Collection<Link>) -> ReviewError? {
        let mine = record.observation
        let other = links.filter { $0.key != mine.key }.sorted { $0.key.id < $1.key.id }
        if let listed = other.first(where: has) {
            return .anotherPerson(mine.key.id, other: listed.key.id)
        }
        // Whose records are gone is somebody still: one mistyped address, and a newcomer would have a
        // leaver's history, and her address to log in by.
        guard let gone = other.first, !links.contains(where: { mine.sharesName(with: $0.last) })
        else { return nil }
        return .formerlyAnotherPerson(mine.key.id, other: gone.key.id)
    }

    /// Whether `link` is of another person whom the school has now, as far as names tell.
    private func has(_ link: Link) -> Bool {
        let (mine, others) = (record.observation, link.last)
        guard link.key.school == mine.key.school, link.state.isPresent else { return false }
        // A teacher may be a parent too, but not under quite another name: somebody else's children
        // would be hers.
        guard link.key.kind == mine.key.kind else { return !mine.sharesName(with: others) }
        // Two who share an address share a surname too, and not the first name; a pupil relates to
        // both records, so that one account would be told what concerns the other.
        let forenames = [mine.forename, others.forename].compactMap(\.value).map(CleanText.folded)
        let isOfOneForename = forenames.count == 2 && forenames[0] == forenames[1]
        if mine.key.kind == .contact { return forenames.count == 2 && !isOfOneForename }
        let isMarried = isOfOneForename && mine.claimedEmail == others.claimedEmail
        // A record that is gone is nobody else's: hers from before a change of MIS, or a leaver's.
        return mine.foldedName != others.foldedName && !isMarried && !isGone(link)
    }

    /// Whether the last list missed the record, as far as that is known.
    private func isGone(_ link: Link) -> Bool {
        if link.missingSince != nil { return true }
        let isNamesake = record.reason == .namesakeAfterRenumbering
        if isNamesake, record.candidates.contains(link.account) { return true }
        return changed.contains { $0.holds(link.key) && $0.formerIDs.contains(link.key.id) }
    }
}

extension Observation {
    /// Whether one of the two names is that of `other`, or is not known of one of them.
    fileprivate func sharesName(with other: Observation) -> Bool {
        [(forename, other.forename), (surname, other.surname)].contains { mine, others in
            guard let mine = mine.value, let others = others.value else { return true }
            return CleanText.folded(mine) == CleanText.folded(others)
        }
    }
}
