import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Many callers at once, each with a connection of her own that has sent one request.
final class Crowd: Sendable {
    private let sockets: [Int32]

    /// Connects from a thread of its own: the server accepts on the threads that tests run on.
    static func gather(count: Int, port: Int, token: String) async throws -> Crowd {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try Crowd(count: count, port: port, token: token) }
                )
            }
        }
    }

    private init(count: Int, port: Int, token: String) throws {
        let request = Array(
            """
            GET /v1.0/schools HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Connection: close\r
            Authorization: Bearer \(token)\r
            \r

            """.utf8
        )
        sockets = try (0..<count).map { _ in
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard status == 0,
                send(socket, request, request.count, Int32(MSG_NOSIGNAL))
                    == request.count
            else { throw POSIXError(.ECONNREFUSED) }
            return socket
        }
    }

    /// Whether nothing has come to anybody.
    var areSilent: Bool {
        sockets.allSatisfy { socket in
            var byte: UInt8 = 0
            return recv(socket, &byte, 1, Int32(MSG_DONTWAIT)) < 0 && errno == EAGAIN
        }
    }

    /// What each is answered, until her connection ends.
    func answers() async -> [String] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                let answers = sockets.map { socket in
                    var bytes: [UInt8] = []
                    var buffer = [UInt8](repeating: 0, count: 4_096)
                    while true {
                        let count = recv(socket, &buffer, buffer.count, 0)
                        guard count > 0 else { break }
                        bytes += buffer[..<count]
                    }
                    return String(decoding: bytes, as: UTF8.self)
                }
                leave()
                continuation.resume(returning: answers)
            }
        }
    }

    /// Closes all connections.
    func leave() {
        for socket in sockets { close(socket) }
    }
}
