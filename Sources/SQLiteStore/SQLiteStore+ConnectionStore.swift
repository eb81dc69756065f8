public import Accounts
import Foundation
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore: ConnectionStore {
    public func addConnection(
        _ draft: ConnectionDraft,
        seal: @Sendable (ConnectionID) throws(StoreError) -> [UInt8]
    ) async throws(StoreError) -> Connection {
        // Sealing may take its time, so the number is taken before and nothing is held meanwhile.
        let id = try await write(.survivesPowerCut) { db in
            try db.refuseTaken(draft.name, by: nil)
            return ConnectionID(try db.nextNumber(of: "connection"))
        }
        let sealed = try seal(id)
        let connection = Connection(draft, id: id)
        try await write(.survivesPowerCut) { db in
            try db.refuseTaken(draft.name, by: nil)
            try connection.insert(into: db, sealed: sealed)
        }
        return connection
    }

    public func connections() async throws(StoreError) -> [Connection] {
        try await read { db in
            try Connection.read(where: "true", [], in: db)
        }
    }

    public func schools(named text: String) async throws(StoreError) -> [ConnectedSchool] {
        try await read { db in
            let name = StoredText.key(text)
            return try Connection.read(
                where: "c.name = ? OR c.id IN (SELECT connection FROM school WHERE school = ?)",
                [name, name],
                in: db
            )
            .schools(named: text)
        }
    }

    public func sealedSecret(of connection: ConnectionID) async throws(StoreError) -> [UInt8]? {
        let sealed = try await read { db in
            try db.first(
                "SELECT sealed FROM connection WHERE id = ? AND sealed IS NOT NULL",
                [connection.value]
            ) { try $0.bytes(0) }
        }
        return sealed
    }

    public func setSealedSecret(
        _ sealed: [UInt8]?,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in
            try db.run(
                "UPDATE connection SET sealed = ? WHERE id = ?",
                [sealed.map { Data($0) }, connection.value]
            )
        }
    }

    public func rename(_ connection: ConnectionID, to name: String) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in
            try db.refuseTaken(name, by: connection)
            try db.run(
                "UPDATE connection SET name = ? WHERE id = ?",
                [StoredText.key(name), connection.value]
            )
        }
    }

    public func remove(_ connection: ConnectionID) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in
            try ConnectionRemoval(connection: connection.value, db: db).run()
        }
    }

    public func setCapabilities(
        _ capabilities: Capabilities,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await write(.survivesCrash) { db in
            let exists = try db.first(
                "SELECT 1 FROM connection WHERE id = ?",
                [connection.value]
            ) { _ in true }
            guard exists == true else { return }
            try capabilities.put(of: connection, in: db)
        }
    }

    public func setSchedule(
        _ schedule: SyncSchedule,
        of connection: ConnectionID
    ) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in try schedule.put(of: connection, in: db) }
    }

    public func readMarks(of connection: ConnectionID) async throws(StoreError) -> [ReadMark] {
        try await read { db in
            var marks: [ReadMark] = []
            try db.forEach(
                """
                SELECT \(ReadMark.columns) FROM read_mark WHERE connection = ?
                ORDER BY school, kind
                """,
                [connection.value]
            ) { marks.append(try ReadMark($0)) }
            return marks
        }
    }

    public func setReadMark(_ mark: ReadMark) async throws(StoreError) {
        try await write(.survivesCrash) { db in try mark.put(in: db) }
    }

    public func policy(of tenant: TenantID) async throws(StoreError) -> Policy {
        try await read { db in
            var rows: [(key: String, value: String)] = []
            try db.forEach(
                "SELECT key, value FROM policy WHERE tenant = ? ORDER BY key",
                [StoredText.key(tenant.name)]
            ) { rows.append((try $0.text(0), try $0.decode(String.self, atIndex: 1))) }
            return try Policy(rows: rows, of: tenant)
        }
    }

    public func setPolicy(_ policy: Policy, of tenant: TenantID) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in
            let name = StoredText.key(tenant.name)
            try db.run("DELETE FROM policy WHERE tenant = ?", [name])
            for (key, value) in policy.rows {
                try db.run(
                    "INSERT INTO policy (tenant, key, value) VALUES (?, ?, ?)",
                    [name, StoredText.key(key), value]
                )
            }
        }
    }
}

extension Database {
    fileprivate func refuseTaken(_ name: String, by owner: ConnectionID?) throws {
        let holder = try first(
            "SELECT id FROM connection WHERE name = ?",
            [StoredText.key(name)]
        ) { try $0.number(0) }
        guard let holder, holder != owner?.value else { return }
        throw StoreError.conflict(
            reason: "A connection called \(name) exists already; "
                + "choose another name with --name or remove it first."
        )
    }
}
