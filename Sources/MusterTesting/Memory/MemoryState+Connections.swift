import Accounts
import Roster

extension MemoryState {
    mutating func add(
        _ draft: ConnectionDraft,
        seal: (ConnectionID) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> Connection {
        try refuseTaken(draft.name, by: nil)
        let id = ConnectionID(lastConnection + 1)
        secrets[id] = try seal(id)
        lastConnection = id.value
        let connection = Connection(
            id: id,
            tenant: draft.tenant,
            name: draft.name,
            kind: draft.kind,
            schools: draft.schools,
            people: draft.people,
            settings: draft.settings,
            capabilities: draft.capabilities
        )
        connections[id] = connection
        owners[id] = draft.tenant
        return connection
    }

    mutating func rename(_ id: ConnectionID, to name: String) throws(StoreError) {
        try refuseTaken(name, by: id)
        connections[id]?.name = name
    }

    /// Takes away a connection and what was learnt through it; the accounts stay.
    mutating func remove(_ id: ConnectionID) {
        func isGone(_ key: SourceKey?) -> Bool { key?.school.connection == id }
        connections[id] = nil
        owners[id] = nil
        secrets[id] = nil
        readMarks = readMarks.filter { $0.key.connection != id }
        for key in linkRows.keys.filter(isGone) { dropLink(key) }
        for key in unlinked.keys.filter(isGone) { dropUnlinked(key) }
        for key in checked.keys.filter(isGone) { checked[key] = nil }
        losses = losses.filter { $0.key.counted.school.connection != id }
        for run in runs.values where run.connection == id {
            staged[run.id] = nil
            planned[run.id] = nil
            runs[run.id] = nil
        }
        let lost = classes.values.filter { $0.teachingClass.key.school.connection == id }
        for record in lost { dropClass(record.id) }
        let changed = accounts.values.compactMap { old -> Account? in
            var account = old
            if isGone(account.home) { account.home = nil }
            account.privileges = account.privileges.filter { !isGone($0.givenBy) }
            account.memberships = account.memberships.filter {
                !isGone($0.givenBy) && classes[$0.classID] != nil
            }
            account.guardianships = account.guardianships.filter {
                !isGone($0.givenBy) && !isGone($0.contact)
            }
            return account == old ? nil : account
        }
        put(changed)
    }

    mutating func set(_ mark: ReadMark) {
        guard connections[mark.school.connection] != nil else { return }
        readMarks[mark.school, default: [:]][mark.kind] = mark
    }

    /// By school and kind.
    func readMarks(of id: ConnectionID) -> [ReadMark] {
        readMarks.filter { $0.key.connection == id }.flatMap(\.value.values).sorted {
            ($0.school.school, $0.kind.rawValue) < ($1.school.school, $1.kind.rawValue)
        }
    }

    private func refuseTaken(_ name: String, by owner: ConnectionID?) throws(StoreError) {
        guard connections.values.contains(where: { $0.name == name && $0.id != owner }) else {
            return
        }
        throw .conflict(
            reason: "A connection called \(name) exists already; choose another name with --name "
                + "or remove it first."
        )
    }
}

extension MemoryState {
    mutating func add(_ key: AccessKey) throws(StoreError) {
        guard accessKeys[key.name] == nil else { throw .takenName(of: key) }
        if case .bearer(let digest) = key.proof, accessKey(digest: digest) != nil {
            throw .takenProof(of: key)
        }
        accessKeys[key.name] = key
    }

    func accessKey(digest: [UInt8]) -> AccessKey? {
        accessKeys.values.first { $0.proof == .bearer(digest: digest) }
    }
}
