import Foundation
import Synchronization

/// A connection on which a test says what it likes, byte by byte.
final class RawConnection: Sendable {
    private let descriptor: Int32
    private let received = Mutex<[UInt8]>([])

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, size)
            }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
    }

    deinit { close(descriptor) }

    /// A new connection, waited for on a thread of its own: a server that has no room to accept it
    /// yet may need those of the tasks for that.
    static func open(port: Int) async throws -> RawConnection {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try RawConnection(port: port) })
            }
        }
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What was received so far.
    var heard: String { text }

    /// Waits until what was received holds `words`; false where the other side closed without them.
    func said(_ words: String, times: Int = 1) async -> Bool {
        while text.components(separatedBy: words).count <= times {
            guard await more() else { return false }
        }
        return true
    }

    /// Waits until the other side closes; everything that it said.
    func rest() async -> String {
        while await more() {}
        return text
    }

    private var text: String { received.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Waits for more on a thread of its own; false at the end.
    private func more() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count > 0 { received.withLock { $0 += buffer.prefix(count) } }
                continuation.resume(returning: count > 0)
            }
        }
    }
}
