public import Accounts
import Foundation
import GRDB
public import Roster

// What each method means is said at the port.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteStore: AccessStore {
    public func addKey(_ key: AccessKey) async throws(StoreError) {
        try await write(.survivesPowerCut) { db in
            let isTaken = try db.first(
                "SELECT 1 FROM access_key WHERE name = ?",
                [StoredText.key(key.name)]
            ) { _ in true }
            guard isTaken == nil else { throw StoreError.takenName(of: key) }
            if case .bearer(let digest) = key.proof, try db.accessKey(digest: digest) != nil {
                throw StoreError.takenProof(of: key)
            }
            try key.insert(into: db)
        }
    }

    public func keys() async throws(StoreError) -> [AccessKey] {
        try await read { db in
            var keys: [AccessKey] = []
            try db.forEach("SELECT \(AccessKey.columns) FROM access_key ORDER BY name") {
                keys.append(try AccessKey($0))
            }
            return keys
        }
    }

    public func key(digest: [UInt8]) async throws(StoreError) -> AccessKey? {
        try await read { db in try db.accessKey(digest: digest) }
    }

    public func removeKey(named name: String) async throws(StoreError) -> Bool {
        try await write(.survivesPowerCut) { db in
            try db.run("DELETE FROM access_key WHERE name = ?", [StoredText.key(name)])
            return db.changesCount > 0
        }
    }

    public func take(
        _ message: SignedMessage,
        forgettingBefore oldest: Timestamp
    ) async throws(StoreError) -> Bool {
        try await traces.write { db in
            try db.run(
                "DELETE FROM signed_message WHERE signed_at < ?",
                [oldest.milliseconds]
            )
            try db.run(
                """
                INSERT INTO signed_message (tenant, id, signed_at) VALUES (?, ?, ?)
                ON CONFLICT (tenant, id) DO UPDATE SET signed_at = excluded.signed_at
                WHERE excluded.signed_at > signed_at
                """,
                [
                    StoredText.key(message.tenant.name), StoredText.key(message.id),
                    message.signedAt.milliseconds,
                ]
            )
            return db.changesCount > 0
        }
    }

    public func noteUse(ofKeyNamed name: String, at: Timestamp) async throws(StoreError) {
        try await traces.write { db in
            try db.run(
                """
                INSERT INTO key_use (name, used_at) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET used_at = max(used_at, excluded.used_at)
                """,
                [StoredText.key(name), at.milliseconds]
            )
        }
    }

    public func keyUses() async throws(StoreError) -> [String: Timestamp] {
        try await traces.write { db in
            var uses: [String: Timestamp] = [:]
            try db.forEach("SELECT name, used_at FROM key_use") { row in
                uses[try row.text(0)] = try row.timestamp(1)
            }
            return uses
        }
    }

    public func tryWriting() async throws(StoreError) {
        try await writer(holds: { try $0.inTransaction(.immediate) { .rollback } })
        // What a full disk takes shows only where something is really written.
        try await traces.write { db in
            try db.run("INSERT INTO key_use (name, used_at) VALUES ('', 0)")
            try db.run("DELETE FROM key_use WHERE name = ''")
        }
    }
}

extension Database {
    fileprivate func accessKey(digest: [UInt8]) throws -> AccessKey? {
        try first(
            "SELECT \(AccessKey.columns) FROM access_key WHERE digest = ?",
            [Data(digest)],
            AccessKey.init
        )
    }
}
