import CurlTransport
import Glibc
import Testing

/// Each runs in a process of its own, because a proxy comes from the environment.
@Suite(.timeLimit(.minutes(1)))
struct ProxyTests {
    @Test func `https goes through the proxy, whose refusal is named, and no header leaks`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try LoopbackServer { peer, asked in
                #expect(asked.method == "CONNECT")
                #expect(asked.target == "school.example:443")
                #expect(asked["Authorization"] == nil)
                peer.answer(502, headers: ["X-Proxy: 1"])
                return .close
            }
            setenv("https_proxy", proxy.url(), 1)
            try await withTransport { transport in
                let headers = [(name: "Authorization", value: "Bearer abc")]
                let failure = await transport.failure(
                    of: .patient("https://school.example/", headers: headers)
                )
                let reason = "the proxy answered 502"
                #expect(failure == .unreachable(host: "school.example", reason: reason))
            }
            #expect(proxy.connections == 1)
        }
    }

    @Test func `plain HTTP goes through the proxy, but for names kept out of it`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try LoopbackServer { peer, asked in
                peer.answer(200, Array(asked.target.utf8))
                return .keepOpen
            }
            setenv("http_proxy", proxy.url(), 1)
            setenv("no_proxy", "nowhere.school.example", 1)
            try await withTransport(settings: .init(allowPlainHTTPBeyondLoopback: true)) {
                transport in
                let response = try await transport.send(.patient("http://school.example/a"))
                #expect(response.body == Array("http://school.example/a".utf8))
                let failure = await transport.failure(
                    of: .patient("http://nowhere.school.example/")
                )
                #expect(failure == .nameNotFound(host: "nowhere.school.example"))
            }
        }
    }

    @Test func `what is meant for this machine never goes to a proxy`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try LoopbackServer { peer, _ in
                peer.answer(502)
                return .close
            }
            setenv("http_proxy", proxy.url(), 1)
            try await withServer { peer, _ in
                peer.answer(200)
                return .keepOpen
            } run: { server, transport in
                let response = try await transport.send(.patient(server.url()))
                #expect(response.status == 200)
            }
            #expect(proxy.connections == 0)
        }
    }
}
