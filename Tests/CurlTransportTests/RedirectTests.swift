import CurlTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RedirectTests {
    @Test(arguments: ["/end", "end", "?a=b", "//HOST/end", "http://HOST/end"])
    func `a redirect to the same origin is followed with its headers`(location: String) async throws
    {
        try await withServer { peer, asked in
            guard asked.target == "/start" else {
                peer.answer(200, Array(asked.target.utf8) + Array((asked["X-Key"] ?? "").utf8))
                return .keepOpen
            }
            let place = location.replacing("HOST", with: asked["Host"] ?? "")
            peer.answer(302, [1, 2], headers: ["Location: \(place)", "X-Old: 1"])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(
                .patient(server.url("/start"), headers: [("X-Key", "!")])
            )
            let body = String(decoding: response.body, as: UTF8.self)
            #expect(body == (location == "?a=b" ? "/start?a=b!" : "/end!"))
            #expect(response.headers["X-Old"] == nil)
        }
    }

    @Test func `a redirect to another port is refused and nothing is sent there`() async throws {
        let other = try LoopbackServer { peer, _ in
            peer.answer()
            return .close
        }
        defer { other.close() }
        try await withServer { peer, _ in
            peer.answer(307, headers: ["Location: \(other.url("/steal?x=1"))"])
            return .keepOpen
        } run: { server, transport in
            let failure = await transport.failure(
                of: .patient(server.url(), headers: [("Authorization", "Bearer abc")])
            )
            #expect(failure == .redirected(toHost: other.host))
            #expect(other.connections == 0)
        }
    }

    @Test(arguments: [
        ("https://127.0.0.1:PORT/", "127.0.0.1:PORT"), ("http://localhost:PORT/", "localhost:PORT"),
        ("//school.example/", "school.example"), ("HTTP://SCHOOL.EXAMPLE:80", "school.example"),
    ])
    func `another scheme or host is refused`(location: String, host: String) async throws {
        try await withServer { peer, asked in
            let port = asked["Host"]?.split(separator: ":").last ?? ""
            peer.answer(301, headers: ["Location: \(location.replacing("PORT", with: port))"])
            return .keepOpen
        } run: { server, transport in
            let failure = await transport.failure(of: .patient(server.url()))
            let expected = host.replacing("PORT", with: String(server.port))
            #expect(failure == .redirected(toHost: expected))
        }
    }

    @Test(arguments: ["file:///etc/passwd", "http://u:p@HOST/", "http://:bad:/", "ftp://HOST/"])
    func `an address that cannot be used is an error of the host`(location: String) async throws {
        try await withServer { peer, asked in
            let place = location.replacing("HOST", with: asked["Host"] ?? "")
            peer.answer(302, headers: ["Location: \(place)"])
            return .keepOpen
        } run: { server, transport in
            let failure = await transport.failure(of: .patient(server.url()))
            let reason = "it redirects to an address that cannot be read"
            #expect(failure == .protocol(host: server.host, reason: reason))
        }
    }

    @Test func `three redirects are followed, a fourth is not`() async throws {
        try await withServer { peer, asked in
            let left = Int(asked.target.dropFirst()) ?? 0
            guard left > 0 else {
                peer.answer(200)
                return .keepOpen
            }
            peer.answer(302, headers: ["Location: /\(left - 1)"])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url("/3")))
            #expect(response.status == 200)
            let failure = await transport.failure(of: .patient(server.url("/4")))
            let reason = "it redirects again and again"
            #expect(failure == .protocol(host: server.host, reason: reason))
        }
    }

    @Test(arguments: [(301, nil), (302, nil), (303, "GET 0"), (307, "POST 2"), (308, "POST 2")])
    func `a redirected POST keeps its meaning or fails`(status: Int, arrives: String?) async throws
    {
        try await withServer { peer, asked in
            if asked.target == "/end" {
                peer.answer(200, Array("\(asked.method) \(asked.body.count)".utf8))
            } else {
                peer.answer(status, headers: ["Location: /end"])
            }
            return .keepOpen
        } run: { server, transport in
            let request = HTTPRequest.patient(server.url(), method: "POST", body: [1, 2])
            if let arrives {
                let response = try await transport.send(request)
                #expect(String(decoding: response.body, as: UTF8.self) == arrives)
            } else {
                let reason = "it redirects a POST request"
                let failure = await transport.failure(of: request)
                #expect(failure == .protocol(host: server.host, reason: reason))
            }
        }
    }

    @Test func `a redirect status without an address is the answer`() async throws {
        try await withServer { peer, _ in
            peer.answer(302)
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url()))
            #expect(response.status == 302)
        }
    }
}
