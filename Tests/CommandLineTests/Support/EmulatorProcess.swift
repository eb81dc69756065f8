import Foundation
import FoundationNetworking
import Testing

/// The emulator as a process of its own, so that it can be killed.
final class EmulatorProcess: Sendable {
    let origin: String
    let port: Int
    private let process: Invocation

    init(employees: Int, port: Int = 0) async throws {
        process = try Invocation(
            ["--employees", "\(employees)", "--students", "0", "--port", "\(port)"],
            of: "mis-emulator",
            environment: [:],
            folder: NSTemporaryDirectory()
        )
        // Printed once it listens: "Wonde service (emulated)  http://127.0.0.1:8808".
        let line = await process.firstLine()
        let found = try #require(line.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/), "\(line)")
        origin = String(found.output.0)
        self.port = try #require(Int(found.output.1))
    }

    deinit { process.kill() }

    func kill() async {
        process.kill()
        _ = await process.outcome()
    }

    func change(school: String, _ switches: String) async throws {
        _ = try await ask("PATCH", "schools/\(school)", switches)
    }

    func addFault(_ fault: String) async throws { _ = try await ask("POST", "faults", fault) }

    func requestCount() async throws -> Int {
        let answer = try await ask("GET", "requests?limit=1", nil)
        return Int(try #require(answer["total"].number))
    }

    private func ask(_ method: String, _ path: String, _ body: String?) async throws -> JSONValue {
        var request = URLRequest(
            url: try #require(URL(string: "\(origin)/_control/\(path)"))
        )
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        let (data, _) = try await URLSession.shared.data(for: request)
        return try JSONDecoder().decode(JSONValue.self, from: data)
    }
}
