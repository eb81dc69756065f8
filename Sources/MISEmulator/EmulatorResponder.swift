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
        if struck != nil {
            // Otherwise a caller who goes while nothing is written to her would not be noticed.
            try await context.channel
                .setOption(ChannelOptions.allowRemoteHalfClosure, value: false).get()
        }
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
        do {
            if request.method == .post {
                order.body = Array(buffer: try await request.body.collect(upTo: 1_048_576))
            }
            guard let struck else {
                let answer = service.answer(order)
                world.log.end(ticket, status: answer.status)
                world.log.land(ticket)
                return answer.response
            }
            return try await strike(struck, order, ticket, context.channel)
        } catch {
            world.log.land(ticket)
            throw error
        }
    }

    /// Answers as a fault wants it; the request is in flight until its answer is written or its
    /// caller has gone.
    private func strike(
        _ struck: (fault: Fault, gate: Gate),
        _ order: ServiceRequest,
        _ ticket: RequestLog.Ticket,
        _ channel: any Channel
    ) async throws -> Response {
        let farewell = Gate()
        let log = world.log
        channel.closeFuture.whenComplete { _ in
            log.land(ticket)
            farewell.open()
        }
        let faulty = FaultyAnswer(
            fault: struck.fault,
            gate: struck.gate,
            farewell: farewell,
            channel: channel
        )
        var response = try await faulty.response { service.answer(order, alteration: $0) }
        log.end(ticket, status: response.status.code)
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            defer { log.land(ticket) }
            try await body.write(writer)
        }
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
