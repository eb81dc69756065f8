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
    }

    private let limits: Limits
    private var reading: Scheduled<Void>?
    private var writing: Scheduled<Void>?
    /// Requests whose head was read and whose answer is not written.
    private var open = 0
    private var isFailed = false

    init(_ limits: Limits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { awaitHead(context, limits.head) }
    }

    func channelActive(context: ChannelHandlerContext) {
        awaitHead(context, limits.head)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancelAll()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancelAll() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            open += 1
            reading?.cancel()
            reading = schedule(context, limits.body)
        case .body: break
        case .end:
            reading?.cancel()
            reading = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            open -= 1
            if open == 0, reading == nil { awaitHead(context, limits.idle) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writing?.cancel()
        writing = context.channel.isWritable ? nil : schedule(context, limits.idle)
        context.fireChannelWritabilityChanged()
    }

    /// What is no HTTP is answered with the problem that it is, and then nothing more is read.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, open == 0, !isFailed else {
            return context.fireErrorCaught(error)
        }
        isFailed = true
        cancelAll()
        let isHeadTooLarge = if case .headerOverflow = error { true } else { false }
        let problem = isHeadTooLarge ? Problem.headTooLarge : Problem.malformed
        var response = problem.response
        response.headers[.connection] = "close"
        context.write(wrapOutboundOut(.head(response.head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: problem.body))), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
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
    static let malformed = Problem(.badRequest, "What was sent is not HTTP.")
}
