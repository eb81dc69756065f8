import Accounts
import Muster
import Roster

/// Finds the key that a request shows, and the school that it names, without reading the store
/// again while nothing in it changed.
struct KeyRing: Sendable {
    private let access: any AccessStore
    private let store: any AccountStore
    private let connections: any ConnectionStore
    private let clock: any MusterClock
    private let bearers = StampedMemo<[UInt8], AccessKey>()
    private let signers = StampedMemo<TenantID, [AccessKey]>()
    private let schools = StampedMemo<SchoolName, ConnectedSchool>()

    private struct SchoolName: Hashable {
        let text: String
        let tenant: TenantID?
    }

    init(access: any AccessStore, workshop: Workshop) {
        self.access = access
        store = workshop.store
        connections = workshop.connections
        clock = workshop.clock
    }

    /// The key with this text, if it counts now.
    func bearer(_ text: String) async throws(StoreError) -> AccessKey? {
        let digest = BearerKey.digest(of: text)
        let found = try await bearers.value(for: digest, at: store.stamp) {
            () throws(StoreError) in try await access.key(digest: digest)
        }
        guard let found, case .bearer(let kept) = found.proof,
            areEqualInConstantTime(kept, digest), isCurrent(found)
        else { return nil }
        return found
    }

    /// The signing keys of `tenant` that count now.
    func signers(of tenant: TenantID) async throws(StoreError) -> [AccessKey] {
        let all = try await signers.value(for: tenant, at: store.stamp) {
            () throws(StoreError) in
            try await access.keys().filter { key in
                if case .signature = key.proof { key.tenant == tenant } else { false }
            }
        }
        return (all ?? []).filter(isCurrent)
    }

    /// The school with that id, or the only school of the connection with that name; where several
    /// tenants have one, that of `tenant`.
    func school(
        named text: String,
        of tenant: TenantID?
    ) async throws(StoreError) -> ConnectedSchool? {
        let name = SchoolName(text: text, tenant: tenant)
        return try await schools.value(for: name, at: store.stamp) { () throws(StoreError) in
            let found = try await connections.school(named: text)
            guard let tenant, let found, found.connection.tenant != tenant else { return found }
            return try await own(text, tenant)
        }
    }

    /// The connection that reaches a school with that id, or has that name.
    func connection(
        reaching text: String,
        of tenant: TenantID
    ) async throws(StoreError) -> Connection? {
        let all = try await connections.connections().filter { $0.tenant == tenant }
        return all.first { $0.schools.contains { $0.id == text } }
            ?? all.first { $0.name == text }
    }

    /// The connection `id`, where it is the tenant's.
    func connection(
        _ id: ConnectionID,
        of tenant: TenantID
    ) async throws(StoreError) -> Connection? {
        try await connections.connections().first { $0.id == id && $0.tenant == tenant }
    }

    private func own(
        _ text: String,
        _ tenant: TenantID
    ) async throws(StoreError) -> ConnectedSchool? {
        guard let connection = try await connection(reaching: text, of: tenant) else { return nil }
        let school =
            connection.schools.first { $0.id == text }
            ?? (connection.schools.count == 1 ? connection.schools.first : nil)
        return school.map { ConnectedSchool(connection: connection, school: $0) }
    }

    private func isCurrent(_ key: AccessKey) -> Bool {
        guard let expiresAt = key.expiresAt else { return true }
        return clock.now() < expiresAt
    }
}
