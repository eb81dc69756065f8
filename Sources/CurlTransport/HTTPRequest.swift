/// One HTTP request: what to ask, of whom, and by when the whole answer must be here.
///
/// Its description names only method and host, so a credential in a header never reaches a log.
public struct HTTPRequest: Sendable {
    /// Who goes first where more is asked of a host than may be asked at once.
    public enum Priority: Sendable, Hashable {
        /// Somebody waits for the answer: before everything ordinary, with places kept free for it.
        case urgent
        /// Nobody minds a short wait.
        case ordinary
    }

    /// GET, POST, PATCH, PUT, DELETE or HEAD.
    public var method: String

    /// The absolute address, `https://…`, or `http://…` on loopback.
    public var url: String

    /// The header lines in the order they are sent.
    public var headers: [(name: String, value: String)]

    /// The bytes sent after the headers, if any.
    public var body: [UInt8]?

    /// The instant by which the whole exchange ends: name look-up, TLS and redirects included.
    public var deadline: ContinuousClock.Instant

    /// The largest body taken, in bytes after decompression.
    public var maximumResponseBytes: Int

    /// Who goes first.
    public var priority: Priority

    /// Makes a request; nothing is checked until it is sent.
    public init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        deadline: ContinuousClock.Instant,
        maximumResponseBytes: Int = 64 * 1024 * 1024,
        priority: Priority = .ordinary
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadline = deadline
        self.maximumResponseBytes = maximumResponseBytes
        self.priority = priority
    }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The host alone: method, path, query, headers and body may hold secrets.
    public var description: String {
        let target = try? RequestTarget(parsing: url)
        return "request to \(target?.origin.name ?? "an unreadable address")"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Nothing to look into, so that `dump` shows no header.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
