import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Cuts a client that is too slow: to send a head, a body, or to read its answer.
///
/// It sees one request at a time as parts. Its timers run on the connection's own loop.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        /// To the first head.
        var head: TimeAmount
        /// From a head to the end of its body.
        var body: TimeAmount
        /// Between requests, and for an answer that nobody reads.
        var idle: TimeAmount
        /// The same where nobody has shown who she is.
        var strangerIdle: TimeAmount
        /// The largest body; a larger one is not waited for.
        var bodyBytes: Int
    }

    private let limits: Limits
    private var reading: Scheduled<Void>?
    private var writing: Scheduled<Void>?
    /// Requests whose head was read and whose answer is not written.
    private var open = 0
    private var isFailed = false
    private let connections: OpenConnections
    private var member: OpenConnections.Member?
    /// Requests that were read to their end, and answers that were written to theirs.
    private var (asked, answered) = (0, 0)

    init(_ limits: Limits, _ connections: OpenConnections) {
        self.limits = limits
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        member = connections.member(of: context.channel)
        OldClients.add(to: context.pipeline.syncOperations)
        if context.channel.isActive { awaitHead(context, limits.head) }
    }

    func channelActive(context: ChannelHandlerContext) {
        awaitHead(context, limits.head)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelAll()
        // Of a connection with several streams, this was one.
        while answered < asked {
            answered += 1
            member?.endAnswer()
        }
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancelAll() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            open += 1
            reading?.cancel()
            reading = schedule(context, limits.body)
            if isAwaited(head) {
                context.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponse(status: .continue))),
                    promise: nil
                )
            }
        case .body: break
        case .end:
            reading?.cancel()
            reading = nil
            asked += 1
            // Some are answered before they end.
            if answered < asked { member?.beginAnswer() }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            open -= 1
            answered += 1
            if answered <= asked { member?.endAnswer() }
            if open == 0, reading == nil { awaitHead(context, idle) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writing?.cancel()
        writing = context.channel.isWritable ? nil : schedule(context, idle)
        context.fireChannelWritabilityChanged()
    }

    /// What is no HTTP is answered with the problem that it is, and then nothing more is read.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, open == 0, !isFailed else {
            return context.fireErrorCaught(error)
        }
        isFailed = true
        cancelAll()
        let problem: Problem =
            switch error {
            case .headerOverflow: .headTooLarge
            case .invalidMethod: .unknownMethod
            default: .malformed
            }
        var response = problem.response
        response.headers[.connection] = "close"
        context.write(wrapOutboundOut(.head(response.head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: problem.body))), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    private var idle: TimeAmount {
        member?.isKnown ?? false ? limits.idle : limits.strangerIdle
    }

    /// Whether the client holds its body back until it hears that it is wanted, and it is.
    private func isAwaited(_ head: HTTPRequest) -> Bool {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        return head.headerFields[.contentLength].flatMap { Int($0) } ?? 0 <= limits.bodyBytes
    }

    private func awaitHead(_ context: ChannelHandlerContext, _ limit: TimeAmount) {
        reading?.cancel()
        reading = schedule(context, limit)
    }

    private func schedule(_ context: ChannelHandlerContext, _ limit: TimeAmount) -> Scheduled<Void>
    {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: limit) { bound.value.close(promise: nil) }
    }

    private func cancelAll() {
        reading?.cancel()
        writing?.cancel()
        (reading, writing) = (nil, nil)
    }
}

extension Problem {
    static let headTooLarge = Problem(
        .headTooLarge,
        "The head of the request is larger than this server takes; send fewer headers."
    )
    static let unknownMethod = Problem(
        .notImplemented,
        "There is no such method; ask with one that /openapi.json names."
    )
    static let malformed = Problem(.badRequest, "What was sent is not HTTP.")
}
