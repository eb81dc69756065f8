internal import Foundation

extension PasswordHash {
    /// Why a text is no password hash of ours; the text itself is never shown.
    package enum FormatError: Error, Sendable, Hashable {
        /// It is another kind of hash, or none.
        case notScrypt
        /// Its parameters cannot be read, or would take too much memory or time.
        case cost
        /// Its salt or hash is not base64 without padding, or has an odd length.
        case bytes

        /// One sentence for the operator.
        package var sentence: String {
            switch self {
            case .notScrypt:
                "The stored password is not a scrypt hash; let the person set a new password."
            case .cost:
                "The stored password's scrypt parameters are out of bounds; let the person set a"
                    + " new password."
            case .bytes:
                "The stored password's salt or hash is damaged; let the person set a new password."
            }
        }
    }

    /// Longer than any text that the bounds allow.
    private static let maximumTextBytes = 256

    /// The PHC string.
    package var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Self.base64(salt))$\(Self.base64(digest))"
    }

    /// Reads a PHC string from a store, a backup or another application.
    package init(parsing text: String) throws(FormatError) {
        guard text.utf8.count <= Self.maximumTextBytes else { throw .notScrypt }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { throw .notScrypt }
        guard let cost = Self.cost(parts[2]) else { throw .cost }
        guard let salt = Self.bytes(parts[3]), (8...64).contains(salt.count),
            let digest = Self.bytes(parts[4]), (16...64).contains(digest.count)
        else { throw .bytes }
        self.init(cost: cost, salt: salt, digest: digest)
    }

    private static func cost(_ text: Substring) -> Cost? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, let logRounds = number(fields[0], after: "ln="),
            let blockSize = number(fields[1], after: "r="),
            let parallelism = number(fields[2], after: "p=")
        else { return nil }
        return Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }

    /// A decimal number as it would be written: no sign, no leading zero, at most 65535.
    private static func number(_ field: Substring, after name: String) -> Int? {
        guard field.hasPrefix(name), let number = UInt16(field.dropFirst(name.count)),
            field == "\(name)\(number)"
        else { return nil }
        return Int(number)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    /// Bytes from base64 without padding, in the one way of writing them.
    private static func bytes(_ text: Substring) -> [UInt8]? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding) else { return nil }
        let bytes = Array(data)
        return base64(bytes) == text ? bytes : nil
    }
}
