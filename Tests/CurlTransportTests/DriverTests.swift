import Glibc
import Testing

@testable import CurlTransport

/// Orders of events that a test of the whole transport cannot force.
@Suite(.timeLimit(.minutes(1)))
struct DriverTests {
    @Test func `a request cancelled before the driver hears of it is not sent`() async throws {
        let server = try LoopbackServer { peer, _ in
            peer.answer()
            return .keepOpen
        }
        defer { server.close() }
        let mailbox = Mailbox()
        let cancelled = try exchange(1, server.url("/cancelled"))
        let wanted = try exchange(2, server.url("/wanted"))
        cancelled.reply.settle(.failure(.cancelled))
        let commands: [Command] = [.withdraw(1), .start(cancelled), .start(wanted)]
        for command in commands {
            let isTaken = mailbox.post(command) {
                DriverThread.start(settings: .init(maximumConnectionsPerHost: 1), mailbox: mailbox)
            }
            #expect(isTaken)
        }
        let outcome = await withCheckedContinuation { _ = wanted.reply.wait($0) }
        #expect(try outcome.get().status == 200)
        mailbox.askToEnd()
        await mailbox.waitForEnd()
        if let thread = mailbox.takeThread() { pthread_join(thread, nil) }
        var asked: [LoopbackServer.Event] = []
        for await event in server.events {
            if case .asked = event { asked.append(event) }
            if event == .peerClosed { break }
        }
        #expect(asked == [.asked("/wanted")])
    }

    @Test func `the first outcome of a reply counts, whoever comes first`() async {
        let early = Reply()
        #expect(early.settle(.failure(.cancelled)))
        #expect(!early.settle(.failure(.stopped)))
        let outcome = await withCheckedContinuation { continuation in
            let isParked = early.wait(continuation)
            #expect(!isParked)
        }
        #expect(throws: TransportError.cancelled) { try outcome.get() }
    }

    private func exchange(_ id: UInt64, _ url: String) throws -> Exchange {
        let request = try PreparedRequest(.patient(url), allowPlainHTTP: false)
        return Exchange(id: id, request: request, reply: Reply())
    }
}
