import CurlTransport
import StalledNames
import Testing

/// How requests end before their answer: by cancellation, by deadline, by `stop`.
@Suite(.timeLimit(.minutes(1)))
struct EndingTests {
    /// Far less than any deadline here, far more than a slow machine needs.
    private let promptly = Duration.seconds(20)

    @Test func `a cancelled request returns at once and its connection closes`() async throws {
        try await withServer { peer, _ in
            peer.waitForPeerToClose()
            return .close
        } run: { server, transport in
            let start = ContinuousClock.now
            let task = Task { await transport.failure(of: .patient(server.url("/hang"))) }
            #expect(await server.wait(for: .asked("/hang")))
            task.cancel()
            #expect(await task.value == .cancelled)
            #expect(await server.wait(for: .peerClosed))
            #expect(start.duration(to: .now) < promptly)
        }
    }

    @Test func `a request in a cancelled task is not sent`() async throws {
        try await withServer { peer, _ in
            peer.answer()
            return .keepOpen
        } run: { server, transport in
            let door = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                for await _ in door.stream {}
                return await transport.failure(of: .patient(server.url()))
            }
            task.cancel()
            door.continuation.finish()
            #expect(await task.value == .cancelled)
            #expect(server.connections == 0)
        }
    }

    @Test func `cancelling at any moment leaves neither a task nor a place behind`() async throws {
        try await withServer(settings: .init(maximumConnectionsPerHost: 2)) { peer, _ in
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            for _ in 0..<50 {
                let tasks = (0..<20).map { _ in
                    Task { try? await transport.send(.patient(server.url())) }
                }
                for task in tasks { task.cancel() }
                for task in tasks { _ = await task.value }
            }
            let response = try await transport.send(.patient(server.url()))
            #expect(response.body == [1])
        }
    }

    @Test func `cancelling one that connects does not hold up the others`() async throws {
        let door = Door()
        try await withServer(settings: .init(maximumConnectionsPerHost: 1)) { peer, asked in
            if asked.target == "/first" { door.wait() }
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            let first = Task { try? await transport.send(.patient(server.url("/first"))) }
            #expect(await server.wait(for: .asked("/first")))
            let second = Task { try? await transport.send(.patient(server.url("/second"))) }
            first.cancel()
            #expect(await second.value?.body == [1])
            door.open()
        }
    }

    @Test func `one that waits for another's handshake goes on when that one is cancelled`()
        async throws
    {
        let server = try LoopbackServer(raw: { $0.waitForPeerToClose() })
        defer { server.close() }
        try await withTransport { transport in
            let url = "https://\(server.host)/"
            let first = Task { await transport.failure(of: .patient(url)) }
            #expect(await server.wait(for: .connected))
            let second = Task { await transport.failure(of: .patient(url)) }
            // It waits to learn whether the host takes both on one connection.
            let third = await transport.failureAtDeadline(url) { server.connections == 1 }
            #expect(third == .timedOut(host: server.host))
            first.cancel()
            #expect(await first.value == .cancelled)
            #expect(await server.wait(for: .connected))
            second.cancel()
            #expect(await second.value == .cancelled)
        }
    }

    @Test(arguments: [
        "says nothing", "sends a byte now and then", "cannot be reached in time",
    ])
    func `a deadline ends a request to a server that`(way: String) async throws {
        let server = try LoopbackServer(raw: { peer in
            if way == "sends a byte now and then" {
                peer.send("HTTP/1.1 200 OK\r\n\r\n")
                while peer.send("x"), peer.isStillThere() {}
            }
            peer.waitForPeerToClose()
        })
        defer { server.close() }
        try await withTransport { transport in
            // A handshake that nobody answers.
            let url = way == "cannot be reached in time" ? "https://\(server.host)/" : server.url()
            let failure = await transport.failureAtDeadline(url) { server.connections > 0 }
            #expect(failure == .timedOut(host: server.host))
            #expect(await server.wait(for: .peerClosed))
        }
    }

    @Test func `a deadline already past fails without a request`() async throws {
        try await withServer { _, _ in
            .close
        } run: { server, transport in
            let failure = await transport.failure(
                of: HTTPRequest(url: server.url(), deadline: .now)
            )
            #expect(failure == .timedOut(host: server.host))
            #expect(server.connections == 0)
        }
    }

    @Test func `a deadline counts while a request waits for its turn`() async throws {
        try await withServer(settings: .init(maximumConnectionsPerHost: 1)) { peer, _ in
            peer.waitForPeerToClose()
            return .close
        } run: { server, transport in
            let first = Task { await transport.failure(of: .patient(server.url("/first"))) }
            #expect(await server.wait(for: .asked("/first")))
            let request = HTTPRequest(url: server.url(), deadline: .now + .milliseconds(100))
            #expect(await transport.failure(of: request) == .timedOut(host: server.host))
            first.cancel()
            #expect(await first.value == .cancelled)
        }
    }

    @Test func `a handshake that stalls is unreachable after the connect time`() async throws {
        let server = try LoopbackServer(raw: { $0.waitForPeerToClose() })
        defer { server.close() }
        try await withTransport(settings: .init(connectTimeout: .milliseconds(150))) { transport in
            let failure = await transport.failure(of: .patient("https://\(server.host)/"))
            let reason = "no connection within 150 ms"
            #expect(failure == .unreachable(host: server.host, reason: reason))
        }
    }

    @Test func `stop ends what is under way, what waits and what comes later`() async throws {
        let server = try LoopbackServer { peer, _ in
            peer.waitForPeerToClose()
            return .close
        }
        defer { server.close() }
        let transport = CurlTransport(settings: .init(maximumConnectionsPerHost: 2))
        let tasks = (0..<10).map { _ in
            Task { await transport.failure(of: .patient(server.url("/hang"))) }
        }
        #expect(await server.wait(for: .asked("/hang")))
        async let other: Void = transport.stop()
        await transport.stop()
        await other
        for task in tasks { #expect(await task.value == .stopped) }
        #expect(await transport.failure(of: .patient(server.url())) == .stopped)
        #expect(await server.wait(for: .peerClosed))
        await transport.stop()
    }

    @Test func `a transport never used stops too`() async throws {
        let transport = CurlTransport()
        await transport.stop()
        #expect(await transport.failure(of: .patient("https://school.example/")) == .stopped)
    }

    @Test func `a transport let go of closes its connections`() async throws {
        let server = try LoopbackServer { peer, _ in
            peer.answer(200, [1])
            return .keepOpen
        }
        defer { server.close() }
        let response = try await CurlTransport().send(.patient(server.url()))
        #expect(response.body == [1])
        #expect(await server.wait(for: .peerClosed))
    }
}

/// Name look-ups that hang: see the note on `CURLOPT_QUICK_EXIT` in `Transfer`.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct StalledResolverTests {
    @Test func `a name server that hangs obeys the deadline and delays nobody`() async throws {
        defer { StalledResolver.release() }
        let before = StalledResolver.asked()
        try await withServer { peer, _ in
            peer.answer(200, [1])
            return .keepOpen
        } run: { server, transport in
            let failure = await transport.failureAtDeadline("https://\(StalledResolver.name)/") {
                StalledResolver.asked() > before
            }
            #expect(failure == .timedOut(host: StalledResolver.name))
            let response = try await transport.send(.patient(server.url()))
            #expect(response.body == [1])
            // Nobody opens the door before this line: a joined resolver thread would hang above.
        }
    }

    @Test func `a cancelled look-up delays nobody, nor does it delay stop`() async throws {
        defer { StalledResolver.release() }
        let transport = CurlTransport()
        let before = StalledResolver.asked()
        let tasks = (0..<5).map { _ in
            Task { await transport.failure(of: .patient("https://\(StalledResolver.name)/")) }
        }
        let url = "https://\(StalledResolver.name)/"
        let isStalled = { StalledResolver.asked() > before }
        _ = await transport.failureAtDeadline(url, until: isStalled)
        tasks[0].cancel()
        #expect(await tasks[0].value == .cancelled)
        await transport.stop()
        for task in tasks.dropFirst() { #expect(await task.value == .stopped) }
    }

    @Test func `a name without an address says so`() async throws {
        try await withTransport { transport in
            let url = "https://\(StalledResolver.unknownName)/"
            let failure = await transport.failure(of: .patient(url))
            #expect(failure == .nameNotFound(host: StalledResolver.unknownName))
        }
    }
}
