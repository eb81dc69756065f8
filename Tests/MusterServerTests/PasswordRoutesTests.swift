import Accounts
import HTTPTypes
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(2))) struct PasswordRoutesTests {
    private static let base = "/v1/schools/\(Daemon.school)/passwords"

    private static func ask(
        _ client: Client,
        _ path: String,
        _ body: String,
        key: Daemon.Key? = .all
    ) async throws -> Answer {
        try await client.send(.post, path, key: key, body: body)
    }

    /// A daemon whose person `E1` has the password.
    private static func daemon() async throws -> Daemon {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let link = try await daemon.link(for: try await daemon.account("E1"))
        let answer = try await daemon.serve { client async throws in
            let body = #"{"token":"\#(link)","password":"\#(PageVisitor.password)"}"#
            return try await ask(client, "/v1/passwords", body)
        }
        try #require(answer.status == 200, "\(answer.text)")
        return daemon
    }

    @Test func `the right password is answered as a login, and a wrong one says nothing`()
        async throws
    {
        let daemon = try await Self.daemon()
        daemon.source.change(.staff("E1")) { $0.surname = .value("Abdi-Okoro") }
        try await daemon.serve { client async throws in
            let path = "\(Self.base)/verify"
            let right = #""password":"\#(PageVisitor.password)"}"#
            var answers: [[String: JSONValue]] = []
            for body in [
                #"{"email":"e1@school.example","password":"wrong"}"#,
                #"{"email":"e2@school.example",\#(right)"#,
                #"{"email":"nobody@school.example",\#(right)"#,
                #"{"sourceID":"\u0000",\#(right)"#, #"{"username":"",\#(right)"#,
                #"{"email":"e1@school.example","password":""}"#,
                #"{"email":"e1@school.example","password":"a\u0000b"}"#,
                #"{"email":"e1@school.example","password":"\#(String(repeating: "a", count: 9000))"}"#,
            ] {
                let answer = try await Self.ask(client, path, body)
                #expect(answer.status == 200)
                answers.append(try answer.uniform())
            }
            #expect(answers.allSatisfy { $0 == answers[0] }, "\(answers)")
            let answer = try await Self.ask(
                client,
                path,
                #"{"email":"e1@school.example",\#(right)"#
            )
            #expect(try answer.json()["decision"] == "allow")
            #expect(try answer.json()["account"]["surname"] == "Abdi-Okoro")
        }
    }

    @Test func `a request is answered alike whoever is named`() async throws {
        let daemon = try await Self.daemon()
        try await daemon.serve { client async throws in
            var outside: Set<[String]> = []
            for email in ["e1@school.example", "nobody@school.example", "", "\\u0000", "x"] {
                let path = "/v1/passwords/requests"
                let answer = try await Self.ask(client, path, #"{"email":"\#(email)"}"#)
                outside.insert(answer.outside)
            }
            #expect(outside.count == 1 && outside.first?.first == "202")
        }
    }

    @Test func `a link can be looked at without using it up, by its own tenant alone`()
        async throws
    {
        let daemon = try await Self.daemon()
        let account = try await daemon.account("E1")
        let link = try await daemon.link(for: account)
        try await daemon.serve { client async throws in
            let body = #"{"token":"\#(link)"}"#
            let set = #"{"token":"\#(link)","password":"another lantern copper meadow"}"#
            let path = "/v1/passwords/links"
            var outside: Set<[String]> = []
            for (path, body, key) in [
                (path, body, Daemon.Key.foreign), (path, #"{"token":"x"}"#, .all),
                (path, "{}", .all), ("/v1/passwords", set, .foreign),
            ] {
                let answer = try await Self.ask(client, path, body, key: key)
                #expect(answer.status == 422)
                outside.insert([try answer.json()["detail"].text ?? answer.text])
            }
            #expect(outside.count == 1, "\(outside)")
            for _ in 0..<2 {
                let answer = try await Self.ask(client, path, body)
                #expect(try answer.json()["account"].text == String(account.id.value))
            }
            #expect(try await Self.ask(client, "/v1/passwords", set).status == 200)
            #expect(try await Self.ask(client, path, body).status == 422)
        }
    }

    @Test(arguments: [
        "\(base)/verify", "/v1/passwords/requests", "/v1/passwords/links", "/v1/passwords",
    ])
    func `only a key for passwords may ask`(_ path: String) async throws {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            let body = #"{"email":"e1@school.example","password":"x"}"#
            for (key, status) in [
                (nil, 401), (Daemon.Key.expired, 401), (.logins, 403), (.accounts, 403),
                (.admin, 403),
            ] {
                #expect(try await Self.ask(client, path, body, key: key).status == status)
            }
        }
    }

    @Test func `another tenant's school is none`() async throws {
        let daemon = try await Self.daemon()
        try await daemon.serve { client async throws in
            let body = #"{"email":"e1@school.example","password":"\#(PageVisitor.password)"}"#
            let answer = try await Self.ask(client, "\(Self.base)/verify", body, key: .foreign)
            let missing = try await Self.ask(
                client,
                "/v1/schools/nowhere/passwords/verify",
                body,
                key: .foreign
            )
            #expect(answer.status == 404 && missing.status == 404)
            let (detail, none) = (try answer.json()["detail"], try missing.json()["detail"])
            #expect(detail == none)
        }
    }

    @Test(arguments: [
        #""\ud800""#, #""\udc00\ud800""#, #""a\u0000b lantern copper meadow""#, "1", "null",
        "[]", #""short""#, "\"\(String(repeating: "a", count: 5000))\"",
    ])
    func `what is no password is refused, and the link stays`(_ password: String) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let link = try await daemon.link(for: try await daemon.account("E1"))
        try await daemon.serve { client async throws in
            let body = #"{"token":"\#(link)","password":\#(password)}"#
            let answer = try await Self.ask(client, "/v1/passwords", body)
            #expect([400, 422].contains(answer.status), "\(answer.text)")
            #expect(!answer.text.contains("lantern") && !answer.text.contains(link))
            let look = try await Self.ask(client, "/v1/passwords/links", #"{"token":"\#(link)"}"#)
            #expect(look.status == 200)
            let verify = try await Self.ask(
                client,
                "\(Self.base)/verify",
                #"{"email":"e1@school.example","password":\#(password)}"#
            )
            #expect([200, 400].contains(verify.status), "\(verify.text)")
            #expect(!verify.text.contains("allow"))
        }
    }

    @Test func `a megabyte is refused before it is read`() async throws {
        let daemon = try await Self.daemon()
        try await daemon.serve { client async throws in
            let long = String(repeating: "a", count: 1 << 20)
            for path in ["\(Self.base)/verify", "/v1/passwords", "/v1/passwords/requests"] {
                let body = #"{"email":"e1@school.example","password":"\#(long)"}"#
                #expect(try await Self.ask(client, path, body).status == 413)
            }
        }
    }
}
