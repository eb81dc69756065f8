import Accounts
import Foundation
import Roster
import Sealing
import Testing

/// A folder that is gone when its test is.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/sealing-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

@Suite struct SecretSealTests {
    let folder: Folder
    let seal: SecretSeal
    let secret = Secret("a-token-that-nobody-may-see")

    init() throws {
        folder = try Folder()
        seal = try KeyFile(path: folder.file("key")).sealMakingKey()
    }

    @Test func `what is sealed opens again for the same tenant and connection`() throws {
        let sealed = try seal.seal(secret, tenant: TenantID("a"), connection: ConnectionID(1))
        let again = try KeyFile(path: folder.file("key")).seal()
        #expect(
            try again.open(sealed, tenant: TenantID("a"), connection: ConnectionID(1)) == secret
        )
    }

    @Test func `sealed bytes do not hold the secret and differ each time`() throws {
        let first = try seal.seal(secret, tenant: .standard, connection: ConnectionID(1))
        let second = try seal.seal(secret, tenant: .standard, connection: ConnectionID(1))
        #expect(first != second)
        #expect(Data(first).range(of: Data("token".utf8)) == nil)
    }

    @Test(
        arguments: [
            ("b", 1), ("a", 2), ("", 1), ("a1", 1), ("\u{0}\u{0}", 1),
        ]
    )
    func `bytes moved to another tenant or connection do not open`(
        tenant: String,
        connection: Int64
    ) throws {
        let sealed = try seal.seal(secret, tenant: TenantID("a"), connection: ConnectionID(1))
        #expect(throws: SealError.damaged) {
            try seal.open(
                sealed,
                tenant: TenantID(tenant),
                connection: ConnectionID(connection)
            )
        }
    }

    @Test func `a signing key's secret opens for its tenant and name alone`() throws {
        let sealed = try seal.seal(secret, tenant: TenantID("a"), keyName: "hook")
        #expect(try seal.open(sealed, tenant: TenantID("a"), keyName: "hook") == secret)
        for (tenant, name) in [("b", "hook"), ("a", "hooks"), ("a", ""), ("ahook", "")] {
            #expect(throws: SealError.damaged) {
                try seal.open(sealed, tenant: TenantID(tenant), keyName: name)
            }
        }
        #expect(throws: SealError.damaged) {
            try seal.open(sealed, tenant: TenantID("a"), connection: ConnectionID(1))
        }
    }

    @Test func `a tenant's name binds alike in both Unicode forms`() throws {
        let sealed = try seal.seal(
            secret,
            tenant: TenantID("Zoe\u{308}"),
            connection: ConnectionID(1)
        )
        let opened = try seal.open(
            sealed,
            tenant: TenantID("Zo\u{EB}"),
            connection: ConnectionID(1)
        )
        #expect(opened == secret)
    }

    @Test func `one changed byte anywhere is damage or another key`() throws {
        let sealed = try seal.seal(secret, tenant: .standard, connection: ConnectionID(1))
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: SealError.self) {
                try seal.open(changed, tenant: .standard, connection: ConnectionID(1))
            }
        }
        for length in 0..<sealed.count {
            #expect(throws: SealError.self) {
                try seal.open(
                    Array(sealed.prefix(length)),
                    tenant: .standard,
                    connection: ConnectionID(1)
                )
            }
        }
    }

    @Test func `another key is told from damage`() throws {
        let sealed = try seal.seal(secret, tenant: .standard, connection: ConnectionID(1))
        let path = folder.file("other")
        let other = try KeyFile(path: path).sealMakingKey()
        #expect(throws: SealError.otherKey(path: path)) {
            try other.open(sealed, tenant: .standard, connection: ConnectionID(1))
        }
    }

    @Test func `no way of printing shows a secret or a key`() throws {
        let holder = (secret: secret, seal: seal)
        var dumped = ""
        dump(holder, to: &dumped)
        let key = try String(contentsOfFile: folder.file("key"), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
        let texts = [
            dumped, "\(secret)", String(reflecting: secret), String(describing: holder),
            "\(Mirror(reflecting: secret).children.map(\.value))",
            "\(Mirror(reflecting: seal).children.map(\.value))", "\([secret])",
            "\(Optional(secret) as Any)",
        ]
        for text in texts {
            #expect(!text.contains("token"))
            #expect(!text.contains(key))
        }
        #expect("\(secret)" == "a secret")
    }
}
