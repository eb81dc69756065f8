import Hummingbird
import NIOCore

/// What travels with one request.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// When the request's head had been read: the budget of a login counts from here.
    let began = ContinuousClock.now
    /// Who is at the other end of the connection; a proxy, where there is one.
    var peer: SocketAddress? { channel.remoteAddress }
    /// The connection, or the stream of one.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
