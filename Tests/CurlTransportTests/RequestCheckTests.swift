import CurlTransport
import Testing

/// What is refused before a connection is made.
@Suite(.timeLimit(.minutes(1)))
struct RequestCheckTests {
    @Test(arguments: [
        "", "school.example", "/staff", "https://", "https://school.example:99999/", "http//x",
        "https://school.example/a b", "https://school.example/\r\nX: y",
        "https://school\0.example/",
        "https://school.example/\0", "https://school.example/a\nb", "file:///etc/passwd",
    ])
    func `an address that cannot be read is refused`(url: String) async throws {
        let failure = await failure(of: .patient(url))
        #expect(failure == .invalidRequest(reason: "its address cannot be read"))
    }

    @Test(arguments: ["ftp://school.example/", "gopher://school.example/"])
    func `other protocols are refused`(url: String) async throws {
        let failure = await failure(of: .patient(url))
        #expect(failure == .invalidRequest(reason: "its address is neither https nor http"))
    }

    @Test(arguments: ["https://user@school.example/", "https://user:word@school.example/"])
    func `a user name in the address is refused`(url: String) async throws {
        let failure = await failure(of: .patient(url))
        let reason = "its address holds a user name or password"
        #expect(failure == .invalidRequest(reason: reason))
    }

    @Test(
        arguments: [
            ("http://school.example/", "school.example"),
            ("http://school.example:8080/?key=1", "school.example:8080"),
            ("http://192.0.2.1/", "192.0.2.1"), ("http://127.0.0.1.school.example/", nil),
            ("http://localhost.school.example/", nil), ("http://[2001:db8::1]/", "[2001:db8::1]"),
            ("http://[::ffff:192.0.2.1]/", nil), ("http://0.0.0.0/", "0.0.0.0"),
        ] as [(String, String?)]
    )
    func `plain HTTP beyond loopback is refused`(url: String, host: String?) async throws {
        let failure = await failure(of: .patient(url))
        guard case .insecureOrigin(let named) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        if let host { #expect(named == host) }
    }

    @Test(arguments: ["127.0.0.1", "127.8.9.10", "127.1", "0x7f.0.0.1", "localhost", "LOCALHOST"])
    func `plain HTTP to this machine is allowed`(host: String) async throws {
        try await withServer { peer, _ in
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            do {
                let response = try await transport.send(.patient("http://\(host):\(server.port)/"))
                #expect(response.body == [1])
            } catch TransportError.unreachable {
                // Not every machine answers on all of 127/8; that it was tried is enough.
            }
        }
    }

    @Test(arguments: [
        ("X-Key", "a\r\nX-Other: b", "the header X-Key holds a control character"),
        ("X-Key", "a\nb", "the header X-Key holds a control character"),
        ("X-Key", "a\0b", "the header X-Key holds a control character"),
        ("X-Key", "a\u{7F}", "the header X-Key holds a control character"),
        ("X Key", "a", "a header name holds a forbidden character"),
        ("X-Key:", "a", "a header name holds a forbidden character"),
        ("", "a", "a header name holds a forbidden character"),
        ("Zoë", "a", "a header name holds a forbidden character"),
        ("HOST", "school.example", "the header HOST is set by the transport"),
        ("content-length", "1", "the header content-length is set by the transport"),
        ("Transfer-Encoding", "chunked", "the header Transfer-Encoding is set by the transport"),
    ])
    func `a header that would break the request is refused`(
        name: String,
        value: String,
        reason: String
    ) async throws {
        let headers = [(name: name, value: value)]
        let failure = await failure(of: .patient("https://school.example/", headers: headers))
        #expect(failure == .invalidRequest(reason: reason))
    }

    @Test(arguments: ["get", "TRACE", "CONNECT", "", "GET / HTTP/1.1\r\nX: y"])
    func `other methods are refused`(method: String) async throws {
        let failure = await failure(of: .patient("https://school.example/", method: method))
        let reason = "its method is not one this transport knows"
        #expect(failure == .invalidRequest(reason: reason))
    }

    @Test(arguments: ["GET", "HEAD"])
    func `a question with a body is refused`(method: String) async throws {
        let request = HTTPRequest.patient("https://school.example/", method: method, body: [1])
        let reason = "a \(method) request has no body"
        #expect(await failure(of: request) == .invalidRequest(reason: reason))
    }

    @Test func `settings with control characters are refused`() async throws {
        let agent = CurlTransport.Settings(userAgent: "a\r\nX: y")
        let file = CurlTransport.Settings(caFile: "a\0b")
        for settings in [agent, file] {
            let failure = await failure(of: .patient("https://school.example/"), settings)
            guard case .invalidRequest = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    private func failure(
        of request: HTTPRequest,
        _ settings: CurlTransport.Settings = .init()
    ) async -> TransportError? {
        let transport = CurlTransport(settings: settings)
        let failure = await transport.failure(of: request)
        await transport.stop()
        return failure
    }
}
