import Foundation
import MusterTesting
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private static let head = "POST /v1/schools/x/logins HTTP/1.1\r\nHost: x\r\n"

    @Test(arguments: [
        "", "POST /v1/schools", head, "\(head)Content-Length: 10\r\n\r\n{",
        "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
    ])
    func `a client that goes no further is cut`(start: String) async throws {
        let daemon = try await Daemon { settings in
            settings.headerTimeout = .milliseconds(100)
            settings.bodyTimeout = .milliseconds(100)
            settings.idleTimeout = .milliseconds(100)
        }
        try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            connection.write(start)
            _ = await connection.rest()
        }
    }

    @Test(arguments: [
        ("X: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
        (String(repeating: "X: a\r\n", count: 200) + "\r\n", 431),
        (
            String(repeating: "X: \(String(repeating: "a", count: 200))\r\n", count: 90) + "\r\n",
            431
        ),
        ("X : a\r\n\r\n", 400), ("no header\r\n\r\n", 400),
        ("Content-Length: x\r\n\r\n", 400),
        ("Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ])
    func `a head that is too large or none is told so, and nothing more is read`(
        rest: String,
        status: Int
    ) async throws {
        let daemon = try await Daemon()
        let text = try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            connection.write(Self.head + rest)
            return await connection.rest()
        }
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        #expect(text.contains("application/problem+json"))
        #expect(text.contains("\"status\":\(status)"))
    }

    @Test func `a body that says nothing of its length is cut at the limit`() async throws {
        let daemon = try await Daemon { $0.bodyBytes = 1024 }
        let text = try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            connection.write(
                "POST /v1/schools/alder/logins HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Authorization: Bearer logins\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "800\r\n\(String(repeating: "a", count: 2048))\r\n0\r\n\r\n"
            )
            return await connection.rest()
        }
        #expect(text.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func `a certificate that cannot be used is named before anything is served`() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var settings = ServerSettings()
        for (chain, key) in [
            ("/nowhere/cert.pem", certificates.key), (certificates.certificate, "/nowhere/key.pem"),
            (certificates.key, certificates.key), (certificates.certificate, certificates.otherKey),
        ] {
            settings.tls = TLSFiles(certificates: chain, key: key)
            #expect(throws: ServerError.self) { _ = try Listener(settings: settings).builder() }
        }
    }

    @Test func `a client that never finishes the handshake is cut`() async throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let daemon = try await Daemon { settings in
            settings.headerTimeout = .milliseconds(100)
            settings.tls = TLSFiles(
                certificates: certificates.certificate,
                key: certificates.key
            )
        }
        try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            _ = await connection.rest()
        }
    }
}
