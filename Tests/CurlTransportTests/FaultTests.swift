import CurlTransport
import Foundation
import Testing

/// One way a server can fail, and the error it must end in.
struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let behave: @Sendable (Peer) -> LoopbackServer.Next
    let expected: @Sendable (_ host: String) -> TransportError

    var testDescription: String { name }

    static func sends(
        _ text: String,
        then next: LoopbackServer.Next = .close,
        _ name: String,
        _ expected: @escaping @Sendable (_ host: String) -> TransportError
    ) -> Fault {
        Fault(
            name: name,
            behave: { peer in
                peer.send(text)
                return next
            },
            expected: expected
        )
    }

    static let all: [Fault] = [
        .sends("", "closes without a word") { .cut(host: $0) },
        .sends("", then: .reset, "resets without a word") { .cut(host: $0) },
        .sends("HTTP/1.1 200 OK\r\nX-Half", "closes within the headers") { .cut(host: $0) },
        .sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "cuts a body of known length") {
            .cut(host: $0)
        },
        .sends("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", then: .reset, "resets a body") {
            .cut(host: $0)
        },
        .sends(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
            "cuts between chunks"
        ) { .cut(host: $0) },
        .sends(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "cuts within a chunk"
        ) { .cut(host: $0) },
        .sends("SSH-2.0-OpenSSH_9.2\r\n", "speaks another protocol") {
            .protocol(host: $0, reason: "it is not HTTP")
        },
        .sends("HTTP/1.1 abc\r\n\r\n", "sends a status without a number") {
            .protocol(host: $0, reason: "it is not HTTP")
        },
        .sends(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            "sends broken gzip"
        ) { .protocol(host: $0, reason: "its compression is broken") },
        .sends("HTTP/1.1 200 OK\r\n" + hugeHeaders + "\r\n", "sends headers without end") {
            .protocol(host: $0, reason: "its headers are too large")
        },
        .sends("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "announces too much") { _ in
            .tooLarge(limitBytes: 10)
        },
        .sends("HTTP/1.1 200 OK\r\n\r\n12345678901", "sends too much without a length") { _ in
            .tooLarge(limitBytes: 10)
        },
        .sends("HTTP/1.1 302 Found\r\nLocation: https://other.school.example/x?k=1\r\n\r\n", "away")
        {
            _ in .redirected(toHost: "other.school.example")
        },
    ]

    private static let hugeHeaders = (0..<400)
        .map { "X-\($0): \(String(repeating: "a", count: 1000))\r\n" }.joined()
}

@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
    @Test(arguments: Fault.all)
    func `a server that fails gives the error that says so`(fault: Fault) async throws {
        try await withServer { peer, _ in
            fault.behave(peer)
        } run: { server, transport in
            let failure = await transport.failure(of: .patient(server.url(), limit: 10))
            #expect(failure == fault.expected(server.host))
        }
    }

    @Test func `a port nobody listens on is unreachable`() async throws {
        let server = try LoopbackServer { _, _ in .close }
        server.close()
        try await withTransport { transport in
            let failure = await transport.failure(of: .patient(server.url()))
            #expect(failure == .unreachable(host: server.host, reason: "connection refused"))
        }
    }

    @Test func `a fault leaves the transport usable`() async throws {
        try await withServer { peer, asked in
            if asked.target == "/bad" { return .reset }
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            for _ in 0..<20 {
                let failure = await transport.failure(of: .patient(server.url("/bad")))
                #expect(failure == .cut(host: server.host))
                let response = try await transport.send(.patient(server.url()))
                #expect(response.body == [1])
            }
        }
    }

    @Test func `a gzip bomb stops at the limit`() async throws {
        let bomb = try await output(of: "sh", "-c", "head -c 300000000 /dev/zero | gzip -9")
        try #require(bomb.count < 1_000_000)
        try await withServer { peer, _ in
            peer.answer(200, bomb, headers: ["Content-Encoding: gzip"])
            return .keepOpen
        } run: { server, transport in
            let failure = await transport.failure(of: .patient(server.url(), limit: 1_000_000))
            #expect(failure == .tooLarge(limitBytes: 1_000_000))
        }
    }

    @Test func `an endless body stops at the limit and its connection closes`() async throws {
        let chunk = [UInt8](repeating: 65, count: 100_000)
        try await withServer { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send(chunk) {}
            peer.report(.peerClosed)
            return .close
        } run: { server, transport in
            let failure = await transport.failure(of: .patient(server.url(), limit: 5_000_000))
            #expect(failure == .tooLarge(limitBytes: 5_000_000))
            #expect(await server.wait(for: .peerClosed))
        }
    }

    @Test func `a body of exactly the limit is taken`() async throws {
        try await withServer { peer, _ in
            peer.answer(200, [1, 2, 3])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url(), limit: 3))
            #expect(response.body == [1, 2, 3])
            let failure = await transport.failure(of: .patient(server.url(), limit: 2))
            #expect(failure == .tooLarge(limitBytes: 2))
        }
    }
}
