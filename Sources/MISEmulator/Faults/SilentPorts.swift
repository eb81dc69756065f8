import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ports of this machine that take connections and never answer.
///
/// Nobody accepts what comes in: the kernel completes the connections by itself and keeps them, so
/// several hundred cost nothing. A TLS handshake there never gets its first answer.
final class SilentPorts: Sendable {
    private let listeners = Mutex<[Int32]>([])

    deinit { close() }

    /// Opens one on a free port and returns its number.
    func open() throws(ControlError) -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Self.failure }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 4_096) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard status else {
            _ = systemClose(listener)
            throw Self.failure
        }
        listeners.withLock { $0.append(listener) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Closes all; connections that wait there are reset.
    func close() {
        let old = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in old { _ = systemClose(listener) }
    }

    private static var failure: ControlError {
        .badInput("No silent port could be opened (error \(errno)); close other programs.")
    }
}

private func systemClose(_ file: Int32) -> Int32 { close(file) }
