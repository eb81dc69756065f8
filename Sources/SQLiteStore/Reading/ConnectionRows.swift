import Accounts
import Foundation
import GRDB
import Roster

extension Connection {
    /// `draft` as the connection `id`.
    init(_ draft: ConnectionDraft, id: ConnectionID) {
        self.init(
            id: id,
            tenant: draft.tenant,
            name: draft.name,
            kind: draft.kind,
            schools: draft.schools,
            people: draft.people,
            settings: draft.settings,
            capabilities: draft.capabilities
        )
    }

    /// The connections, as c, that meet `condition`, by name.
    static func read(
        where condition: String,
        _ arguments: StatementArguments,
        in db: Database
    ) throws -> [Connection] {
        var connections: [Connection] = []
        try db.forEach(
            """
            SELECT c.id, c.tenant, c.name, c.kind, c.people FROM connection AS c
            WHERE \(condition) ORDER BY c.name
            """,
            arguments
        ) { connections.append(try Connection($0)) }
        for index in connections.indices { try connections[index].readParts(in: db) }
        return connections
    }

    private init(_ row: Row) throws {
        let id = try row.number(0)
        let people = try row.text(4).split(separator: ",").map { word in
            guard let kind = PersonKind(rawValue: String(word)) else {
                throw DamagedRow(subject: "connection \(id)")
            }
            return kind
        }
        self.init(
            id: ConnectionID(id),
            tenant: TenantID(try row.text(1)),
            name: try row.text(2),
            kind: try row.text(3),
            schools: [],
            people: Set(people),
            settings: [:],
            capabilities: Capabilities()
        )
    }

    private mutating func readParts(in db: Database) throws {
        try db.forEach(
            "SELECT school, name, time_zone FROM school WHERE connection = ? ORDER BY position",
            [id.value]
        ) { row in
            schools.append(
                SchoolDescription(
                    id: try row.text(0),
                    name: try row.text(1),
                    timeZone: try row.optionalText(2)
                )
            )
        }
        try db.forEach(
            "SELECT key, value FROM connection_setting WHERE connection = ?",
            [id.value]
        ) { settings[try $0.text(0)] = try $0.text(1) }
        let kept = try db.first(
            "SELECT \(SyncSchedule.columns) FROM schedule WHERE connection = ?",
            [id.value],
            SyncSchedule.init
        )
        if let kept { schedule = kept }
        var facts: [(key: String, value: String)] = []
        try db.forEach("SELECT key, value FROM capability WHERE connection = ?", [id.value]) {
            facts.append((try $0.text(0), try $0.text(1)))
        }
        capabilities = try Capabilities(rows: facts, of: id)
    }

    /// Keeps the connection as a new one.
    func insert(into db: Database, sealed: [UInt8]) throws {
        let kinds = PersonKind.allCases.filter(people.contains)
        try db.run(
            """
            INSERT INTO connection (id, tenant, name, kind, people, sealed)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                id.value, StoredText.key(tenant.name), StoredText.key(name),
                StoredText.encode(kind), kinds.map(\.rawValue).joined(separator: ","), Data(sealed),
            ]
        )
        for (position, school) in schools.enumerated() {
            try db.run(
                """
                INSERT INTO school (connection, position, school, name, time_zone)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    id.value, position, StoredText.key(school.id), StoredText.encode(school.name),
                    school.timeZone.map(StoredText.encode),
                ]
            )
        }
        for (key, value) in settings {
            try db.run(
                "INSERT INTO connection_setting (connection, key, value) VALUES (?, ?, ?)",
                [id.value, StoredText.key(key), StoredText.encode(value)]
            )
        }
        try capabilities.put(of: id, in: db)
    }
}
