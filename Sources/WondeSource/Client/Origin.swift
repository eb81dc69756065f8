/// Scheme, host and port: the part of an address that the token is bound to.
struct Origin: Sendable, Hashable, CustomStringConvertible {
    private let scheme: String
    private let host: String
    private let port: String

    /// The hosts of Wonde's own regions: besides a configured origin, the only ones to see a token.
    static let vendorHosts: Set<String> = [
        "api.wonde.com", "api-ap-southeast-2.wonde.com", "api-af-south-1.wonde.com",
        "api-us-west-2.wonde.com",
    ]

    /// Where a school is asked for first.
    static let wonde = Origin(vendorHost: "api.wonde.com")

    private init(vendorHost: String) {
        scheme = "https"
        host = vendorHost
        port = "443"
    }

    /// The origin of a region of Wonde, or nil where `host` is none.
    init?(region host: String) {
        let host = host.lowercased()
        guard Self.vendorHosts.contains(host) else { return nil }
        self.init(vendorHost: host)
    }

    /// Reads `https://school.example:8443`, with at most one slash behind it.
    init?(_ text: String) {
        guard let address = WebAddress(text), address.path.isEmpty || address.path == "/",
            address.query == nil
        else { return nil }
        self = address.origin
    }

    /// Reads an authority, `school.example:8443`, without a user.
    init?(scheme: Substring, authority: Substring) {
        let scheme = scheme.lowercased()
        guard scheme == "https" || scheme == "http", !authority.contains("@") else { return nil }
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[bracket...].lastIndex(of: ":")
        let host = authority[..<(colon ?? authority.endIndex)].lowercased()
        let standard = scheme == "https" ? "443" : "80"
        let port = colon.map { String(authority[authority.index(after: $0)...]) } ?? standard
        guard isHost(host), UInt16(port) != nil, port.utf8.allSatisfy(isDigit) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// The origin as an address begins with it.
    var description: String {
        let isStandard = port == (scheme == "https" ? "443" : "80")
        return isStandard ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }

    /// The host as people are told it.
    var name: String { port == "443" || port == "80" ? host : "\(host):\(port)" }
}

/// A name or number of a machine, or an address in brackets.
private func isHost(_ text: String) -> Bool {
    guard text.hasPrefix("[") else {
        return !text.isEmpty && !text.contains { ":[]".contains($0) }
    }
    let inner = text.dropFirst().dropLast()
    return text.hasSuffix("]") && !inner.isEmpty && !inner.contains { "[]".contains($0) }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// An absolute address in its parts; nothing but printable ASCII, no user, no fragment.
struct WebAddress {
    let origin: Origin
    let path: String
    let query: String?

    init?(_ text: String) {
        let allowed = UInt8(ascii: "!")...UInt8(ascii: "~")
        guard text.utf8.allSatisfy({ allowed.contains($0) && $0 != UInt8(ascii: "\\") }),
            !text.contains("#"), let scheme = text.firstRange(of: "://")
        else { return nil }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let origin = Origin(scheme: text[..<scheme.lowerBound], authority: authority)
        else { return nil }
        self.origin = origin
        let target = rest[authority.endIndex...]
        let mark = target.firstIndex(of: "?")
        path = String(target[..<(mark ?? target.endIndex)])
        query = mark.map { String(target[target.index(after: $0)...]) }
    }
}
