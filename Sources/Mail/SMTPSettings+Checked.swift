internal import Foundation

extension SMTPSettings {
    /// Throws where mails could not be sent, or not safely.
    func check() throws(SMTPSettingsError) {
        guard isIPv6 || MailAddress.isHostName(host[...].utf8) else { throw .host }
        guard (1...65_535).contains(usedPort) else { throw .port }
        guard security != .none || isLoopback else { throw .insecure(host: host) }
        guard MailAddress.isHostName(helloName[...].utf8) else { throw .helloName }
        guard connectTimeout > .zero, timeout > .zero else { throw .timeout }
        if let caFile {
            guard FileManager.default.isReadableFile(atPath: caFile) else {
                throw .caFile(path: caFile)
            }
        }
        if let signIn {
            for text in [signIn.name, signIn.secret] {
                guard !text.isEmpty, HeaderText.isOneLine(text) else { throw .signIn }
            }
        }
    }

    var usedPort: Int {
        if let port { return port }
        return switch security {
        case .startTLS: 587
        case .tls: 465
        case .none: 25
        }
    }

    /// The address as curl takes it; what we call ourselves is its path.
    var url: String {
        let scheme = security == .tls ? "smtps" : "smtp"
        return "\(scheme)://\(isIPv6 ? "[\(host)]" : host):\(usedPort)/\(helloName)"
    }

    /// Whether the host is this machine: written as an address, or the one name curl never asks
    /// a name server for.
    private var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "::1"
            || (parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil })
    }

    private var isIPv6: Bool {
        host.contains(":")
            && host.utf8.allSatisfy { byte in
                byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
                    || (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
            }
    }
}

extension Duration {
    /// Rounded up, and within what curl takes: zero would mean its own default.
    var curlMilliseconds: Int {
        let bounded = min(max(self, .milliseconds(1)), .seconds(86_400))
        let (seconds, attoseconds) = bounded.components
        return Int(seconds) * 1000
            + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
