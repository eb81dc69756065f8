import CurlTransport
import Foundation
import MISEmulator
import PostOffice
import Testing

/// A synced school, its daemon, its mail server and a teacher's browser.
final class PasswordVisit: Sendable {
    let scene: Scene
    let teacher: EmployeeSummary
    let server: PostOffice
    let browser: Browser
    let daemon: Invocation
    let origin: String
    private let pictures: String
    private let isKept: Bool

    init() async throws {
        scene = try await Scene.synced()
        teacher = try scene.teacher()
        server = try PostOffice()
        let port = try Self.freePort()
        origin = "http://127.0.0.1:\(port)"
        daemon = try scene.start(
            ["serve", "--port", "\(port)"],
            environment: [
                "MUSTER_PAGES_URL": origin, "MUSTER_MAIL_HOST": "127.0.0.1",
                "MUSTER_MAIL_PORT": "\(server.port)", "MUSTER_MAIL_SECURITY": "none",
                "MUSTER_MAIL_FROM": "muster@school.example", "MUSTER_SERVE_LOG_LEVEL": "debug",
            ]
        )
        try #require(await daemon.said("listening on "), "the daemon does not listen")
        browser = try await Browser()
        let wanted = ProcessInfo.processInfo.environment["MUSTER_SCREENSHOTS"]
        isKept = wanted != nil
        pictures = try wanted ?? Scene.makeFolder()
        try FileManager.default.createDirectory(
            atPath: pictures,
            withIntermediateDirectories: true
        )
    }

    deinit {
        daemon.kill()
        server.close()
        if !isKept { try? FileManager.default.removeItem(atPath: pictures) }
    }

    var forgotPage: String { "\(origin)/password/forgot/\(scene.school)" }
    /// Where nobody has brought a link.
    var expiredPage: String { "\(origin)/password/new/\(scene.school)" }

    /// Looks at the page that is open, with the eyes of several people.
    func look(_ name: String) async throws {
        try await browser.expectAccessible(name)
        try await browser.photograph(name, into: pictures)
    }

    /// Expects that the password lets her in, and that she is as the MIS has her then.
    func expectSignIn(_ password: String) async throws {
        let made = try await scene.json("keys", "create", "app", "--scopes", "passwords")
        let key = try #require(made["key"].text)
        #expect(try await verify("not her password", key)["decision"] == "deny")
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = .set("Winterbourne")
        }
        let answer = try await verify(password, key)
        #expect(answer["decision"] == "allow", "\(answer)")
        let shown = try await scene.json("show", Scene.name, teacher.email)
        #expect(shown.written.contains("Winterbourne"), "\(shown)")
    }

    private func verify(_ password: String, _ key: String) async throws -> JSONValue {
        let body: JSONValue = ["email": .text(teacher.email), "password": .text(password)]
        let response = try await CurlTransport().send(
            HTTPRequest(
                method: "POST",
                url: "\(origin)/v1/schools/\(scene.school)/passwords/verify",
                headers: [
                    ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
                ],
                body: Array(body.written.utf8),
                deadline: .now + .seconds(60)
            )
        )
        return try JSONDecoder().decode(JSONValue.self, from: Data(response.body))
    }

    /// Expects that none of `secrets` is anywhere but in the mail and in her head.
    func expectNoTrace(of secrets: [String]) async throws {
        let metrics = try await CurlTransport().send(
            HTTPRequest(
                method: "GET",
                url: "\(origin)/metrics",
                headers: [],
                deadline: .now + .seconds(60)
            )
        )
        #expect(metrics.status == 200 && !metrics.body.isEmpty)
        let history = try await scene.run("history", Scene.name, teacher.email)
        #expect(history.output.contains("credential"), "\(history.output)")
        kill(daemon.processID, SIGTERM)
        let log = await daemon.outcome()
        #expect(log.status == 0 && !log.messages.isEmpty)
        var places = [
            "metrics": Data(metrics.body), "history": Data(history.output.utf8),
            "log": Data((log.output + log.messages).utf8),
        ]
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.folder)
        where name.hasPrefix("muster.sqlite") {
            places[name] = try Data(contentsOf: URL(fileURLWithPath: scene.file(name)))
        }
        #expect(places["muster.sqlite"]?.isEmpty == false)
        for (place, content) in places {
            for secret in secrets {
                #expect(content.range(of: Data(secret.utf8)) == nil, "\(secret) is in \(place)")
            }
        }
    }

    /// A port that nobody has at this moment.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0
                    ? getsockname(descriptor, address, &length) : Int32(-1)
            }
        }
        guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
