import CurlTransport
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SecureConnectionTests {
    @Test func `a certificate of the given authority is accepted`() async throws {
        try await withSecureServer(names: "IP:127.0.0.1") { server, certificates in
            try await withTransport(settings: .init(caFile: certificates.authority)) { transport in
                let response = try await transport.send(.patient(server.url()))
                #expect(response.status == 200)
                #expect(String(decoding: response.body, as: UTF8.self).contains("s_server"))
            }
        }
    }

    @Test func `a certificate of an unknown authority is refused`() async throws {
        try await withSecureServer(names: "IP:127.0.0.1") { server, _ in
            let stranger = try await Certificates(names: "IP:127.0.0.1")
            defer { stranger.remove() }
            for caFile in [nil, stranger.authority] {
                try await withTransport(settings: .init(caFile: caFile)) { transport in
                    let failure = await transport.failure(of: .patient(server.url()))
                    guard case .tls(server.host, let reason) = failure else {
                        Issue.record("not a TLS error: \(String(describing: failure))")
                        return
                    }
                    #expect(reason.contains("certificate"))
                }
            }
        }
    }

    @Test func `a certificate for another name is refused`() async throws {
        try await withSecureServer(names: "DNS:other.school.example") { server, certificates in
            try await withTransport(settings: .init(caFile: certificates.authority)) { transport in
                for host in ["127.0.0.1", "localhost"] {
                    let name = "\(host):\(server.port)"
                    let failure = await transport.failure(of: .patient("https://\(name)/"))
                    guard case .tls(name, _) = failure else {
                        Issue.record("not a TLS error: \(String(describing: failure))")
                        return
                    }
                }
            }
        }
    }

    @Test func `a server that speaks no TLS is refused`() async throws {
        let server = try LoopbackServer(raw: { peer in
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            peer.waitForPeerToClose()
        })
        defer { server.close() }
        try await withTransport { transport in
            let failure = await transport.failure(of: .patient("https://\(server.host)/"))
            guard case .tls(server.host, _) = failure else {
                Issue.record("not a TLS error: \(String(describing: failure))")
                return
            }
        }
    }

    @Test func `a CA file that is not there is a TLS error, not a way around the check`()
        async throws
    {
        try await withSecureServer(names: "IP:127.0.0.1") { server, _ in
            try await withTransport(settings: .init(caFile: "/nonexistent.pem")) { transport in
                let failure = await transport.failure(of: .patient(server.url()))
                guard case .tls(server.host, _) = failure else {
                    Issue.record("not a TLS error: \(String(describing: failure))")
                    return
                }
            }
        }
    }

    @Test func `TLS 1.1 is refused`() async throws {
        let options = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]
        try await withSecureServer(names: "IP:127.0.0.1", options) { server, certificates in
            try await withTransport(settings: .init(caFile: certificates.authority)) { transport in
                let failure = await transport.failure(of: .patient(server.url()))
                guard case .tls(server.host, _) = failure else {
                    Issue.record("not a TLS error: \(String(describing: failure))")
                    return
                }
            }
        }
    }

    @Test func `HTTP/2 is spoken where it is offered, many requests on one connection`()
        async throws
    {
        let certificates = try await Certificates(names: "IP:127.0.0.1")
        defer { certificates.remove() }
        let server = try await SecureServer.start(certificates, options: ["-alpn", "h2"])
        defer { server.close() }
        Thread.detachNewThread { HTTP2Script().answer(on: server, together: 20) }
        try await withTransport(settings: .init(caFile: certificates.authority)) { transport in
            let first = try await transport.send(.patient(server.url()))
            #expect(first.timing?.multiplexed == true)
            // The server answers none of the twenty before it has heard them all.
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<20 {
                    group.addTask { try await transport.send(.patient(server.url())).body }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(bodies).count == 20)
            #expect(bodies.allSatisfy { String(decoding: $0, as: UTF8.self).hasPrefix("stream ") })
        }
    }

    private func withSecureServer(
        names: String,
        _ options: [String] = [],
        run body: (SecureServer, Certificates) async throws -> Void
    ) async throws {
        let certificates = try await Certificates(names: names)
        defer { certificates.remove() }
        let server = try await SecureServer.start(certificates, options: ["-www"] + options)
        defer { server.close() }
        try await body(server, certificates)
    }
}
