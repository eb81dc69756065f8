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
            settings.strangerIdleTimeout = .milliseconds(100)
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
            #expect(throws: ServerError.self) {
                _ = try Listener(settings: settings, connections: .few).builder()
            }
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

    @Test func `who holds a thousand connections and asks nothing keeps nobody out`() async throws {
        let daemon = try await Daemon { settings in
            settings.connections = 200
            settings.connectionsPerPeer = 150
        }
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            // A client that was let in keeps its own connection all the while.
            let regular = try RawConnection(port: client.port)
            regular.write(Self.login)
            #expect(await regular.said(#""decision":"allow""#))
            var idle: [RawConnection] = []
            for number in 0..<1000 {
                let connection = try await RawConnection.open(port: client.port)
                // Some have asked something, and some have begun to.
                if number % 10 == 0 { connection.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n") }
                if number % 10 == 1 { connection.write(Self.head + "Content-Length: 9\r\n\r\n{") }
                idle.append(connection)
            }
            #expect(try await client.logIn().status == 200)
            regular.write(Self.login)
            #expect(await regular.said(#""decision":"allow""#, times: 2))
            // The first to come had to go.
            _ = await idle[2].rest()
            withExtendedLifetime(idle) {}
        }
    }

    private static let login =
        "POST /v1/schools/alder/logins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer logins\r\n"
        + "Content-Length: 29\r\n\r\n{\"email\":\"e1@school.example\"}"

    @Test func `a client that was let in may lie idle longer than a stranger`() async throws {
        let daemon = try await Daemon { $0.strangerIdleTimeout = .milliseconds(50) }
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            let known = try RawConnection(port: client.port)
            known.write(Self.login)
            #expect(await known.said(#""decision":"allow""#))
            // Ten strangers, one after the other, each of whom is cut for being idle.
            for _ in 0..<10 {
                let stranger = try RawConnection(port: client.port)
                stranger.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = await stranger.rest()
            }
            known.write("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await known.said("ok\n"))
        }
    }

    @Test(arguments: ["zz\r\n", "5\r\n{\"emaXX", "-1\r\n"])
    func `a body whose chunks are none is the client's mistake`(chunk: String) async throws {
        let recorder = RecordedLines()
        let daemon = try await Daemon(logger: recorder.logger)
        let text = try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            connection.write(
                "POST /v1/schools/alder/logins HTTP/1.1\r\nHost: x\r\n"
                    + "Authorization: Bearer logins\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)"
            )
            return await connection.rest()
        }
        #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
        #expect(text.contains("application/problem+json"))
        #expect(recorder.lines.isEmpty, "\(recorder.lines)")
    }

    @Test func `a client that waits to be asked for its body is asked for it`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            let body = #"{"email":"e1@school.example"}"#
            let head =
                "POST /v1/schools/alder/logins HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                + "Authorization: Bearer logins\r\n"
            let connection = try RawConnection(port: client.port)
            connection.write(head + "Content-Length: \(body.utf8.count)\r\n\r\n")
            #expect(await connection.said("HTTP/1.1 100 Continue\r\n\r\n"))
            connection.write(body)
            #expect(await connection.said(#""decision":"allow""#))
            // Not for one that is too large anyway.
            let large = try RawConnection(port: client.port)
            large.write(head + "Content-Length: 70000\r\n\r\n")
            #expect(await large.said("HTTP/1.1 413 "))
            #expect(!large.heard.contains(" 100 "))
        }
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n", "Expect: 100-continue\r\n"])
    func `a client of HTTP/1.0 is answered once, and then it is over`(header: String) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let body = #"{"email":"e1@school.example"}"#
        let text = try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            connection.write(
                "POST /v1/schools/alder/logins HTTP/1.0\r\nAuthorization: Bearer logins\r\n"
                    + "\(header)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            return await connection.rest()
        }
        #expect(text.hasPrefix("HTTP/1.0 200 "), "\(text)")
        #expect(text.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(text.contains(#""decision":"allow""#))
    }

    @Test(arguments: [
        ("PROPFIND /livez", 405), ("TRACE /livez", 405), ("PURGE /v1/changes", 405),
        ("OPTIONS /livez", 204), ("OPTIONS /v1/schools/x/logins", 204),
        ("HEAD /v1/schools/x/logins", 405), ("HEAD /livez", 200), ("OPTIONS /nowhere", 404),
        ("MAGIC /livez", 501),
    ])
    func `every method gets a sensible answer`(line: String, status: Int) async throws {
        let daemon = try await Daemon()
        let text = try await daemon.serve { client async throws in
            let connection = try RawConnection(port: client.port)
            connection.write("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return await connection.rest()
        }
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        let hasAllow = text.lowercased().contains("\r\nallow: ")
        #expect(hasAllow == (status == 405 || status == 204), "\(text)")
    }
}

extension OpenConnections {
    static let few = OpenConnections(limit: 10, peerLimit: 10)
}
