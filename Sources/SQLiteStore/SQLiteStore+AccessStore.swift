public import Accounts
import Foundation
import GRDB

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
