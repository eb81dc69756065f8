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
    private let schools = StampedMemo<String, [ConnectedSchool]>()

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
    func signers(of school: String, at stamp: Int64?) async throws(StoreError) -> [AccessKey] {
        let tenants = Set(try await schools(named: school, at: stamp).map(\.connection.tenant))
        guard !tenants.isEmpty else { return [] }
        let all = try await signers.value(for: .all, at: stamp) {
            () throws(StoreError) in
            try await access.keys().filter { key in
                if case .signature = key.proof { true } else { false }
            }
        }
        return (all ?? []).filter { tenants.contains($0.tenant) && isCurrent($0) }
    }

    /// The school of `tenant` with that id, or the only school of its connection with that name.
    func school(
        named text: String,
        of tenant: TenantID,
        at stamp: Int64?
    ) async throws(StoreError) -> ConnectedSchool? {
        try await schools(named: text, at: stamp).first { $0.connection.tenant == tenant }
    }

    /// The schools of all tenants that `text` may mean.
    private func schools(
        named text: String,
        at stamp: Int64?
    ) async throws(StoreError) -> [ConnectedSchool] {
        let found = try await schools.value(for: text, at: stamp) { () throws(StoreError) in
            let found = try await connections.schools(named: text)
            // Names that mean nothing are not kept: they would crowd out those that do.
            return found.isEmpty ? nil : found
        }
        return found ?? []
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
