import Accounts
import Crypto
import Foundation
import GRDB
import Roster

/// What is kept of the records of people who were erased: a digest with the store's own salt.
///
/// It names the tenant, not the connection, so that one that is connected anew is known.
struct ErasedRecords {
    private let db: Database
    private let salt: Data

    init(_ db: Database) throws {
        self.db = db
        let stored = try db.first("SELECT salt FROM erasure_salt WHERE id = 1") { row in
            Data(try row.bytes(0))
        }
        guard let stored else { throw DamagedRow(subject: "the salt of erasures") }
        salt = stored
    }

    /// The digest of `key`, in hexadecimal digits.
    func digest(of key: SourceKey, _ tenant: TenantID) -> String {
        var hash = SHA256()
        hash.update(data: salt)
        for part in [tenant.name, key.school.school, key.kind.rawValue, key.id] {
            let bytes = Data(StoredText.key(part).utf8)
            hash.update(data: Data("\(bytes.count) ".utf8))
            hash.update(data: bytes)
        }
        return hash.finalize().map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// Whether anybody was erased from the store.
    static func areKept(in db: Database) throws -> Bool {
        try db.first("SELECT 1 FROM erased WHERE digest > '' LIMIT 1") { _ in true } ?? false
    }

    /// Those of `digests` that are kept.
    func known(_ digests: [String]) throws -> Set<String> {
        var known: Set<String> = []
        try db.forEach(
            """
            SELECT e.digest FROM json_each(?) AS j CROSS JOIN erased AS e ON e.digest = j.value
            """,
            [JSONList.of(digests)]
        ) { known.insert(try $0.text(0)) }
        return known
    }

    func keep(_ keys: [SourceKey], of tenant: TenantID, at: Timestamp) throws {
        for key in keys {
            try db.run(
                "INSERT OR IGNORE INTO erased (digest, at) VALUES (?, ?)",
                [digest(of: key, tenant), at.milliseconds]
            )
        }
    }
}
