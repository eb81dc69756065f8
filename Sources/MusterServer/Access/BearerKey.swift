internal import Crypto
import Foundation

/// A key that a request carries as it is: `mk_` and 32 random bytes in base64url.
package enum BearerKey {
    private static let prefix = "mk_"

    /// A new key.
    ///
    /// It is shown once; only its digest is kept.
    package static func make() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let text = bytes.base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
        return prefix + text
    }

    /// The digest by which a store keeps `key`.
    ///
    /// A plain SHA-256 is enough: nobody can guess 256 random bits, however fast the digest is.
    package static func digest(of key: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(key.utf8)))
    }
}

/// Whether two codes are the same, in a time that depends on their lengths alone.
func areEqualInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
