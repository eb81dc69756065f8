internal import CCurl
internal import Glibc
internal import Synchronization

/// HTTP over libcurl's multi interface: any number of requests, one thread, open connections kept.
///
/// Nothing runs until the first request. A transport that is let go of ends its thread by itself;
/// `stop()` does so at once, and waits.
public final class CurlTransport: Sendable {
    /// What holds for every request of a transport.
    public struct Settings: Sendable {
        /// A PEM file of the only certificate authorities to trust, instead of the system's.
        public var caFile: String?

        /// The `User-Agent` line.
        public var userAgent: String

        /// Connections open at once to one host; HTTP/2 shares them between requests.
        public var maximumConnectionsPerHost: Int

        /// The longest that name look-up, connection and TLS may take together.
        public var connectTimeout: Duration

        /// Allows `http://` to hosts that are not this machine, where anybody on the way can read
        /// the credentials.
        public var allowPlainHTTPBeyondLoopback: Bool

        /// Makes settings; each has a safe default.
        public init(
            caFile: String? = nil,
            userAgent: String = "muster",
            maximumConnectionsPerHost: Int = 8,
            connectTimeout: Duration = .seconds(5),
            allowPlainHTTPBeyondLoopback: Bool = false
        ) {
            self.caFile = caFile
            self.userAgent = userAgent
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.connectTimeout = connectTimeout
            self.allowPlainHTTPBeyondLoopback = allowPlainHTTPBeyondLoopback
        }
    }

    private static let maximumRedirects = 3

    private let settings: Settings
    private let mailbox = Mailbox()
    private let lastID = Atomic<UInt64>(0)

    /// Makes a transport; its thread starts with the first request.
    public init(settings: Settings = Settings()) {
        self.settings = settings
    }

    deinit {
        // Nobody waits for an answer, as whoever sends holds the transport. The thread ends behind.
        mailbox.askToEnd()
        if let thread = mailbox.takeThread() { pthread_detach(thread) }
    }

    /// Sends a request and returns the complete answer, whatever its status.
    ///
    /// Redirects are followed three times at most, and only to the same scheme, host and port.
    /// Cancelling the task returns at once and ends the transfer.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try settings.check()
        var prepared = try PreparedRequest(
            request,
            allowPlainHTTP: settings.allowPlainHTTPBeyondLoopback
        )
        for _ in 0...Self.maximumRedirects {
            let response = try await exchange(prepared)
            guard let next = try prepared.following(response) else { return response }
            prepared = next
        }
        throw .protocol(host: prepared.host, reason: "it redirects again and again")
    }

    /// Ends every transfer with `stopped`, closes all connections and joins the thread.
    public func stop() async {
        mailbox.askToEnd()
        await mailbox.waitForEnd()
        // The driver has said its last word, so this waits for a return statement.
        if let thread = mailbox.takeThread() { pthread_join(thread, nil) }
    }

    private func exchange(
        _ request: PreparedRequest
    ) async throws(TransportError) -> HTTPResponse {
        guard !Task.isCancelled else { throw .cancelled }
        guard request.deadline > .now else { throw .timedOut(host: request.host) }
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let reply = Reply()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard reply.wait(continuation) else { return }
                submit(Exchange(id: id, request: request, reply: reply))
            }
        } onCancel: {
            // The task goes on at once; the driver hears of it when it can.
            if reply.settle(.failure(.cancelled)) { mailbox.withdraw(id) }
        }
        return try outcome.get()
    }

    private func submit(_ exchange: Exchange) {
        let isTaken = mailbox.post(.start(exchange)) {
            DriverThread.start(settings: settings, mailbox: mailbox)
        }
        guard !isTaken else { return }
        let noThread = TransportError.unreachable(
            host: exchange.request.host,
            reason: "this process can start no thread"
        )
        exchange.reply.settle(.failure(mailbox.isEnding ? .stopped : noThread))
    }
}

extension CurlTransport.Settings {
    /// The connect timeout within the limits of curl, which takes zero for five minutes.
    var connectMilliseconds: Int {
        min(max(connectTimeout, .milliseconds(1)), .seconds(86_400)).wholeMilliseconds
    }

    /// Settings are checked where they are used, so that making them cannot fail.
    fileprivate func check() throws(TransportError) {
        guard HeaderLines.isPrintable(userAgent) else {
            throw .invalidRequest(reason: "the user agent setting holds a control character")
        }
        guard HeaderLines.isPrintable(caFile ?? "") else {
            throw .invalidRequest(reason: "the CA file setting holds a control character")
        }
    }
}
