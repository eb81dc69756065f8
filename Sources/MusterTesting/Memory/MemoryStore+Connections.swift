public import Accounts
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore: ConnectionStore {
    public func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        try write { (state) throws(StoreError) in try state.add(draft, seal: seal) }
    }

    public func connections() async throws(StoreError) -> [Connection] {
        read { $0.connections.values.sorted { $0.name < $1.name } }
    }

    public func schools(named text: String) async throws(StoreError) -> [ConnectedSchool] {
        read { $0.connections.values.schools(named: text) }
    }

    public func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        read { $0.secrets[connection] }
    }

    public func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    )
        async throws(StoreError)
    {
        try write { $0.secrets[connection] = sealed }
    }

    public func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.rename(connection, to: name) }
    }

    public func remove(_ connection: ConnectionID) async throws(StoreError) {
        try write { $0.remove(connection) }
    }

    public func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    )
        async throws(StoreError)
    {
        try write { $0.connections[connection]?.capabilities = capabilities }
    }

    public func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try write { $0.connections[connection]?.schedule = schedule }
    }

    public func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        read { $0.readMarks(of: connection) }
    }

    public func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try write { $0.set(mark) }
    }

    public func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        read { $0.policies[tenant] ?? Policy() }
    }

    public func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) {
        try write { $0.policies[tenant] = policy }
    }
}

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryStore: AccessStore {
    public func addKey(_ key: AccessKey) async throws(StoreError) {
        try write { (state) throws(StoreError) in try state.add(key) }
    }

    public func keys() async throws(StoreError) -> [AccessKey] {
        read { $0.accessKeys.values.sorted { $0.name < $1.name } }
    }

    public func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        read { $0.accessKey(digest: digest) }
    }

    public func removeKey(named name: String) async throws(StoreError) -> Bool {
        try write { $0.accessKeys.removeValue(forKey: name) != nil }
    }

    public func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool {
        trace { state in
            state.messages = state.messages.filter { $0.value >= oldest }
            let name = MemoryState.MessageName(tenant: message.tenant, id: message.id)
            if let latest = state.messages[name], latest >= message.signedAt { return false }
            state.messages[name] = message.signedAt
            return true
        }
    }

    public func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        trace { $0.keyUses[name] = max($0.keyUses[name] ?? at, at) }
    }

    public func keyUses() async throws(StoreError) -> [String: Timestamp] { read { $0.keyUses } }

    public func tryWriting() async throws(StoreError) {}
}
