public import Accounts
internal import Crypto
internal import Foundation
public import Roster

/// Seals the secrets that must be read back, each bound to its tenant and its connection.
///
/// AES-GCM with 256 bits. A sealed secret is a version byte, four bytes that tell the key by, the
/// nonce, the bytes and the tag. Bytes moved to another connection, or to another tenant, do not
/// open.
public struct SecretSeal: Sendable {
    private static let version: UInt8 = 1
    private static let headerLength = 5
    private let key: SymmetricKey
    /// Where the key came from, for messages.
    private let path: String

    init(key: SymmetricKey, path: String) {
        self.key = key
        self.path = path
    }

    /// The sealed form of `secret`, which opens for this tenant and connection alone.
    public func seal(
        _ secret: Secret,
        tenant: TenantID,
        connection: ConnectionID
    ) throws(SealError) -> [UInt8] {
        let bound = header + Self.binding(tenant, connection)
        do {
            let box = try AES.GCM.seal(
                Data(secret.revealed().utf8),
                using: key,
                authenticating: bound
            )
            return header + box.nonce + box.ciphertext + box.tag
        } catch {
            throw .damaged
        }
    }

    /// The secret in `sealed`.
    /// - Throws: `otherKey` or `damaged`; neither says anything of the secret.
    public func open(
        _ sealed: [UInt8],
        tenant: TenantID,
        connection: ConnectionID
    ) throws(SealError) -> Secret {
        guard sealed.count > Self.headerLength, sealed.first == Self.version else {
            throw .damaged
        }
        guard sealed.prefix(Self.headerLength).elementsEqual(header) else {
            throw .otherKey(path: path)
        }
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed.dropFirst(Self.headerLength)))
            let bound = header + Self.binding(tenant, connection)
            let bytes = try AES.GCM.open(box, using: key, authenticating: bound)
            guard let text = String(bytes: bytes, encoding: .utf8) else {
                throw SealError.damaged
            }
            return Secret(text)
        } catch {
            throw .damaged
        }
    }

    /// The version and the first bytes of a code of the key, by which a wrong key is told from
    /// damage.
    private var header: [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(for: Data("muster key".utf8), using: key)
        return [Self.version] + code.prefix(Self.headerLength - 1)
    }

    /// What a secret is bound to; each part's length goes before it, so that parts cannot run into
    /// one another.
    private static func binding(_ tenant: TenantID, _ connection: ConnectionID) -> [UInt8] {
        func part(_ bytes: [UInt8]) -> [UInt8] { bigEndian(UInt64(bytes.count)) + bytes }
        func bigEndian(_ number: UInt64) -> [UInt8] {
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        // The store keeps names composed, so the binding does too.
        let name = tenant.name.precomposedStringWithCanonicalMapping
        return part(Array(name.utf8)) + part(bigEndian(UInt64(bitPattern: connection.value)))
    }
}

extension SecretSeal: CustomStringConvertible, CustomReflectable {
    /// Never the key.
    public var description: String { "a seal" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
