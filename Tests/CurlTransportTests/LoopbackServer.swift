import Foundation
import Glibc
import Synchronization

/// A web server on real loopback sockets that misbehaves as told; one thread a connection.
final class LoopbackServer: Sendable {
    /// What a test can wait for.
    enum Event: Sendable, Equatable {
        case connected
        case asked(String)
        case peerClosed
    }

    /// What becomes of a connection after an answer.
    enum Next: Sendable {
        case keepOpen
        case close
        case reset
    }

    /// A request as it came in.
    struct Asked: Sendable {
        var method: String
        var target: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        subscript(name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    let port: UInt16
    let events: AsyncStream<Event>
    private let report: AsyncStream<Event>.Continuation
    private let listener: Int32
    private let peers = Mutex<[Int32: Peer]>([:])
    private let accepted = Atomic<Int>(0)

    var host: String { "127.0.0.1:\(port)" }
    var connections: Int { accepted.load(ordering: .relaxed) }

    /// Reads each request whole and lets `behave` answer it.
    convenience init(_ behave: @escaping @Sendable (Peer, Asked) -> Next) throws {
        try self.init(raw: { peer in
            while let asked = peer.readRequest() {
                peer.report(.asked(asked.target))
                switch behave(peer, asked) {
                case .keepOpen: continue
                case .close: return
                case .reset: return peer.resetOnClose()
                }
            }
            peer.report(.peerClosed)
        })
    }

    /// Gives each connection to `serve` as it is; it is closed when that returns.
    init(raw serve: @escaping @Sendable (Peer) -> Void) throws {
        (events, report) = AsyncStream.makeStream(of: Event.self)
        (listener, port) = try Self.listen()
        Thread.detachNewThread { [listener, weak self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0, let server = self else { break }
                server.admit(socket, serve)
            }
            Glibc.close(listener)
        }
    }

    func url(_ path: String = "/") -> String { "http://\(host)\(path)" }

    /// Ends the listener and all connections.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        peers.withLock { peers in
            for socket in peers.keys { shutdown(socket, Int32(SHUT_RDWR)) }
        }
        report.finish()
    }

    /// Returns once the event came; a time limit of the test ends a wait in vain.
    func wait(for wanted: Event) async -> Bool {
        for await event in events where event == wanted { return true }
        return false
    }

    private func admit(_ socket: Int32, _ serve: @escaping @Sendable (Peer) -> Void) {
        accepted.wrappingAdd(1, ordering: .relaxed)
        let peer = Peer(socket: socket, report: report)
        peers.withLock { $0[socket] = peer }
        report.yield(.connected)
        Thread.detachNewThread { [self] in
            serve(peer)
            // Under the lock, so that `close` never meets the number of a later socket.
            peers.withLock { peers in
                peers[socket] = nil
                _ = Glibc.close(socket)
            }
        }
    }

    private static func listen() throws -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, Glibc.listen(listener, 1024) == 0 else {
                    return Int32(-1)
                }
                return getsockname(listener, address, &length)
            }
        }
        guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}

/// The server's end of one connection.
final class Peer: Sendable {
    private let socket: Int32
    private let reporter: AsyncStream<LoopbackServer.Event>.Continuation
    private let unread = Mutex<[UInt8]>([])

    init(socket: Int32, report: AsyncStream<LoopbackServer.Event>.Continuation) {
        self.socket = socket
        reporter = report
    }

    func report(_ event: LoopbackServer.Event) { reporter.yield(event) }

    /// False means the other side has gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { buffer in
                Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// A complete answer with its length.
    func answer(_ status: Int = 200, _ body: [UInt8] = [], headers: [String] = []) {
        let lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
        send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// Says nothing until the other side goes.
    func waitForPeerToClose() {
        while receive() != nil {}
        report(.peerClosed)
    }

    /// Waits a moment; true while the other side is there, whatever it sent meanwhile.
    func isStillThere(milliseconds: Int32 = 20) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) == 0 || receive() != nil
    }

    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, size)
    }

    func readRequest() -> LoopbackServer.Asked? {
        var bytes = unread.withLock { $0 }
        var end = Self.endOfHead(bytes)
        while end == nil {
            guard let more = receive() else { return nil }
            bytes += more
            end = Self.endOfHead(bytes)
        }
        guard let end, var asked = Self.parse(bytes[..<end]) else { return nil }
        let length = asked["Content-Length"].flatMap { Int($0) } ?? 0
        while bytes.count < end + length {
            guard let more = receive() else { return nil }
            bytes += more
        }
        asked.body = Array(bytes[end..<(end + length)])
        let rest = Array(bytes[(end + length)...])
        unread.withLock { $0 = rest }
        return asked
    }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count))
            .first { Array(bytes[$0..<($0 + mark.count)]) == mark }.map { $0 + mark.count }
    }

    private static func parse(_ head: ArraySlice<UInt8>) -> LoopbackServer.Asked? {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (String(line[..<colon]), value)
        }
        return LoopbackServer.Asked(
            method: String(words[0]),
            target: String(words[1]),
            headers: headers,
            body: []
        )
    }
}
