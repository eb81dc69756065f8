import CurlTransport
import MusterTesting
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(1))) struct HTTP2Tests {
    @Test func `with a certificate it speaks HTTP/1.1 and HTTP/2 over TLS`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let daemon = try await Daemon { settings in
            settings.tls = TLSFiles(
                certificates: certificates.certificate,
                key: certificates.key
            )
        }
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            let transport = CurlTransport(settings: .init(caFile: certificates.certificate))
            let response = try await transport.send(
                HTTPRequest(
                    method: "POST",
                    url: "https://127.0.0.1:\(client.port)/v1/schools/alder/logins",
                    headers: [
                        ("Authorization", "Bearer logins"), ("Content-Type", "application/json"),
                    ],
                    body: Array(#"{"email":"e1@school.example"}"#.utf8),
                    deadline: .now + .seconds(30)
                )
            )
            #expect(response.status == 200)
            #expect(response.timing?.multiplexed == true)
            #expect(String(decoding: response.body, as: UTF8.self).contains(#""decision":"allow""#))
        }
    }
}
