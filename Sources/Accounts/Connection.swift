public import Roster

/// One configured MIS source of a tenant.
public struct Connection: Sendable, Hashable {
    /// Our own identity of it.
    public let id: ConnectionID
    /// The customer it belongs to.
    public let tenant: TenantID
    /// Its name, unique in a store.
    public var name: String
    /// The kind of source, for example `wonde`.
    public let kind: String
    /// The schools behind it.
    public var schools: [SchoolDescription]
    /// The kinds of people it delivers.
    public var people: Set<PersonKind>
    /// What the adapter needs to know, by the adapter's own keys; no secrets.
    public var settings: [String: String]
    /// What the source can deliver, as learnt last.
    public var capabilities: Capabilities
    /// When its syncs run by themselves.
    public var schedule: SyncSchedule

    /// A connection as the store keeps it.
    public init(
        id: ConnectionID,
        tenant: TenantID,
        name: String,
        kind: String,
        schools: [SchoolDescription],
        people: Set<PersonKind>,
        settings: [String: String],
        capabilities: Capabilities,
        schedule: SyncSchedule = SyncSchedule()
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.kind = kind
        self.schools = schools
        self.people = people
        self.settings = settings
        self.capabilities = capabilities
        self.schedule = schedule
    }
}

extension Connection {
    /// The kinds of people it delivers, in the order in which they are read.
    package var kinds: [PersonKind] { PersonKind.allCases.filter(people.contains) }
}

/// One school of a connection, found by its id or by the connection's name.
public struct ConnectedSchool: Sendable, Hashable {
    /// The connection it is reached through.
    public var connection: Connection
    /// The school.
    public var school: SchoolDescription

    /// `school` behind `connection`.
    public init(connection: Connection, school: SchoolDescription) {
        self.connection = connection
        self.school = school
    }

    /// The key of the school.
    public var key: SchoolKey { SchoolKey(connection: connection.id, school: school.id) }
}

extension Sequence<Connection> {
    /// The schools that `text` may mean: those with that id, of the oldest connection first, and
    /// last the only school of the connection with that name.
    ///
    /// Ids beat names; where several tenants have a school with one id, each means its own.
    public func schools(named text: String) -> [ConnectedSchool] {
        let byAge = sorted { $0.id < $1.id }
        let byID = byAge.compactMap { connection in
            connection.schools.first { $0.id == text }
                .map { ConnectedSchool(connection: connection, school: $0) }
        }
        guard let named = byAge.first(where: { $0.name == text }), named.schools.count == 1,
            let only = named.schools.first
        else { return byID }
        return byID + [ConnectedSchool(connection: named, school: only)]
    }
}

/// Where connections, their sealed secrets and the tenants' policies are kept.
public protocol ConnectionStore: Sendable {
    /// Keeps a new connection.
    /// - Parameters:
    ///   - draft: The connection.
    ///   - seal: Makes the sealed secret once the connection's id is known.
    /// - Returns: The connection with its identity.
    /// - Throws: `StoreError.conflict` where the name is taken.
    func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection

    /// Every connection, by name.
    func connections() async throws(StoreError) -> [Connection]

    /// The school with that id, or the only school of the connection with that name.
    func school(named text: String) async throws(StoreError) -> ConnectedSchool?

    /// All schools that `text` may mean, of any tenant, the likeliest first: those with that id,
    /// then the only school of the connection with that name.
    func schools(named text: String) async throws(StoreError) -> [ConnectedSchool]

    /// The sealed secret of a connection; nil where it was revoked.
    func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]?

    /// Replaces the sealed secret; nil takes it away.
    func setSealedSecret(_ sealed: [UInt8]?, of connection: ConnectionID) async throws(StoreError)

    /// Gives a connection another name.
    /// - Throws: `StoreError.conflict` where the name is taken.
    func rename(_ connection: ConnectionID, to name: String) async throws(StoreError)

    /// Removes a connection with what was learnt of it; accounts and their history stay.
    func remove(_ connection: ConnectionID) async throws(StoreError)

    /// Keeps what a source was learnt to deliver.
    func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    )
        async throws(StoreError)

    /// Keeps when the syncs of a connection run by themselves.
    func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError)

    /// From when on changes were not yet read, by school and kind.
    func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark]

    /// Keeps a mark in place of the one of its school and kind; nothing where the connection is
    /// there no more.
    func setReadMark(_ mark: ReadMark) async throws(StoreError)

    /// The policy of a tenant.
    func policy(of tenant: TenantID) async throws(StoreError) -> Policy

    /// Replaces the policy of a tenant.
    func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError)
}

extension ConnectionStore {
    /// Looks through every connection; a store with an index has a better way.
    public func schools(named text: String) async throws(StoreError) -> [ConnectedSchool] {
        try await connections().schools(named: text)
    }

    /// The first of all schools that `text` may mean.
    public func school(named text: String) async throws(StoreError) -> ConnectedSchool? {
        try await schools(named: text).first
    }
}

/// A connection before the store gave it an identity.
public struct ConnectionDraft: Sendable, Hashable {
    /// The customer it belongs to.
    public var tenant: TenantID
    /// Its name.
    public var name: String
    /// The kind of source.
    public var kind: String
    /// The schools behind it.
    public var schools: [SchoolDescription]
    /// The kinds of people it delivers.
    public var people: Set<PersonKind>
    /// What the adapter needs to know; no secrets.
    public var settings: [String: String]
    /// What the source can deliver.
    public var capabilities: Capabilities

    /// A connection to be kept.
    public init(
        tenant: TenantID,
        name: String,
        kind: String,
        schools: [SchoolDescription],
        people: Set<PersonKind>,
        settings: [String: String],
        capabilities: Capabilities
    ) {
        self.tenant = tenant
        self.name = name
        self.kind = kind
        self.schools = schools
        self.people = people
        self.settings = settings
        self.capabilities = capabilities
    }
}
