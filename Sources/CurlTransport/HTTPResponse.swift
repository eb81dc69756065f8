/// A complete answer: it was read to its end, decompressed, and stayed within the limit.
///
/// Two cuts cannot be seen from here, so a reader of the body still checks that it is whole: a body
/// that has neither a length nor chunks ends where its connection closes, and curl takes a gzip
/// stream that the server itself ended too early.
public struct HTTPResponse: Sendable {
    /// The HTTP status, 200 to 599.
    public var status: Int

    /// The final answer's headers; those of redirects, 1xx answers and proxies are not among them.
    public var headers: HTTPHeaders

    /// The decompressed body; empty for HEAD, 204 and 304.
    public var body: [UInt8]

    /// How long it took, where known.
    public var timing: Timing?

    /// Makes a response.
    public init(
        status: Int,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        timing: Timing? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.timing = timing
    }

    /// How the last hop of an exchange went.
    public struct Timing: Sendable, Equatable {
        /// From the start of the transfer to its end.
        public var total: Duration

        /// From the start of the transfer to the first byte of the answer.
        public var firstByte: Duration

        /// Whether an open connection was used again.
        public var reusedConnection: Bool

        /// Whether the answer came by HTTP/2 or later, many at a time on one connection.
        public var multiplexed: Bool
    }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Status and size: headers and body may hold secrets.
    public var description: String { "HTTP \(status), \(body.count) bytes" }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Nothing to look into, so that `dump` shows neither header nor body.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
