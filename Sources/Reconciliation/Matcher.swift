import Accounts
import Roster

/// Decides whose record it is that has no link yet.
///
/// A name alone never joins anything. A number that is a person's in any MIS does where nobody else
/// states it, an address where nobody else does and the connection's addresses are trusted; either
/// only where the names agree, as `Resemblance` says.
struct Matcher {
    let policy: Policy
    let mayCreate: Bool

    enum Decision {
        /// Make an account; the address is taken over from a leaver's account, if one is named.
        case create(releasedBy: AccountID?)
        /// Join the record to this account.
        case join(AccountID)
        /// Leave it without an account.
        case unlinked(UnlinkedReason, candidates: [AccountID])
    }

    func match(_ observation: Observation, _ facts: Facts, in draft: Draft) -> Decision {
        if let reason = facts.reasonNotToImport(observation) {
            return .unlinked(reason, candidates: [])
        }
        let numbers = draft.keyHolders(of: observation)
        if !numbers.isEmpty { return match(observation, facts, by: numbers, in: draft) }
        guard let email = facts.email.value else { return .unlinked(.noWorkEmail, candidates: []) }
        if let holder = draft.holder(of: email) {
            return match(observation, facts, with: holder, of: email, in: draft)
        }
        let others = draft.claimants(of: email, besides: observation.key)
        guard others.isEmpty else {
            return .unlinked(
                .sharedEmail,
                candidates: others.compactMap { draft.links[$0]?.account }.sorted()
            )
        }
        return creation(releasedBy: nil)
    }

    /// The same, after a person decided; she cannot make somebody of a record that is nobody's, nor
    /// take an address from somebody present.
    func match(
        _ observation: Observation,
        _ facts: Facts,
        confirmed: Confirmation?,
        in draft: Draft
    ) -> Decision {
        let found = match(observation, facts, in: draft)
        guard let confirmed else { return found }
        if case .waiting(let namesakes) = confirmed {
            return Self.waiting(found, namesakes.filter { draft.accounts[$0] != nil })
        }
        guard facts.reasonNotToImport(observation) == nil else { return found }
        switch confirmed {
        case .waiting: return found
        case .account(let id):
            return draft.accounts[id] == nil ? found : .join(id)
        case .newAccount:
            guard let holder = facts.email.value.flatMap(draft.holder) else {
                return .create(releasedBy: nil)
            }
            if holder.status == .suspended(by: .sync) { return .create(releasedBy: holder.id) }
            // Whoever asked for an account of its own did not ask for the holder's.
            if case .join = found {
                return .unlinked(.emailOfLinkedAccount, candidates: [holder.id])
            }
            return found
        }
    }

    /// No rule decides about a record whose school changed its ids: whom `found` leads to may be
    /// somebody under an id of before.
    private static func waiting(_ found: Decision, _ namesakes: [AccountID]) -> Decision {
        var reason = UnlinkedReason.unknownAfterRenumbering
        var candidates = Set(namesakes)
        switch found {
        case .unlinked(let why, let others):
            reason = why
            candidates.formUnion(others)
        case .join(let account): candidates.insert(account)
        case .create: break
        }
        switch reason {
        case .left, .notYetStarted, .erased, .unusableName: break
        default: if !namesakes.isEmpty { reason = .namesakeAfterRenumbering }
        }
        return .unlinked(reason, candidates: candidates.sorted())
    }

    private func creation(releasedBy leaver: AccountID?) -> Decision {
        mayCreate
            ? .create(releasedBy: leaver)
            : .unlinked(.creationNotAllowed, candidates: leaver.map { [$0] } ?? [])
    }

    /// Somebody holds the address already.
    private func match(
        _ observation: Observation,
        _ facts: Facts,
        with holder: Account,
        of email: String,
        in draft: Draft
    ) -> Decision {
        func dispute(_ reason: UnlinkedReason) -> Decision {
            .unlinked(reason, candidates: [holder.id])
        }
        let links = draft.links(of: holder.id)
        let strangers = draft.strangers(
            stating: email,
            besides: observation.key,
            of: holder.id
        )
        let resemblance = Resemblance(observation, facts, to: holder, links)
        switch holder.status {
        case .suspended(by: .administrator):
            return dispute(.suspendedAccount)
        case .suspended(by: .sync)
        where holder.isPinned(.email, against: nil) || links.contains(where: \.state.isPresent):
            // Whom a person keeps suspended though her school has her is no leaver.
            return dispute(.emailOfLinkedAccount)
        case .suspended(by: .sync):
            guard strangers.isEmpty else { return dispute(.sharedEmail) }
            return resemblance.isOfOneName
                ? dispute(.possibleReturner) : creation(releasedBy: holder.id)
        case .active:
            break
        }
        if links.contains(where: { $0.key.kind != observation.key.kind }) {
            return dispute(.otherKind)
        }
        if links.contains(where: { $0.key.school == observation.key.school }) {
            return dispute(.emailOfLinkedAccount)
        }
        guard strangers.isEmpty else { return dispute(.sharedEmail) }
        guard policy.trustsEmail else { return dispute(.untrustedEmail) }
        guard !holder.privileges.contains(where: { $0.givenBy == nil }) else {
            return dispute(.privilegedAccount)
        }
        guard resemblance.surname else { return dispute(.surnameDisagrees) }
        // Parents share addresses, and have no numbers that would tell them apart.
        guard observation.key.kind != .contact || resemblance.isOfOneName else {
            return dispute(.sharedEmail)
        }
        return resemblance.confirmsAddress ? .join(holder.id) : dispute(.neutralKeysDisagree)
    }
}
