import Accounts
import Muster
import Roster

/// Finds the key that a request shows, and the school that it names.
///
/// Keys and schools that were found are not read again while nothing in the store changes, which
/// its stamp tells; what is not there is looked for each time.
struct KeyRing: Sendable {
    private let access: any AccessStore
    private let store: any AccountStore
    private let connections: any ConnectionStore
    private let clock: any MusterClock
    private let bearers = StampedMemo<[UInt8], AccessKey>()
    private let signers = StampedMemo<Signers, [AccessKey]>()
    private let schools = StampedMemo<OwnSchool, ConnectedSchool>()

    /// A school by the name that a tenant's key asked for.
    private struct OwnSchool: Hashable {
        let tenant: TenantID
        let name: String
    }

    /// What the list of signing keys is remembered by: there is one.
    private enum Signers { case all }

    init(access: any AccessStore, workshop: Workshop) {
        self.access = access
        store = workshop.store
        connections = workshop.connections
        clock = workshop.clock
    }

    /// What tells whether something changed since, taken once for all that one request asks.
    var stamp: Int64? { store.stamp }

    /// The key with this text, if it counts now.
    func bearer(_ text: String, at stamp: Int64?) async throws(StoreError) -> AccessKey? {
        let digest = BearerKey.digest(of: text)
        let found = try await bearers.value(for: digest, at: stamp) {
            () throws(StoreError) in try await access.key(digest: digest)
        }
        guard let found, case .bearer(let kept) = found.proof,
            areEqualInConstantTime(kept, digest), isCurrent(found)
        else { return nil }
        return found
    }

    /// The signing keys that count now of every tenant who has a school with that name.
    ///
    /// The school is looked for each time, so that one that is not there takes no longer.
    func signers(of school: String, at stamp: Int64?) async throws(StoreError) -> [AccessKey] {
        let tenants = Set(try await connections.schools(named: school).map(\.connection.tenant))
        let all = try await signers.value(for: .all, at: stamp) {
            () throws(StoreError) in
            try await access.keys().filter { key in
                if case .signature = key.proof { true } else { false }
            }
        }
        return (all ?? []).filter { tenants.contains($0.tenant) && isCurrent($0) }
    }

    /// The school of `tenant` with that id, or the only school of its connection with that name.
    ///
    /// Another tenant's is looked for each time, as one that is not there: they take as long.
    func school(
        named text: String,
        of tenant: TenantID,
        at stamp: Int64?
    ) async throws(StoreError) -> ConnectedSchool? {
        try await schools.value(for: OwnSchool(tenant: tenant, name: text), at: stamp) {
            () throws(StoreError) in
            try await connections.schools(named: text).first { $0.connection.tenant == tenant }
        }
    }

    /// The connection `id`, where it is the tenant's.
    func connection(
        _ id: ConnectionID,
        of tenant: TenantID
    ) async throws(StoreError) -> Connection? {
        try await connections.connections().first { $0.id == id && $0.tenant == tenant }
    }

    private func isCurrent(_ key: AccessKey) -> Bool {
        guard let expiresAt = key.expiresAt else { return true }
        return clock.now() < expiresAt
    }
}
