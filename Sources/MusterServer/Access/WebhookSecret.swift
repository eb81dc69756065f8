internal import Crypto
import Foundation
package import Sealing

/// The secret with which a sender signs its requests, in the form of Standard Webhooks: `whsec_`
/// and 24 to 64 bytes in base64.
package struct WebhookSecret: Sendable, Hashable {
    private static let prefix = "whsec_"
    private static let lengths = 24...64
    private let bytes: [UInt8]

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// A new secret of 32 random bytes.
    package static func make() -> WebhookSecret {
        WebhookSecret(bytes: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
    }

    /// The secret in `text`, as senders show it; nil where it is none.
    ///
    /// Some put the version before it, as in `v1,whsec_…`, and some leave the padding out. Anything
    /// else that is not base64 is refused: half a secret must not pass for a whole one.
    package init?(_ text: String) {
        var text = text[...]
        if text.hasPrefix("v1,") { text = text.dropFirst(3) }
        if text.hasPrefix(Self.prefix) { text = text.dropFirst(Self.prefix.count) }
        let digits = text.prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - digits.utf8.count % 4) % 4)
        let given = text.dropFirst(digits.count)
        guard given.isEmpty || given == padding,
            let data = Data(base64Encoded: digits + padding),
            data.base64EncodedString() == digits + padding, Self.lengths.contains(data.count)
        else { return nil }
        bytes = Array(data)
    }

    /// The secret as a sender takes it.
    package var text: Secret { Secret(Self.prefix + Data(bytes).base64EncodedString()) }

    /// The signature of a message, as the bytes of its base64.
    func signature(id: String, timestamp: String, body: some Sequence<UInt8>) -> [UInt8] {
        var code = HMAC<SHA256>(key: SymmetricKey(data: bytes))
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: Array(body))
        return Array(Data(code.finalize()).base64EncodedString().utf8)
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// Never the bytes.
    package var description: String { "a webhook secret" }
    /// Nothing to look into.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
