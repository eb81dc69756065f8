import Foundation
import HTTPTypes
import Testing

@testable import MusterServer

/// A browser as far as the pages need one: it keeps cookies and sends forms.
struct PageVisitor {
    static let origin = "http://127.0.0.1:8080"
    static let forgot = "/password/forgot/\(Daemon.school)"
    static let new = "/password/new/\(Daemon.school)"
    static let password = "heron lantern copper meadow"

    let client: Client
    var cookies: [String: String] = [:]

    init(_ client: Client) { self.client = client }

    mutating func get(_ path: String) async throws -> Answer {
        try await send(.get, path, [:], nil)
    }

    /// Sends a form; of `fields`, what is not said is left out.
    mutating func post(
        _ path: String,
        _ fields: [(String, String)],
        headers: HTTPFields = [.origin: PageVisitor.origin]
    ) async throws -> Answer {
        let body = fields.map { "\($0.0)=\(Self.coded($0.1))" }.joined(separator: "&")
        return try await send(.post, path, headers, body)
    }

    /// Sends `body` as a form, whatever it is.
    mutating func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: String?
    ) async throws -> Answer {
        var headers = headers
        if body != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        if !cookies.isEmpty {
            headers[.cookie] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
        }
        let answer = try await client.send(method, path, headers: headers, body: body)
        for cookie in answer.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 {
                cookies[String(pair[0])] = String(pair[1])
            } else if let name = pair.first {
                cookies[String(name)] = nil
            }
        }
        return answer
    }

    /// Opens the address in a mail, as browsers do.
    mutating func follow(_ link: String, at school: String = Daemon.school) async throws -> Answer {
        let answer = try await get("/password/link/\(school)/\(link)")
        return try await get(answer.headers[.location] ?? "/")
    }

    /// Asks for a link.
    mutating func ask(_ email: String) async throws -> Answer {
        let page = try await get(Self.forgot)
        return try await post(Self.forgot, [("form", try page.form()), ("email", email)])
    }

    /// What stands for `text` in a form.
    static func coded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter
            return isPlain
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "")
                    + String(byte, radix: 16)
        }.joined()
    }
}

extension Answer {
    /// The proof in the form on a page.
    func form(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let found = text.firstMatch(of: /name="form" value="([0-9a-f]{64})"/)
        return String(
            try #require(found, "no form: \(text)", sourceLocation: sourceLocation).output.1
        )
    }

    /// The heading of a page.
    var heading: String {
        text.firstMatch(of: /<h1>([^<]*)<\/h1>/).map { String($0.output.1) } ?? ""
    }

    /// What a stranger could tell two answers apart by: everything but the time of day.
    var outside: [String] {
        ["\(status)", text]
            + headers.filter { $0.name != .date }.map { "\($0.name): \($0.value)" }.sorted()
    }
}
