import HTTPTypes
import Hummingbird
import NIOCore

/// What the server knows of one request: the connection, for faults that break it.
struct EmulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Leads every request to the emulated service or to the control endpoints.
struct EmulatorResponder: HTTPResponder {
    let world: EmulatedWorld
    let service: WondeService
    let control: ControlEndpoints

    init(world: EmulatedWorld) {
        self.world = world
        service = WondeService(world: world)
        control = ControlEndpoints(world: world)
    }

    func respond(to request: Request, context: EmulatorContext) async throws -> Response {
        let path = request.uri.path.split(separator: "/").map { QueryString.decoded($0) }
        switch path.first {
        case "v1.0": return try await serve(request, Array(path.dropFirst()), context)
        case "_control":
            guard isLocal(context.channel) else {
                return ServiceError.denied("the control endpoints from another machine").answer()
                    .response
            }
            return try await steer(request, Array(path.dropFirst()))
        case nil: return control.help.response
        default: return ServiceError.notFound.answer().response
        }
    }

    private func serve(
        _ request: Request,
        _ path: [String],
        _ context: EmulatorContext
    ) async throws -> Response {
        let query = request.uri.query ?? ""
        let struck = world.faults.take(for: "\(request.uri.path)?\(query)")
        let ticket = world.log.begin(
            method: request.method.rawValue,
            path: request.uri.path,
            query: query,
            fault: struck?.fault.kind.rawValue
        )
        var order = ServiceRequest(
            method: request.method.rawValue,
            path: path,
            query: QueryString(query),
            authorization: request.headers[.authorization],
            host: request.head.authority ?? "127.0.0.1"
        )
        if request.method == .post {
            order.body = Array(buffer: try await request.body.collect(upTo: 1_048_576))
        }
        guard let struck else {
            let answer = service.answer(order)
            world.log.end(ticket, status: answer.status)
            return answer.response
        }
        let faulty = FaultyAnswer(
            fault: struck.fault,
            gate: struck.gate,
            channel: context.channel
        )
        let finished = order
        let response = try await faulty.response { service.answer(finished, alteration: $0) }
        world.log.end(ticket, status: response.status.code)
        return response
    }

    private func steer(_ request: Request, _ path: [String]) async throws -> Response {
        let body = try await request.body.collect(upTo: 16_777_216)
        let order = ControlRequest(
            method: request.method.rawValue,
            path: path,
            query: QueryString(request.uri.query),
            body: Array(buffer: body)
        )
        return control.answer(order).response
    }

    /// True for a caller on this machine.
    private func isLocal(_ channel: any Channel) -> Bool {
        guard let address = channel.remoteAddress?.ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }
}
