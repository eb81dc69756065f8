import CurlTransport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ExchangeTests {
    @Test func `an answer comes with status, headers and body`() async throws {
        try await withServer { peer, asked in
            #expect(asked.method == "GET")
            #expect(asked.target == "/staff?page=2")
            #expect(asked["Authorization"] == "Bearer abc")
            #expect(asked["User-Agent"] == "muster")
            #expect(asked["Accept-Encoding"]?.contains("gzip") == true)
            peer.answer(200, Array("hello".utf8), headers: ["X-Page: 2", "X-Page: 3"])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(
                .patient(
                    server.url("/staff?page=2"),
                    headers: [("Authorization", "Bearer abc")]
                )
            )
            #expect(response.status == 200)
            #expect(response.headers["x-PAGE"] == "2")
            #expect(response.headers["content-type"] == nil)
            #expect(response.body == Array("hello".utf8))
            #expect(response.timing?.reusedConnection == false)
            #expect(response.timing?.multiplexed == false)
        }
    }

    @Test(arguments: ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"])
    func `every method arrives as written`(method: String) async throws {
        let body: [UInt8]? = ["POST", "PATCH", "PUT"].contains(method) ? [0, 1, 0, 255] : nil
        try await withServer { peer, asked in
            #expect(asked.method == method)
            #expect(asked.body == body ?? [])
            #expect(asked["Content-Type"] == nil)
            #expect(asked["Expect"] == nil)
            peer.answer(200, method == "HEAD" ? [] : [7])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(
                .patient(server.url(), method: method, body: body)
            )
            #expect(response.body == (method == "HEAD" ? [] : [7]))
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `a body may be empty, missing, or large`(method: String) async throws {
        let large = [UInt8](repeating: 0, count: 3_000_000)
        try await withServer { peer, asked in
            peer.answer(200, Array("\(asked.method) \(asked.body.count)".utf8))
            return .keepOpen
        } run: { server, transport in
            for body in [nil, [], large] {
                let response = try await transport.send(
                    .patient(server.url(), method: method, body: body)
                )
                let expected = "\(method) \(body?.count ?? 0)"
                #expect(String(decoding: response.body, as: UTF8.self) == expected)
            }
        }
    }

    @Test func `the caller's headers arrive unchanged, an empty one too`() async throws {
        try await withServer { peer, asked in
            #expect(asked["Content-Type"] == "application/json")
            #expect(asked["X-Empty"] == "")
            #expect(asked["X-Umlaut"] == "Zoë; a: b")
            peer.answer()
            return .keepOpen
        } run: { server, transport in
            let headers = [
                (name: "Content-Type", value: "application/json"), (name: "X-Empty", value: ""),
                (name: "X-Umlaut", value: "Zoë; a: b"),
            ]
            let request = HTTPRequest.patient(
                server.url(),
                method: "POST",
                headers: headers,
                body: [1]
            )
            let response = try await transport.send(request)
            #expect(response.status == 200)
        }
    }

    @Test func `a connection is used again`() async throws {
        try await withServer { peer, _ in
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            for round in 0..<20 {
                let response = try await transport.send(.patient(server.url()))
                #expect(response.timing?.reusedConnection == (round > 0))
            }
            #expect(server.connections == 1)
        }
    }

    @Test func `a connection the server closed meanwhile is replaced`() async throws {
        try await withServer { peer, _ in
            peer.answer(200, [1])
            return .close
        } run: { server, transport in
            for _ in 0..<5 {
                let response = try await transport.send(.patient(server.url()))
                #expect(response.body == [1])
            }
            #expect(server.connections == 5)
        }
    }

    @Test(arguments: [204, 304, 404, 500])
    func `any final status is an answer`(status: Int) async throws {
        try await withServer { peer, _ in
            if status == 204 || status == 304 {
                peer.send("HTTP/1.1 \(status) Status\r\n\r\n")
            } else {
                peer.answer(status, [9])
            }
            return .keepOpen
        } run: { server, transport in
            let first = try await transport.send(.patient(server.url()))
            let second = try await transport.send(.patient(server.url()))
            #expect(first.status == status)
            #expect(first.body == (status < 400 ? [] : [9]))
            #expect(second.status == status)
            #expect(server.connections == 1)
        }
    }

    @Test func `a HEAD answer announces a length beyond the limit and has no body`() async throws {
        try await withServer { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(
                .patient(server.url(), method: "HEAD", limit: 10)
            )
            #expect(response.headers["Content-Length"] == "5000")
            #expect(response.body.isEmpty)
        }
    }

    @Test func `chunks are joined and trailers are dropped`() async throws {
        try await withServer { peer, _ in
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: head\r\n\r\n")
            peer.send("3\r\nabc\r\n2\r\n\0d\r\n0\r\nX-A: tail\r\nX-B: tail\r\n\r\n")
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url()))
            #expect(response.body == Array("abc\0d".utf8))
            #expect(response.headers["X-A"] == "head")
            #expect(response.headers["X-B"] == nil)
        }
    }

    @Test func `headers of a 1xx answer are not those of the answer`() async throws {
        try await withServer { peer, _ in
            peer.send("HTTP/1.1 103 Early Hints\r\nLink: early\r\nContent-Length: 999999\r\n\r\n")
            peer.answer(200, [1], headers: ["X-Late: yes"])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url(), limit: 10))
            #expect(response.status == 200)
            #expect(response.headers["Link"] == nil)
            #expect(response.headers["X-Late"] == "yes")
            #expect(response.body == [1])
        }
    }

    @Test(
        arguments: [
            ("gzip", nil),
            ("br", [0x0B, 0x02, 0x80, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x03]),
            (
                "zstd",
                [0x28, 0xB5, 0x2F, 0xFD, 0x20, 5, 0x29, 0, 0, 0x68, 0x65, 0x6C, 0x6C, 0x6F]
            ),
        ] as [(String, [UInt8]?)]
    )
    func `compressed bodies arrive as they were`(encoding: String, packed: [UInt8]?) async throws {
        let packed =
            if let packed { packed } else {
                try await output(of: "sh", "-c", "printf hello | gzip")
            }
        try await withServer { peer, asked in
            #expect(asked["Accept-Encoding"]?.contains(encoding) == true)
            peer.answer(200, packed, headers: ["Content-Encoding: \(encoding)"])
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url()))
            #expect(String(decoding: response.body, as: UTF8.self) == "hello")
        }
    }

    @Test func `a body of many megabytes arrives whole`() async throws {
        let line = Array("a line of the body, of a length that no buffer divides\n".utf8)
        var lines: [UInt8] = []
        for _ in 0..<400_000 { lines += line }
        let body = lines
        try await withServer { peer, _ in
            peer.answer(200, body)
            return .keepOpen
        } run: { server, transport in
            let response = try await transport.send(.patient(server.url(), limit: body.count))
            #expect(response.body == body)
        }
    }
}
