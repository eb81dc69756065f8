import Accounts
import Roster

// A number that is a person's in any MIS goes before her address, and is held to the same conditions.
extension Matcher {
    /// Whose the record is by its numbers, of which others have one too.
    func match(
        _ observation: Observation,
        _ facts: Facts,
        by numbers: KeyHolders,
        in draft: Draft
    ) -> Decision {
        let holder = facts.email.value.flatMap(draft.holder)
        let candidates = numbers.people(and: holder).sorted()
        guard numbers.strangers.isEmpty, !numbers.isContested else {
            return .unlinked(.sharedNeutralKey, candidates: candidates)
        }
        guard candidates.count == 1, let account = candidates.first.flatMap({ draft.accounts[$0] })
        else { return .unlinked(.neutralKeysDisagree, candidates: candidates) }
        let strangers = facts.email.value.map {
            draft.strangers(stating: $0, besides: observation.key, of: account.id)
        }
        guard strangers?.isEmpty ?? true else {
            return .unlinked(.sharedEmail, candidates: candidates)
        }
        if let reason = reasonNotToJoin(observation, facts, account, draft.links(of: account.id)) {
            return .unlinked(reason, candidates: candidates)
        }
        return .join(account.id)
    }

    private func reasonNotToJoin(
        _ observation: Observation,
        _ facts: Facts,
        _ account: Account,
        _ links: [Link]
    ) -> UnlinkedReason? {
        switch account.status {
        case .suspended(by: .administrator): return .suspendedAccount
        case .suspended(by: .sync):
            // Whom a person keeps suspended though her school has her is no leaver.
            return links.contains(where: \.state.isPresent)
                ? .neutralKeyOfLinkedAccount : .possibleReturner
        case .active: break
        }
        if links.contains(where: { $0.key.kind != observation.key.kind }) { return .otherKind }
        // A number that is typed wrong is somebody else's.
        let isHers = Resemblance(observation, facts, to: account, links).confirmsNumber
        if links.contains(where: { $0.key.school == observation.key.school }) {
            return isHers ? .neutralKeyOfLinkedAccount : .neutralKeyNameDisagrees
        }
        if account.privileges.contains(where: { $0.givenBy == nil }) { return .privilegedAccount }
        return isHers ? nil : .neutralKeyNameDisagrees
    }
}
