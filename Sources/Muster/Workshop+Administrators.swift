import Accounts
import Roster

extension Workshop {
    /// Whom `step` would suspend though nobody else at her school would have her rights of an
    /// administrator then.
    ///
    /// Administrators of the tenant's other schools do not count: too many are kept rather than none.
    func lastAdministrators(
        in step: StepResult,
        at school: SchoolKey,
        of tenant: TenantID,
        _ policy: Policy
    ) async throws(StoreError) -> Set<AccountID> {
        let leaving = step.changes.accounts.filter { write in
            write.before?.status == .active && write.after.status != .active
        }.compactMap(\.before).filter { !policy.administratorRights(of: $0).isEmpty }
        guard !leaving.isEmpty else { return [] }
        let gone = Set(leaving.map(\.id))
        let staying = try await store.accounts(in: school, of: tenant).map(\.account).filter {
            $0.status == .active && !gone.contains($0.id)
        }
        let kept = staying.reduce(into: Set<String>()) {
            $0.formUnion(policy.administratorRights(of: $1))
        }
        return Set(
            leaving.filter { !policy.administratorRights(of: $0).isSubset(of: kept) }.map(\.id)
        )
    }
}

extension Policy {
    fileprivate func administratorRights(of account: Account) -> Set<String> {
        administrators.intersection(account.privileges.map(\.name))
    }
}
