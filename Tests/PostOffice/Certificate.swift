import Foundation

/// A certificate that is its own authority, in a folder of its own.
package struct Certificate: Sendable {
    private let folder: URL

    /// The certificate, which a client may name as its CA file.
    package var file: String { folder.appending(path: "cert.pem").path }
    var key: String { folder.appending(path: "cert.key").path }

    /// `names` is what OpenSSL calls the alternative names, as in `IP:127.0.0.1`.
    package init(names: String = "IP:127.0.0.1,DNS:localhost") async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cert-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        // On a thread of its own, as it blocks.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, _>) in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.make(names, in: folder) })
            }
        }
    }

    /// Takes the folder away.
    package func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func make(_ names: String, in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", "cert.key", "-out", "cert.pem", "-days", "2",
            "-subj", "/CN=mail.school.example", "-addext", "subjectAltName=\(names)",
        ]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.ECHILD) }
    }
}
