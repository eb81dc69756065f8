/// A request that was checked, as lines ready for curl.
struct PreparedRequest: Sendable {
    var method: Method
    var target: RequestTarget
    var headerLines: [String]
    var body: [UInt8]?
    let deadline: ContinuousClock.Instant
    let limitBytes: Int
    let priority: HTTPRequest.Priority

    var host: String { target.origin.name }

    enum Method: String {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case put = "PUT"
        case delete = "DELETE"
        case head = "HEAD"
    }

    init(_ request: HTTPRequest, allowPlainHTTP: Bool) throws(TransportError) {
        guard let method = Method(rawValue: request.method) else {
            throw .invalidRequest(reason: "its method is not one this transport knows")
        }
        guard request.maximumResponseBytes >= 0 else {
            throw .invalidRequest(reason: "its size limit is negative")
        }
        guard request.body == nil || (method != .get && method != .head) else {
            throw .invalidRequest(reason: "a \(method.rawValue) request has no body")
        }
        self.method = method
        target = try RequestTarget(parsing: request.url)
        guard target.origin.scheme == "https" || target.origin.isLoopback || allowPlainHTTP else {
            throw .insecureOrigin(host: target.origin.name)
        }
        headerLines = try HeaderLines.make(from: request.headers)
        body = request.body
        deadline = request.deadline
        limitBytes = request.maximumResponseBytes
        priority = request.priority
    }

    /// The request that a redirect asks for, or nil where the response is the answer.
    ///
    /// Only the same scheme, host and port are followed, so a header never goes elsewhere.
    func following(_ response: HTTPResponse) throws(TransportError) -> PreparedRequest? {
        guard [301, 302, 303, 307, 308].contains(response.status),
            let location = response.headers["Location"]
        else { return nil }
        var next = self
        do throws(TransportError) {
            next.target = try target.resolving(location: location)
        } catch {
            throw .protocol(host: host, reason: "it redirects to an address that cannot be read")
        }
        guard next.target.origin == target.origin else {
            throw .redirected(toHost: next.target.origin.name)
        }
        switch (response.status, method) {
        case (_, .get), (_, .head), (307, _), (308, _):
            break
        case (303, _):
            next.method = .get
            next.body = nil
        default:
            throw .protocol(host: host, reason: "it redirects a \(method.rawValue) request")
        }
        return next
    }
}

/// Checks header fields and writes them the way curl takes them.
enum HeaderLines {
    /// Names that the transport sets itself; a second one would contradict it.
    private static let own = [
        "host", "content-length", "transfer-encoding", "connection", "expect",
    ]

    static func make(
        from headers: [(name: String, value: String)]
    ) throws(TransportError) -> [String] {
        var lines: [String] = []
        var hasContentType = false
        for (name, value) in headers {
            guard isToken(name) else {
                throw .invalidRequest(reason: "a header name holds a forbidden character")
            }
            guard !own.contains(where: { equalsIgnoringCase($0, name) }) else {
                throw .invalidRequest(reason: "the header \(name) is set by the transport")
            }
            guard isPrintable(value) else {
                throw .invalidRequest(reason: "the header \(name) holds a control character")
            }
            hasContentType = hasContentType || equalsIgnoringCase(name, "content-type")
            // curl drops "Name:" and sends an empty value for "Name;".
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // curl would wait a second for "100 Continue", and would call every body a form.
        lines.append("Expect:")
        if !hasContentType { lines.append("Content-Type:") }
        return lines
    }

    /// Whether a text holds no control character but the tab.
    static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }

    private static func isToken(_ name: String) -> Bool {
        let marks = "!#$%&'*+-.^_`|~".utf8
        return !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || marks.contains(byte)
            }
    }
}
