import Foundation

/// A certificate for 127.0.0.1 that vouches for itself, in a folder of its own.
struct Certificates {
    private let folder: String
    var certificate: String { "\(folder)/cert.pem" }
    var key: String { "\(folder)/cert.key" }
    /// A key that belongs to no certificate.
    var otherKey: String { "\(folder)/other.key" }

    init() throws {
        folder = NSTemporaryDirectory() + "/server-certs-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=muster"
            openssl req -x509 $new -keyout other.key -out other.pem &&
            openssl req -x509 $new -keyout cert.key -out cert.pem \
                -addext subjectAltName=IP:127.0.0.1
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
