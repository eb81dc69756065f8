import CurlTransport
import Foundation
import Synchronization
import Testing

/// A certificate authority of the test, and a certificate of its making, in a folder of their own.
struct Certificates {
    let folder: URL

    var authority: String { folder.appending(path: "ca.pem").path }
    var certificate: String { folder.appending(path: "cert.pem").path }
    var key: String { folder.appending(path: "cert.key").path }

    /// `names` is what OpenSSL calls the alternative names, as in `IP:127.0.0.1`.
    init(names: String) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "certs-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = """
            set -e
            new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            openssl req -x509 $new -keyout ca.key -out ca.pem -days 2 -subj "/CN=Example CA"
            openssl req -new $new -keyout cert.key -out cert.csr -subj "/CN=school.example"
            echo "subjectAltName=\(names)" > names
            openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
                -days 2 -extfile names -out cert.pem
            """
        _ = try await output(of: "sh", "-c", script, in: folder)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}

/// `openssl s_server` on a port of its own choice, one connection at a time.
final class SecureServer: Sendable {
    let port: UInt16
    private let process: Mutex<Process>
    private let input: FileHandle
    private let output: FileHandle

    var host: String { "127.0.0.1:\(port)" }

    /// Blocks until the server listens, so it is made by `start`.
    private init(_ certificates: Certificates, options: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0",
                "-cert", certificates.certificate, "-key", certificates.key,
            ] + options
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        var port: UInt16?
        while port == nil {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw POSIXError(.ECHILD) }
            text += String(decoding: more, as: UTF8.self)
            port = text.firstMatch(of: /ACCEPT .*:(\d+)\n/).flatMap { UInt16($0.output.1) }
        }
        self.port = port ?? 0
        self.process = Mutex(process)
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
    }

    static func start(
        _ certificates: Certificates,
        options: [String]
    ) async throws -> SecureServer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try SecureServer(certificates, options: options) }
                )
            }
        }
    }

    func url(_ path: String = "/") -> String { "https://\(host)\(path)" }

    /// What the client sent since the last call, with OpenSSL's own words before it.
    ///
    /// Empty at the end. Blocks.
    func receive() -> [UInt8] { Array(output.availableData) }

    func send(_ bytes: [UInt8]) { try? input.write(contentsOf: Data(bytes)) }

    func close() { process.withLock { $0.terminate() } }
}
