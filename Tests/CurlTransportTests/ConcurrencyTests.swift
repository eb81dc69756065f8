import CurlTransport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConcurrencyTests {
    @Test func `two hundred requests at once need few connections`() async throws {
        try await withServer { peer, asked in
            peer.answer(200, Array(asked.target.utf8))
            return .keepOpen
        } run: { server, transport in
            let answered = try await bodies(from: server, transport, count: 200)
            #expect(answered == Set((0..<200).map { "/\($0)" }))
            #expect(server.connections <= 8)
        }
    }

    @Test func `thousands of requests at once are all answered`() async throws {
        try await withServer(settings: .init(maximumConnectionsPerHost: 4)) { peer, asked in
            peer.answer(200, Array(asked.target.utf8))
            return .keepOpen
        } run: { server, transport in
            let answered = try await bodies(from: server, transport, count: 3000)
            #expect(answered.count == 3000)
            #expect(server.connections <= 4)
        }
    }

    @Test func `a host that hangs does not hold up another`() async throws {
        let stuck = try LoopbackServer { peer, _ in
            peer.waitForPeerToClose()
            return .close
        }
        defer { stuck.close() }
        try await withServer { peer, _ in
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            let waiting = (0..<300).map { _ in
                Task { await transport.failure(of: .patient(stuck.url("/hang"))) }
            }
            #expect(await stuck.wait(for: .asked("/hang")))
            let response = try await transport.send(.patient(server.url()))
            #expect(response.body == [1])
            #expect(stuck.connections <= 8)
            for task in waiting { task.cancel() }
            for task in waiting { #expect(await task.value == .cancelled) }
        }
    }

    @Test func `answers, cuts, cancels and deadlines together end every request`() async throws {
        try await withServer(settings: .init(maximumConnectionsPerHost: 4)) { peer, asked in
            switch asked.target {
            case "/cut":
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
                return .reset
            case "/hang":
                peer.waitForPeerToClose()
                return .close
            default:
                peer.answer(200, [1])
                return .keepOpen
            }
        } run: { server, transport in
            let ways = ["/", "/cut", "/hang", "/cancel"]
            let tasks = (0..<400).map { index in
                Task {
                    let way = ways[index % ways.count]
                    let allowed = Duration.milliseconds(way == "/hang" ? 50 : 40_000)
                    let request = HTTPRequest(url: server.url(way), deadline: .now + allowed)
                    return await Reply(of: transport, to: request)
                }
            }
            for index in stride(from: 3, to: 400, by: 4) { tasks[index].cancel() }
            for (index, task) in tasks.enumerated() {
                let reply = await task.value
                switch ways[index % ways.count] {
                case "/": #expect(reply == .answered(200))
                case "/cut": #expect(reply == .failed(.cut(host: server.host)))
                case "/hang": #expect(reply == .failed(.timedOut(host: server.host)))
                default: #expect(reply == .answered(200) || reply == .failed(.cancelled))
                }
            }
        }
    }

    private enum Reply: Equatable {
        case answered(Int)
        case failed(TransportError)

        init(of transport: CurlTransport, to request: HTTPRequest) async {
            do throws(TransportError) {
                self = .answered(try await transport.send(request).status)
            } catch {
                self = .failed(error)
            }
        }
    }

    private func bodies(
        from server: LoopbackServer,
        _ transport: CurlTransport,
        count: Int
    ) async throws -> Set<String> {
        try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<count {
                group.addTask {
                    let response = try await transport.send(.patient(server.url("/\(index)")))
                    return String(decoding: response.body, as: UTF8.self)
                }
            }
            return try await group.reduce(into: []) { $0.insert($1) }
        }
    }
}
