import Foundation
import Glibc
import Synchronization

/// The server's end of one connection, in the clear or inside TLS.
///
/// TLS is OpenSSL's own server in a process beside: its port gets the client's bytes, and what it
/// decrypts comes from its output.
final class Wire: Sendable {
    private struct State {
        var input: Int32
        var output: Int32
        var unread: [UInt8] = []
        var tunnel: Tunnel?
    }

    private let socket: Int32
    private let state: Mutex<State>

    init(socket: Int32) {
        self.socket = socket
        state = Mutex(State(input: socket, output: socket))
    }

    /// Turns to TLS; from now on lines come decrypted, with OpenSSL's own words before the first.
    func secure(with certificate: Certificate) throws {
        let tunnel = try Tunnel(certificate, client: socket)
        state.withLock { state in
            state.input = tunnel.decrypted
            state.output = tunnel.plain
            state.unread = []
            state.tunnel = tunnel
        }
    }

    /// One line without its end, or nil when the client has gone.
    ///
    /// Blocks.
    func readLine() -> [UInt8]? {
        while true {
            let (line, input) = state.withLock { state in
                guard let end = state.unread.firstIndex(of: 0x0A) else {
                    return (nil as [UInt8]?, state.input)
                }
                let line = Array(state.unread[..<end])
                state.unread.removeFirst(end + 1)
                return (line, state.input)
            }
            if let line { return line.last == 0x0D ? line.dropLast() : line }
            var buffer = [UInt8](repeating: 0, count: 16_384)
            let count = read(input, &buffer, buffer.count)
            guard count > 0 else { return nil }
            state.withLock { $0.unread += buffer.prefix(count) }
        }
    }

    func send(_ line: String) {
        let bytes = Array("\(line)\r\n".utf8)
        let output = state.withLock(\.output)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { buffer in
                output == socket
                    ? Glibc.send(output, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                    : write(output, buffer.baseAddress, buffer.count)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Ends the connection for both sides; reads return.
    func hangUp() {
        state.withLock { $0.tunnel?.end() }
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Hangs up and gives the socket back; nothing may be called after it.
    func close() {
        hangUp()
        state.withLock { $0.tunnel?.wait() }
        Glibc.close(socket)
    }
}

/// `openssl s_server` for one connection, and the two threads that carry its bytes.
private final class Tunnel: Sendable {
    /// What the client sent.
    var decrypted: Int32 { output.fileDescriptor }
    /// What is to be sent to the client.
    var plain: Int32 { input.fileDescriptor }

    private let process: Mutex<Process>
    private let input: FileHandle
    private let output: FileHandle
    private let inner: Int32
    private let pumps = DispatchGroup()

    init(_ certificate: Certificate, client: Int32) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "1",
            "-cert", certificate.file, "-key", certificate.key,
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = Mutex(process)
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
        inner = try Loopback.connect(to: Self.port(in: output.fileHandleForReading))
        pump(from: client, to: inner)
        pump(from: inner, to: client)
    }

    func end() {
        shutdown(inner, Int32(SHUT_RDWR))
        process.withLock { $0.terminate() }
    }

    /// Returns once nobody uses the sockets any more.
    func wait() {
        pumps.wait()
        Glibc.close(inner)
        process.withLock { $0.waitUntilExit() }
    }

    private static func port(in output: FileHandle) throws -> Int {
        var text = ""
        while true {
            let more = output.availableData
            guard !more.isEmpty else { throw POSIXError(.ECHILD) }
            text += String(decoding: more, as: UTF8.self)
            if let port = text.firstMatch(of: /ACCEPT .*:(\d+)\n/).flatMap({ Int($0.output.1) }) {
                return port
            }
        }
    }

    private func pump(from source: Int32, to target: Int32) {
        pumps.enter()
        Thread.detachNewThread { [pumps] in
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(source, &buffer, buffer.count)
                guard count > 0,
                    send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count
                else { break }
            }
            shutdown(target, Int32(SHUT_WR))
            pumps.leave()
        }
    }
}
