import Accounts
import Foundation
import GRDB
import Roster

extension AccessKey {
    /// The columns that `init(_:)` reads.
    static let columns = "name, tenant, scopes, fields, created_at, expires_at, digest, sealed"

    /// Reads a row of `columns`.
    init(_ row: Row) throws {
        let name = try row.text(0)
        let isBearer = try row.decode(Data?.self, atIndex: 6) != nil
        // A word of a newer version gives no right that this version could check.
        let scopes = StoredList.decode(try row.decode(String.self, atIndex: 2))
            .compactMap(AccessScope.init(rawValue:))
        self.init(
            name: name,
            tenant: TenantID(try row.text(1)),
            scopes: Set(scopes),
            createdAt: try row.timestamp(4),
            proof: isBearer
                ? .bearer(digest: try row.bytes(6)) : .signature(sealed: try row.bytes(7))
        )
        fields = try row.decode(String?.self, atIndex: 3).map { Set(StoredList.decode($0)) }
        expiresAt = try row.optionalTimestamp(5)
    }

    /// Keeps the key as a new one.
    func insert(into db: Database) throws {
        var digest: Data?
        var sealed: Data?
        switch proof {
        case .bearer(let bytes): digest = Data(bytes)
        case .signature(let bytes): sealed = Data(bytes)
        }
        try db.run(
            "INSERT INTO access_key (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                StoredText.key(name), StoredText.key(tenant.name),
                StoredList.encode(scopes.map(\.rawValue).sorted()),
                fields.map { StoredList.encode($0.sorted()) }, createdAt.milliseconds,
                expiresAt?.milliseconds, digest, sealed,
            ]
        )
    }
}
