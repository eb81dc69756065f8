/// Just enough of an HTTP/2 server: it reads frames and answers 200, without reading headers.
struct HTTP2Script {
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private static let settings: UInt8 = 4
    private static let headers: UInt8 = 1
    private static let ping: UInt8 = 6

    private var unread: [UInt8] = []

    /// Answers the first request alone, and later ones `together` at a time.
    ///
    /// Blocks until the client has gone.
    func answer(on server: SecureServer, together: Int) {
        var script = self
        guard script.skipToPreface(server) else { return }
        server.send(Self.frame(Self.settings, flags: 0, stream: 0, []))
        var heard: [UInt32] = []
        var wanted = 1
        while let frame = script.nextFrame(server) {
            switch (frame.type, frame.flags & 1) {
            case (Self.settings, 0):
                server.send(Self.frame(Self.settings, flags: 1, stream: 0, []))
            case (Self.ping, 0):
                server.send(Self.frame(Self.ping, flags: 1, stream: 0, frame.payload))
            case (Self.headers, _):
                heard.append(frame.stream)
            default:
                break
            }
            guard heard.count == wanted else { continue }
            for stream in heard { server.send(Self.answer(stream)) }
            heard = []
            wanted = together
        }
    }

    /// OpenSSL prints about the session first.
    private mutating func skipToPreface(_ server: SecureServer) -> Bool {
        while true {
            let more = server.receive()
            guard !more.isEmpty else { return false }
            unread += more
            let text = String(decoding: unread, as: UTF8.self)
            guard unread.count >= Self.preface.count, text.contains("SM\r\n\r\n") else { continue }
            for start in 0...(unread.count - Self.preface.count)
            where unread[start...].starts(with: Self.preface) {
                unread.removeFirst(start + Self.preface.count)
                return true
            }
        }
    }

    private typealias Frame = (type: UInt8, flags: UInt8, stream: UInt32, payload: [UInt8])

    private mutating func nextFrame(_ server: SecureServer) -> Frame? {
        guard fill(9, server) else { return nil }
        // "Read BLOCK", which OpenSSL says where it waits within a record; no frame is that long.
        while unread[0] == UInt8(ascii: "R") {
            while !unread.contains(0x0a) {
                guard fill(unread.count + 1, server) else { return nil }
            }
            unread.removeFirst((unread.firstIndex(of: 0x0a) ?? 0) + 1)
            guard fill(9, server) else { return nil }
        }
        let length = Int(unread[0]) << 16 | Int(unread[1]) << 8 | Int(unread[2])
        guard fill(9 + length, server) else { return nil }
        let stream = unread[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let frame: Frame = (unread[3], unread[4], stream, Array(unread[9..<(9 + length)]))
        unread.removeFirst(9 + length)
        return frame
    }

    private mutating func fill(_ count: Int, _ server: SecureServer) -> Bool {
        while unread.count < count {
            let more = server.receive()
            guard !more.isEmpty else { return false }
            unread += more
        }
        return true
    }

    /// `:status: 200` is one byte of the static table; the body names the stream.
    private static func answer(_ stream: UInt32) -> [UInt8] {
        frame(headers, flags: 4, stream: stream, [0x88])
            + frame(0, flags: 1, stream: stream, Array("stream \(stream)".utf8))
    }

    private static func frame(
        _ type: UInt8,
        flags: UInt8,
        stream: UInt32,
        _ payload: [UInt8]
    ) -> [UInt8] {
        let length = [16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) }
        let id = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: stream >> $0) }
        return length + [type, flags] + id + payload
    }
}
