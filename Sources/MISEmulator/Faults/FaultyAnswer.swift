import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Thrown in the middle of an answer to make the server close the connection.
struct ConnectionAbandoned: Error {}

/// Turns an answer into what a fault makes of it on the wire.
struct FaultyAnswer: Sendable {
    let fault: Fault
    let gate: Gate
    /// Open once the caller has gone, for whom nothing need be kept.
    let farewell: Gate
    let channel: any Channel

    /// Nobody is kept longer than this by a fault without a time of its own.
    private static let longest = Duration.seconds(600)

    private var pause: Duration {
        fault.milliseconds.map { .milliseconds($0) } ?? Self.longest
    }

    /// What goes out on the wire; `make` makes the answer, spoilt as its argument says.
    func response(_ make: (PageAlteration?) -> ServiceAnswer) async throws -> Response {
        switch fault.kind {
        case .delay, .hold:
            await wait(atMost: pause)
            return make(nil).response
        case .status: return refusal.response
        case .html: return page.response
        case .contentType:
            var answer = make(nil)
            answer.contentType = fault.contentType ?? "text/plain; charset=UTF-8"
            return answer.response
        case .exhausted:
            var answer = make(nil)
            answer.retryAfter = fault.retryAfter
            answer.headers = fault.limitHeaders(now: .now)
            return answer.response
        case .malformed:
            var answer = make(nil)
            answer.body.removeLast(answer.body.count / 3)
            answer.body += Array("}}]".utf8)
            return answer.response
        case .truncate, .stall, .resetBody: return cut(make(nil))
        case .trickle: return trickle(make(nil))
        case .hugeBody: return huge()
        case .hang:
            await wait(atMost: pause)
            try await channel.close()
            throw ConnectionAbandoned()
        case .reset:
            try await reset()
            throw ConnectionAbandoned()
        case .halfList, .emptyList, .duplicateID, .missingID, .repeatPage, .missingPage:
            return make(fault.alteration).response
        }
    }

    private var refusal: ServiceAnswer {
        let status = fault.status ?? 500
        var answer = ServiceError(
            status: status,
            code: status == 429 ? "too_many_requests" : "server_error",
            message: "The service cannot answer now."
        ).answer()
        answer.retryAfter = fault.retryAfter
        answer.headers = fault.limitHeaders(now: .now)
        return answer
    }

    /// Returns when the faults are cleared, the caller has gone, the time is over, or the task is
    /// cancelled.
    private func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [gate] in await gate.wait(atMost: limit) }
            group.addTask { [farewell] in await farewell.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private var page: ServiceAnswer {
        let text = """
            <!DOCTYPE html>
            <html><head><title>Maintenance</title></head>
            <body><h1>We are down for maintenance</h1><p>Please come back later.</p></body></html>

            """
        return ServiceAnswer(
            status: fault.status ?? 200,
            contentType: "text/html; charset=UTF-8",
            retryAfter: fault.retryAfter,
            body: Array(text.utf8)
        )
    }

    /// Sends half of the body, then closes or resets at once, or closes after a silence.
    private func cut(_ answer: ServiceAnswer) -> Response {
        let half = ByteBuffer(bytes: answer.body[..<(answer.body.count / 2)])
        let length = fault.chunked == true ? nil : answer.body.count
        return answer.response(length: length) { [self] writer in
            try await writer.write(half)
            if fault.kind == .stall { await wait(atMost: pause) }
            if fault.kind == .resetBody { try await reset() }
            throw ConnectionAbandoned()
        }
    }

    private func trickle(_ answer: ServiceAnswer) -> Response {
        let piece = max(1, fault.bytes ?? 64)
        let between = Duration.milliseconds(fault.milliseconds ?? 100)
        let length = fault.chunked == true ? nil : answer.body.count
        return answer.response(length: length) { [self] writer in
            var rest = ByteBuffer(bytes: answer.body)
            while let next = rest.readSlice(length: min(piece, rest.readableBytes)),
                next.readableBytes > 0
            {
                try await writer.write(next)
                await wait(atMost: between)
                try Task.checkCancellation()
            }
            try await writer.finish(nil)
        }
    }

    /// Sends a body without end, a small piece at a time, as fast as the reader takes it.
    private func huge() -> Response {
        let total = fault.bytes ?? 2_147_483_648
        let opening = ByteBuffer(string: "{\"data\":[\"")
        let filling = ByteBuffer(repeating: UInt8(ascii: "x"), count: 65_536)
        let answer = ServiceAnswer(status: fault.status ?? 200, body: [])
        return answer.response(length: fault.chunked == false ? total : nil) { writer in
            var left = total
            try await writer.write(opening.getSlice(at: 0, length: min(left, 10)) ?? opening)
            left -= min(left, opening.readableBytes)
            while left > 0 {
                let count = min(left, filling.readableBytes)
                try await writer.write(filling.getSlice(at: 0, length: count) ?? filling)
                left -= count
            }
            try await writer.finish(nil)
        }
    }

    private func reset() async throws {
        if let options = channel as? any SocketOptionProvider {
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }
}

extension ServiceAnswer {
    private var fields: HTTPFields {
        var headers: HTTPFields = [.contentType: contentType]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        for header in self.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers.append(HTTPField(name: name, value: header.value))
        }
        return headers
    }

    /// The answer as it should be.
    var response: Response {
        Response(
            status: HTTPResponse.Status(code: status),
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    /// The head of the answer with a body that is written by hand.
    func response(
        length: Int?,
        _ write:
            @concurrent @escaping @Sendable (inout any ResponseBodyWriter) async throws ->
            Void
    ) -> Response {
        Response(
            status: HTTPResponse.Status(code: status),
            headers: fields,
            body: ResponseBody(contentLength: length, write)
        )
    }
}
