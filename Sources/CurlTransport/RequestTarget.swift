internal import CCurl

/// Scheme, host and port: the part of an address that a credential is bound to.
struct Origin: Hashable, Sendable {
    let scheme: String
    let host: String
    let port: String

    /// The host as errors show it, with the port where it is not the scheme's own.
    var name: String {
        port == (scheme == "https" ? "443" : "80") ? host : "\(host):\(port)"
    }

    /// Whether the host is this machine: written as an address, or the one name curl never asks
    /// a name server for.
    var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || isLoopbackIPv4
    }

    private var isLoopbackIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// A parsed address.
///
/// The parser is curl's own, so that check and request cannot read it differently.
struct RequestTarget: Equatable, Sendable {
    let url: String
    let origin: Origin

    init(parsing text: String) throws(TransportError) {
        guard !text.utf8.contains(0), let parts = AddressParts() else {
            throw .invalidRequest(reason: "its address cannot be read")
        }
        try self.init(parts, setting: text)
    }

    /// The address a redirect points to, which may be relative to this one.
    func resolving(location: String) throws(TransportError) -> RequestTarget {
        guard !location.utf8.contains(0), let parts = AddressParts(), parts.set(url) else {
            throw .invalidRequest(reason: "its address cannot be read")
        }
        return try RequestTarget(parts, setting: location)
    }

    private init(_ parts: AddressParts, setting text: String) throws(TransportError) {
        guard parts.set(text), let url = parts[CURLUPART_URL],
            let scheme = parts[CURLUPART_SCHEME], let host = parts[CURLUPART_HOST],
            let port = parts[CURLUPART_PORT]
        else { throw .invalidRequest(reason: "its address cannot be read") }
        guard scheme == "https" || scheme == "http" else {
            throw .invalidRequest(reason: "its address is neither https nor http")
        }
        guard parts[CURLUPART_USER] == nil, parts[CURLUPART_PASSWORD] == nil else {
            throw .invalidRequest(reason: "its address holds a user name or password")
        }
        self.url = url
        self.origin = Origin(scheme: scheme, host: host.lowercased(), port: port)
    }
}

/// Owner of one curl URL handle; only ever used by the thread that made it.
@safe
private final class AddressParts {
    private let handle: OpaquePointer

    init?() {
        guard let handle = unsafe curl_url() else { return nil }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_url_cleanup(handle) }

    func set(_ text: String) -> Bool {
        unsafe curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK
    }

    subscript(part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        let flags = UInt32(CURLU_DEFAULT_PORT)
        guard
            unsafe curl_url_get(handle, part, &text, part == CURLUPART_PORT ? flags : 0)
                == CURLUE_OK, let text = unsafe text
        else { return nil }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
