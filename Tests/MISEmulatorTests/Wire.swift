import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What came back over a real socket, byte for byte.
struct WireAnswer: Sendable {
    var bytes: [UInt8]
    /// The number of the error that ended the connection; 0 for an orderly end.
    var error: Int32

    private var split: (head: String, body: [UInt8])? {
        let mark = Array("\r\n\r\n".utf8)
        guard let range = bytes.firstRange(of: mark) else { return nil }
        return (
            String(decoding: bytes[..<range.lowerBound], as: UTF8.self),
            Array(bytes[range.upperBound...])
        )
    }

    var status: Int? {
        split.flatMap { Int($0.head.split(separator: " ").dropFirst().first ?? "") }
    }

    func header(_ name: String) -> String? {
        let lines = split?.head.split(separator: "\r\n").dropFirst() ?? []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    /// The body without the marks of its chunks, and whether it came to its end.
    var body: (bytes: [UInt8], isComplete: Bool) {
        guard let body = split?.body else { return ([], false) }
        if let length = header("content-length").flatMap({ Int($0) }) {
            return (body, body.count == length)
        }
        var whole: [UInt8] = []
        var rest = body[...]
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16)
            guard let size, rest.endIndex - end.upperBound >= size + 2 else { break }
            if size == 0 { return (whole, true) }
            whole += rest[end.upperBound..<(end.upperBound + size)]
            rest = rest[(end.upperBound + size + 2)...]
        }
        return (whole, false)
    }

    var text: String { String(decoding: body.bytes, as: UTF8.self) }
}

/// A client that knows nothing but sockets, so that nothing is smoothed over.
enum Wire {
    struct Trouble: Error {
        var what: String
        var number: Int32
    }

    /// Sends one request and reads until the connection ends or `limit` bytes have come.
    static func call(
        _ path: String,
        method: String = "GET",
        port: Int,
        token: String? = nil,
        body: String = "",
        limit: Int = .max,
        onBytes: (@Sendable (Int) -> Void)? = nil
    ) async throws -> WireAnswer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try exchange(request, port: port, limit: limit, onBytes) }
                )
            }
        }
    }

    private static func exchange(
        _ request: [UInt8],
        port: Int,
        limit: Int,
        _ onBytes: (@Sendable (Int) -> Void)?
    ) throws -> WireAnswer {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { throw Trouble(what: "socket", number: errno) }
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Trouble(what: "connect", number: errno) }
        guard send(handle, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { throw Trouble(what: "send", number: errno) }
        var answer = WireAnswer(bytes: [], error: 0)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.bytes.count < limit {
            let count = recv(handle, &buffer, buffer.count, 0)
            if count < 0 { answer.error = errno }
            guard count > 0 else { break }
            answer.bytes += buffer[..<count]
            onBytes?(answer.bytes.count)
        }
        return answer
    }
}
