import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A server that knows which connections are open, and cuts clients which never come to the point.
///
/// Over TLS, whoever connects has until the deadline to finish the handshake and send the first
/// byte of a request; after that the deadlines of requests hold.
struct Door<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let connections: OpenConnections
    /// To the first byte over TLS.
    let first: TimeAmount
    /// Between requests, for those who have not shown who they are.
    let strangerIdle: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let member = connections.enter(channel)
        let (first, idle) = (first, strangerIdle)
        return base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // A set-up that failed would end the whole server.
            guard let member else {
                channel.close(promise: nil)
                return value
            }
            let pipeline = channel.pipeline.syncOperations
            guard let secure = try? pipeline.handler(type: NIOSSLServerHandler.self) else {
                return value
            }
            let deadline = StrangerDeadline(first: first, idle: idle, member: member)
            try pipeline.addHandler(deadline, position: .after(secure))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// Cuts a connection on which nothing readable has come in time, or nobody shows who she is and
/// nothing is asked.
private final class StrangerDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let first: TimeAmount
    private let idle: TimeAmount
    private let member: OpenConnections.Member
    private var timer: Scheduled<Void>?
    private var hasBegun = false

    init(first: TimeAmount, idle: TimeAmount, member: OpenConnections.Member) {
        self.first = first
        self.idle = idle
        self.member = member
    }

    func handlerAdded(context: ChannelHandlerContext) { look(context, in: first) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !hasBegun {
            hasBegun = true
            // The head of the first request has its own deadline, which is this long.
            timer?.cancel()
            look(context, in: first)
        }
        context.fireChannelRead(data)
    }

    private func look(_ context: ChannelHandlerContext, in time: TimeAmount) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = bound.value
            handler.check(context)
        }
    }

    private func check(_ context: ChannelHandlerContext) {
        guard hasBegun else { return context.close(promise: nil) }
        guard !member.isKnown else { return }
        guard let since = member.idleSince else { return look(context, in: idle) }
        let rest = since + idle - .now()
        guard rest > .zero else { return context.close(promise: nil) }
        look(context, in: rest)
    }
}
