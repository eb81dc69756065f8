import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import MusterServer

/// Asks a daemon over a connection of its own each time.
struct Client: Sendable {
    let port: Int
    var tls: TestClient.Configuration?

    init(port: Int) { self.port = port }

    /// Sends one request.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        key: Daemon.Key? = nil,
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> Answer {
        var headers = headers
        if let key { headers[.authorization] = "Bearer \(key.rawValue)" }
        if body != nil, !headers.contains(.contentType) {
            headers[.contentType] = "application/json"
        }
        let request = TestClient.Request(
            path,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        )
        let response = try await TestClient.withClient(
            host: "127.0.0.1",
            port: port,
            configuration: tls ?? .init()
        ) { client in try await client.execute(request) }
        return Answer(
            status: response.status.code,
            headers: response.headers,
            text: response.body.map { String(buffer: $0) } ?? ""
        )
    }

    /// Logs somebody in.
    func logIn(
        _ body: String = #"{"email":"e1@school.example"}"#,
        key: Daemon.Key? = .logins,
        school: String = Daemon.school,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await send(
            .post,
            "/v1/schools/\(school)/logins",
            key: key,
            headers: headers,
            body: body
        )
    }
}

/// What a daemon answered.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var text: String

    /// The body as JSON, read by Foundation: not by the room that wrote it.
    func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        try #require(
            try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)),
            "no JSON: \(text)",
            sourceLocation: sourceLocation
        )
    }

    /// The answer without what differs between two of the same kind: how long it took.
    func uniform() throws -> [String: JSONValue] {
        guard case .object(var members) = try json() else { return [:] }
        members["milliseconds"] = nil
        return members
    }
}
