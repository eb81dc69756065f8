public import Accounts
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore {
    public func dossier(of account: AccountID) async throws(StoreError) -> Dossier? {
        read { $0.dossier(of: account) }
    }

    public func erase(
        _ account: AccountID,
        of tenant: TenantID,
        at: Timestamp
    ) async throws(StoreError) -> [SourceKey] {
        try write { (state) throws(StoreError) in
            try state.erase(account, of: tenant, at: at)
        }
    }

    public func erased(
        among keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Set<SourceKey> {
        read { state in
            keys.filter { state.erased.contains(ErasedRecord($0, of: tenant)) }
        }
    }

    public func liftErasure(
        of keys: Set<SourceKey>,
        of tenant: TenantID
    ) async throws(StoreError) -> Int {
        try write { (state) throws(StoreError) in
            let lifted = keys.count { state.erased.contains(ErasedRecord($0, of: tenant)) }
            state.erased.subtract(keys.map { ErasedRecord($0, of: tenant) })
            return lifted
        }
    }

    public func forgetHistory(
        of tenant: TenantID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try write { (state) throws(StoreError) in
            state.forgetHistory(of: tenant, before: before, limit: limit)
        }
    }

    public func forgetRuns(
        of connection: ConnectionID,
        before: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try write { (state) throws(StoreError) in
            state.forgetRuns(of: connection, before: before, limit: limit)
        }
    }
}
