internal import Crypto
internal import CryptoExtras
internal import Foundation

/// A password's scrypt hash with its salt and parameters: what is kept of a password.
///
/// Its text is a PHC string, `$scrypt$ln=15,r=8,p=3$SALT$HASH`, in base64 without padding.
package struct PasswordHash: Sendable {
    static let saltLength = 16
    static let digestLength = 32

    /// What it took to make.
    package let cost: Cost
    let salt: [UInt8]
    let digest: [UInt8]

    /// Whether `password` is the one; takes as long as making the hash took.
    ///
    /// Blocks for a tenth of a second and more: `PasswordHasher` is the one to call.
    func matches(_ password: Password) throws(HashingError) -> Bool {
        let other = try Self.derive(password.bytes, salt, cost, length: digest.count)
        return Self.areEqual(digest, other)
    }

    /// The hash of `password` with a new salt; blocks like `matches`.
    static func of(_ password: Password, at cost: Cost) throws(HashingError) -> PasswordHash {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<saltLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return try of(password, salt: salt, at: cost)
    }

    static func of(
        _ password: Password,
        salt: [UInt8],
        at cost: Cost
    ) throws(HashingError) -> PasswordHash {
        let digest = try derive(password.bytes, salt, cost, length: digestLength)
        return PasswordHash(cost: cost, salt: salt, digest: digest)
    }

    /// Whether the password should be hashed again when it is next seen, for the hash is weaker
    /// than one made now would be.
    package func needsRehash(under wanted: Cost) -> Bool {
        cost.memoryBytes < wanted.memoryBytes || cost.work < wanted.work
            || salt.count < Self.saltLength || digest.count < Self.digestLength
    }

    /// scrypt itself.
    static func derive(
        _ password: [UInt8],
        _ salt: [UInt8],
        _ cost: Cost,
        length: Int
    ) throws(HashingError) -> [UInt8] {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: password,
                salt: salt,
                outputByteCount: length,
                rounds: 1 << cost.logRounds,
                blockSize: cost.blockSize,
                parallelism: cost.parallelism
            )
            return unsafe key.withUnsafeBytes { unsafe Array($0) }
        } catch {
            // The parameters are within bounds, so this is memory that was not to be had.
            throw .failed
        }
    }

    /// Compares all bytes, so that the time tells nothing of where they differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Never the hash, which is worth guessing at.
    package var description: String { "a password hash" }
    /// Never the hash.
    package var debugDescription: String { description }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
