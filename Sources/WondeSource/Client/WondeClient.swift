internal import CurlTransport
internal import Roster

/// Sends one request and sorts what comes back; knows nothing of people.
struct WondeClient: Sendable {
    /// The door to the network.
    typealias Send = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    /// What a request may end in besides failure.
    enum Reply {
        case answered([UInt8])
        case includeRefused
        case forbidden
        case notFound
    }

    /// Longer waits that the service asks for are cut to this.
    static let longestPause = Duration.seconds(300)

    let token: BearerToken
    let send: Send
    /// The present moment, for answers that do not say theirs.
    let now: @Sendable () -> Timestamp

    /// Asks `origin` for `target`, a path with its query below `/v1.0`.
    func get(
        _ target: String,
        from origin: Origin,
        limit: Int,
        priority: HTTPRequest.Priority = .ordinary,
        by deadline: ContinuousClock.Instant,
        _ toll: inout Toll
    ) async throws(SourceError) -> Reply {
        let request = HTTPRequest(
            method: "GET",
            url: Self.address(target, at: origin),
            headers: [
                ("Authorization", token.authorization), ("Accept", "application/json"),
            ],
            deadline: deadline,
            maximumResponseBytes: limit,
            priority: priority
        )
        toll.requests += 1
        RequestTally.current?.note()
        let response: HTTPResponse
        do {
            response = try await send(request)
        } catch {
            throw SourceError(error, askedOf: origin)
        }
        let pause = response.headers.pause(at: now().milliseconds / 1000)
            .map { min($0, Self.longestPause) }
        let reply = try Self.reply(to: response, asking: pause, from: origin)
        toll.note(pause)
        toll.note(date: response.headers.date(near: now().milliseconds / 1000))
        return reply
    }

    /// The whole address of `target`.
    static func address(_ target: String, at origin: Origin) -> String {
        "\(origin)/v1.0/\(target)"
    }

    private static func reply(
        to response: HTTPResponse,
        asking pause: Duration?,
        from origin: Origin
    ) throws(SourceError) -> Reply {
        switch response.status {
        case 200: return .answered(response.body)
        case 400 where response.body.contains("invalid_include"): return .includeRefused
        case 403: return .forbidden
        case 404: return .notFound
        default: throw SourceError(status: response.status, asking: pause, from: origin)
        }
    }
}

extension [UInt8] {
    /// Whether `text` occurs among the first 64 KiB.
    fileprivate func contains(_ text: StaticString) -> Bool {
        let wanted = Array(text.description.utf8)
        let head = prefix(65_536)
        guard let first = wanted.first, head.count >= wanted.count else { return false }
        for start in 0...(head.count - wanted.count) where head[start] == first {
            if head[start..<(start + wanted.count)].elementsEqual(wanted) { return true }
        }
        return false
    }
}
