import Accounts
import Logging
import Sealing
import Synchronization

/// Opens the sealed secrets of signing keys, each once.
final class SigningSecrets: Sendable {
    private static let limit = 1024
    private let keyFile: KeyFile
    private let logger: Logger
    private let opened = Mutex<[[UInt8]: WebhookSecret]>([:])

    init(keyFile: KeyFile, logger: Logger) {
        self.keyFile = keyFile
        self.logger = logger
    }

    /// The secret of `key`; nil where it has none or it does not open, which the log then says.
    func secret(of key: AccessKey) -> WebhookSecret? {
        guard case .signature(let sealed) = key.proof else { return nil }
        if let known = opened.withLock({ $0[sealed] }) { return known }
        do throws(SealError) {
            let text = try keyFile.seal().open(sealed, tenant: key.tenant, keyName: key.name)
            guard let secret = WebhookSecret(text.revealed()) else { return nil }
            opened.withLock { opened in
                // Keys that were taken back leave theirs behind.
                if opened.count >= Self.limit { opened = [:] }
                opened[sealed] = secret
            }
            return secret
        } catch {
            logger.error(
                "A signing key cannot be used",
                metadata: ["key": "\(key.name)", "reason": "\(error.sentence)"]
            )
            return nil
        }
    }
}
