import Accounts
import MusterTesting
import Roster

// Connections and policies are handed on; keys are none of the simulation's.
extension UnsteadyStore {
    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        try await memory.addConnection(draft, seal: seal)
    }

    func connections() async throws(StoreError) -> [Connection] {
        try await weather()
        return try await memory.connections()
    }

    func school(named text: String) async throws(StoreError) -> ConnectedSchool? {
        try await weather()
        return try await memory.school(named: text)
    }

    func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        try await memory.sealedSecret(of: connection)
    }

    func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await memory.setSealedSecret(sealed, of: connection)
    }

    func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        try await memory.rename(connection, to: name)
    }

    func remove(_ connection: ConnectionID) async throws(StoreError) {
        try await memory.remove(connection)
    }

    func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await weather()
        try await memory.setCapabilities(capabilities, of: connection)
    }

    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await weather()
        try await memory.setSchedule(schedule, of: connection)
    }

    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        try await weather()
        return try await memory.readMarks(of: connection)
    }

    func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try await weather()
        try await memory.setReadMark(mark)
    }

    func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        try await weather()
        return try await memory.policy(of: tenant)
    }

    func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) {
        try await memory.setPolicy(policy, of: tenant)
    }

    func addKey(_ key: AccessKey) async throws(StoreError) { try await memory.addKey(key) }

    func keys() async throws(StoreError) -> [AccessKey] { try await memory.keys() }

    func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        try await memory.key(digest: digest)
    }

    func removeKey(named name: String) async throws(StoreError) -> Bool {
        try await memory.removeKey(named: name)
    }

    func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool {
        try await memory.take(message, forgettingBefore: oldest)
    }

    func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        try await memory.noteUse(ofKeyNamed: name, at: at)
    }

    func keyUses() async throws(StoreError) -> [String: Timestamp] { try await memory.keyUses() }

    func tryWriting() async throws(StoreError) { try await memory.tryWriting() }
}
