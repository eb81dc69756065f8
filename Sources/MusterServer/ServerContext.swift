import Hummingbird
import NIOCore

/// What travels with one request.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// When the request's head had been read: the budget of a login counts from here.
    let began = ContinuousClock.now
    /// Who is at the other end of the connection; a proxy, where there is one.
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress
    }
}
