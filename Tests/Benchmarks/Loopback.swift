import Dispatch
import Glibc

/// Raw sockets of this machine, and the little of HTTP/1.1 that a bench must read.
enum Loopback {
    /// Nanoseconds of the monotonic clock.
    static func now() -> UInt64 {
        DispatchTime.now().uptimeNanoseconds
    }

    static func connect(to port: UInt16) throws(BenchTrouble) -> Int32 {
        let socket = try open()
        var address = address(port)
        let failed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard failed == 0 else {
            close(socket)
            throw BenchTrouble("Nothing listens on port \(port) of this machine.")
        }
        return socket
    }

    /// A socket that listens on a free port, and the port.
    static func listen() throws(BenchTrouble) -> (socket: Int32, port: UInt16) {
        let socket = try open()
        var address = address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) | Glibc.listen(socket, 128)
                    | getsockname(socket, $0, &size)
            }
        }
        guard failed == 0 else {
            close(socket)
            throw BenchTrouble("This machine gives no port to listen on.")
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// The length of a message with a Content-Length, once its head is there; without one the
    /// length of the head.
    static func messageLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let end = place(of: "\r\n\r\n", in: bytes) else { return nil }
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        var length = 0
        let field =
            place(of: "Content-Length: ", in: head) ?? place(of: "content-length: ", in: head)
        if let field {
            for byte in head[(field + 16)...] {
                guard (48...57).contains(byte) else { break }
                length = length * 10 + Int(byte) - 48
            }
        }
        return end + 4 + length
    }

    /// Where `text` stands in `bytes` first.
    static func place(of text: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        let length = text.utf8CodeUnitCount
        guard let start = bytes.baseAddress else { return nil }
        var place = 0
        while place + length <= bytes.count {
            let room = bytes.count - length + 1 - place
            guard let found = memchr(start + place, Int32(text.utf8Start[0]), room) else {
                return nil
            }
            if memcmp(found, text.utf8Start, length) == 0 { return UnsafeRawPointer(found) - start }
            place = UnsafeRawPointer(found) - start + 1
        }
        return nil
    }

    private static func open() throws(BenchTrouble) -> Int32 {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard opened >= 0 else { throw BenchTrouble("This machine gives no socket.") }
        var on: Int32 = 1
        setsockopt(
            opened,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
        return opened
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
