public import Accounts
internal import Crypto
internal import Foundation
public import Roster

/// Seals the secrets that must be read back, each bound to its tenant and its owner: a connection,
/// or a signing key.
///
/// AES-GCM with 256 bits. A sealed secret is a version byte, four bytes that tell the key by, the
/// nonce, the bytes and the tag. Bytes moved to another owner, or to another tenant, do not open.
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
        try seal(secret, boundTo: Self.binding(tenant, connection))
    }

    /// The sealed form of `secret`, which opens for this tenant's signing key of that name alone.
    public func seal(
        _ secret: Secret,
        tenant: TenantID,
        keyName: String
    ) throws(SealError) -> [UInt8] {
        try seal(secret, boundTo: Self.binding(tenant, keyName))
    }

    /// The secret in `sealed`, which was sealed for a connection.
    /// - Throws: `otherKey` or `damaged`; neither says anything of the secret.
    public func open(
        _ sealed: [UInt8],
        tenant: TenantID,
        connection: ConnectionID
    ) throws(SealError) -> Secret {
        try open(sealed, boundTo: Self.binding(tenant, connection))
    }

    /// The secret in `sealed`, which was sealed for a signing key.
    /// - Throws: `otherKey` or `damaged`; neither says anything of the secret.
    public func open(
        _ sealed: [UInt8],
        tenant: TenantID,
        keyName: String
    ) throws(SealError) -> Secret {
        try open(sealed, boundTo: Self.binding(tenant, keyName))
    }

    /// The sealed form of `secret`, which opens for this tenant's mail of that name alone.
    public func seal(
        _ secret: Secret,
        tenant: TenantID,
        mail: String
    ) throws(SealError) -> [UInt8] {
        try seal(secret, boundTo: Self.binding(tenant, "mail", mail))
    }

    /// The secret in `sealed`, which was sealed for a mail.
    /// - Throws: `otherKey` or `damaged`; neither says anything of the secret.
    public func open(
        _ sealed: [UInt8],
        tenant: TenantID,
        mail: String
    ) throws(SealError) -> Secret {
        try open(sealed, boundTo: Self.binding(tenant, "mail", mail))
    }

    private func seal(_ secret: Secret, boundTo binding: [UInt8]) throws(SealError) -> [UInt8] {
        let bound = header + binding
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

    private func open(_ sealed: [UInt8], boundTo binding: [UInt8]) throws(SealError) -> Secret {
        guard sealed.count > Self.headerLength, sealed.first == Self.version else {
            throw .damaged
        }
        guard sealed.prefix(Self.headerLength).elementsEqual(header) else {
            throw .otherKey(path: path)
        }
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed.dropFirst(Self.headerLength)))
            let bytes = try AES.GCM.open(box, using: key, authenticating: header + binding)
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

    // What a secret is bound to. Each part's length goes before it, so that parts cannot run into
    // one another, and the two forms differ in their number of parts. The store keeps names
    // composed, so the bindings do too.

    private static func binding(_ tenant: TenantID, _ connection: ConnectionID) -> [UInt8] {
        part(composed(tenant.name)) + part(bigEndian(UInt64(bitPattern: connection.value)))
    }

    private static func binding(_ tenant: TenantID, _ keyName: String) -> [UInt8] {
        binding(tenant, "signing key", keyName)
    }

    private static func binding(_ tenant: TenantID, _ kind: String, _ name: String) -> [UInt8] {
        part(composed(tenant.name)) + part(Array(kind.utf8)) + part(composed(name))
    }

    private static func part(_ bytes: [UInt8]) -> [UInt8] {
        bigEndian(UInt64(bytes.count)) + bytes
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func composed(_ name: String) -> [UInt8] {
        Array(name.precomposedStringWithCanonicalMapping.utf8)
    }
}

extension SecretSeal: CustomStringConvertible, CustomReflectable {
    /// Never the key.
    public var description: String { "a seal" }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
