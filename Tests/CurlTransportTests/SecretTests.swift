import CurlTransport
import Testing

/// A credential is in the header, the path, the query and the body of each request here.
@Suite(.timeLimit(.minutes(1)))
struct SecretTests {
    private static let secret = "s3cr3t-t0k3n"

    @Test(arguments: Fault.all)
    func `no error of a transfer shows a credential`(fault: Fault) async throws {
        try await withServer { peer, _ in
            fault.behave(peer)
        } run: { server, transport in
            let failure = await transport.failure(of: Self.request(server.url(), limit: 10))
            expectNoSecret(in: try #require(failure))
        }
    }

    @Test(arguments: [
        "https://nowhere.school.example", "http://school.example", "https://127.0.0.1:1",
        "http://\(secret)@127.0.0.1", "https://x:\(secret)@school.example", "ftp://127.0.0.1",
        "http//127.0.0.1", "http://127.0.0.1:\(secret)", "http://127.0.0.1/ \(secret)",
    ])
    func `no error before a transfer shows a credential`(origin: String) async throws {
        try await withTransport { transport in
            let failure = await transport.failure(of: Self.request(origin + "/"))
            expectNoSecret(in: try #require(failure))
        }
    }

    @Test func `no refused header shows its value`() async throws {
        try await withTransport { transport in
            for name in ["Authorization", "Bad Name", "Host", "\(Self.secret):"] {
                let headers = [(name: name, value: "Bearer \(Self.secret)\n")]
                let request = HTTPRequest.patient("https://school.example/", headers: headers)
                expectNoSecret(in: try #require(await transport.failure(of: request)))
            }
        }
    }

    @Test func `requests, answers and headers do not print what they hold`() {
        let headers = HTTPHeaders([("Set-Cookie", Self.secret), ("X-A", Self.secret)])
        let response = HTTPResponse(
            status: 200,
            headers: headers,
            body: Array(Self.secret.utf8)
        )
        expectNoSecret(in: Self.request("https://school.example/"))
        expectNoSecret(in: Self.request("not an address"))
        expectNoSecret(in: headers)
        expectNoSecret(in: response)
        #expect("\(headers)" == "headers Set-Cookie, X-A")
        #expect("\(response)" == "HTTP 200, 12 bytes")
        #expect("\(Self.request("https://school.example/"))" == "request to school.example")
    }

    @Test(
        arguments: [
            .unreachable(host: "h.example", reason: "r"), .nameNotFound(host: "h.example"),
            .tls(host: "h.example", reason: "r"), .timedOut(host: "h.example"), .cancelled,
            .tooLarge(limitBytes: 5), .cut(host: "h.example"), .redirected(toHost: "h.example"),
            .insecureOrigin(host: "h.example"), .invalidRequest(reason: "r"),
            .protocol(host: "h.example", reason: "r"), .stopped,
        ] as [TransportError]
    )
    func `each error is one sentence that names its host`(error: TransportError) {
        #expect(error.sentence.hasSuffix("."))
        #expect(!error.sentence.dropLast().contains(". "))
        #expect(!error.sentence.contains("\n"))
        let hasHost = String(reflecting: Mirror(reflecting: error).children.map(\.value))
            .contains("h.example")
        #expect(error.sentence.contains("h.example") == hasHost)
        #expect("\(error)" == error.sentence)
    }

    private static func request(_ url: String, limit: Int = 1000) -> HTTPRequest {
        .patient(
            "\(url)\(secret)?token=\(secret)#\(secret)",
            method: "POST",
            headers: [("Authorization", "Bearer \(secret)"), ("X-\(secret)", "1")],
            body: Array(secret.utf8),
            limit: limit
        )
    }

    private func expectNoSecret(
        in value: some Any,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var dumped = ""
        dump(value, to: &dumped)
        for text in [String(describing: value), String(reflecting: value), dumped] {
            #expect(!text.contains(Self.secret), sourceLocation: sourceLocation)
        }
    }
}
