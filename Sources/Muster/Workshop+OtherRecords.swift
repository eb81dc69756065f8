import Accounts
import Reconciliation
import Roster

/// Why somebody who is said to have left may be there still.
enum OtherRecord: Hashable {
    /// A record waits that may be hers, by its name.
    case awaited
    /// This one is hers, by the rules of a change of MIS.
    case found(SourceKey)
}

extension Workshop {
    /// The other record of somebody who is said to have left: one of `newcomers`, or one that waits
    /// here; nil where there is none, or where two lead to her.
    ///
    /// `leaving` says that she left, and none else of her records speaks for somebody present; `seen`
    /// has them and her account. `newcomers` are listed now and have no account.
    func otherRecord(
        _ account: AccountID,
        than leaving: SourceKey,
        in seen: LocalView,
        among newcomers: [Observation],
        of tenant: TenantID,
        _ planner: Planner
    ) async throws(StoreError) -> OtherRecord? {
        let waiting = try await store.unlinkedRecords(in: leaving.school)
        let isAwaited = waiting.contains { record in
            record.reason == .namesakeAfterRenumbering && record.candidates.contains(account)
                && record.observation.key.kind == leaving.kind
                && !(record.dismissal.map { $0.until == nil } ?? false)
        }
        if isAwaited { return .awaited }
        let last = seen.links.values.filter { $0.account == account }.map(\.last)
        var around = ViewRequest(tenant: tenant)
        around.emails = Set(last.compactMap(\.claimedEmail))
        if let email = seen.accounts[account]?.email { around.emails.insert(email) }
        around.neutralKeys = last.reduce(into: []) { $0.formUnion($1.neutralKeys) }
        var candidates = try await stating(around, at: leaving.school, as: leaving.kind)
        for newcomer in newcomers
        where newcomer.key.school == leaving.school && newcomer.key.kind == leaving.kind {
            let isNamed = newcomer.claimedEmail.map(around.emails.contains) ?? false
            guard isNamed || !newcomer.neutralKeys.isDisjoint(with: around.neutralKeys) else {
                continue
            }
            candidates[newcomer.key] = newcomer
        }
        guard !candidates.isEmpty else { return nil }
        let view = try await store.view(
            Planner.viewRequest(for: candidates.values, tenant: tenant, run: nil)
        )
        let rekeying = Rekeying(
            in: Draft(view, tenant: tenant),
            policy: planner.policy,
            today: planner.today,
            isGone: { $0 == leaving || view.links[$0]?.state.isPresent == false },
            isLeaving: { $0 == leaving }
        )
        let others = candidates.values.filter { rekeying.owner(of: $0)?.account == account }
        // Two records that lead to her are nobody's.
        return others.count == 1 ? .found(others[0].key) : nil
    }

    /// The records without an account, of one kind at a school, that state what `around` names.
    private func stating(
        _ around: ViewRequest,
        at school: SchoolKey,
        as kind: PersonKind
    ) async throws(StoreError) -> [SourceKey: Observation] {
        let claims = try await store.view(around)
        var request = ViewRequest(tenant: around.tenant)
        request.keys = Set(claims.claims.values.joined()).union(claims.keyClaims.values.joined())
            .filter { $0.school == school && $0.kind == kind }
        guard !request.keys.isEmpty else { return [:] }
        let view = try await store.view(request)
        return view.unlinked.filter { view.links[$0.key] == nil }.mapValues(\.observation)
    }
}
