import Accounts
import Foundation
import HTTPTypes
import MusterTesting
import Roster
import Sealing
import Testing

@testable import MusterServer

/// A message that somebody signed, and what came of it elsewhere.
struct SignedMessage: Sendable, CustomTestStringConvertible {
    var name: String
    var secret: String
    var id: String
    var timestamp: String
    var body: String
    var signature: String
    var testDescription: String { name }

    static let a = SignedMessage(
        name: "A",
        secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        timestamp: "1649367553",
        body: #"{"email":"test@example.com","username":"test_user"}"#,
        signature: "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
    )
    static let b = SignedMessage(
        name: "B",
        secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        id: "msg_0001",
        timestamp: "1700000000",
        body: #"{"user_id":"3f1d6a6e-1111-4222-8333-444455556666","valid":true}"#,
        signature: "v1,0i2SJD5qHaCx/NYEmmhBhYrDAz9W6bjgowx/NlQZN78="
    )
    static let b2 = SignedMessage(
        name: "B'",
        secret: "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
        id: "msg_0001",
        timestamp: "1700000000",
        body: b.body,
        signature: "v1,dTjMXB/dZOvJyfC7HcGYgy5AV9qKryunQAKWEXNJodo="
    )
    static let c = SignedMessage(
        name: "C",
        secret: b.secret,
        id: "msg_0002",
        timestamp: "1700000000",
        body: #"{"name":"Zoë Ó Briain"}"#,
        signature: "v1,4oxcMaV12ckDNx5pOzDIViXx0y/7tHvnxQWCuAemYuc="
    )
    static let d = SignedMessage(
        name: "D",
        secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        id: "msg_0003",
        timestamp: "1700000000",
        body: "",
        signature: "v1,xHHJ5k2v88DU0+KzJ4QC21fRn9jsOYmQMiHx9Zye4J4="
    )
    static let all = [a, b, b2, c, d]

    var headers: HTTPFields {
        [.webhookID: id, .webhookTimestamp: timestamp, .webhookSignature: signature]
    }

    func holds(_ headers: HTTPFields) -> Bool {
        guard let secret = WebhookSecret(secret), let signature = WebhookSignature(headers) else {
            return false
        }
        return signature.holds(for: Array(body.utf8), with: secret)
    }
}

@Suite struct WebhookTests {
    @Test(arguments: SignedMessage.all)
    func `a published message holds, and no other does`(message: SignedMessage) throws {
        #expect(message.holds(message.headers))
        var changed = message
        changed.body += " "
        #expect(!changed.holds(message.headers))
        for name in [HTTPField.Name.webhookID, .webhookTimestamp] {
            var headers = message.headers
            headers[name] = "1700000001"
            #expect(!message.holds(headers))
        }
        let other = try #require(SignedMessage.all.first { $0.secret != message.secret })
        changed = message
        changed.secret = other.secret
        #expect(!changed.holds(message.headers))
    }

    @Test(arguments: [
        "v1,AAAA \(SignedMessage.b.signature)", "\(SignedMessage.b.signature) v1a,AAAA",
        "v1 v1, ,,, v2,x \(SignedMessage.b.signature)",
        "v1,AAA=, v1,BBB= \(SignedMessage.b.signature)",
    ])
    func `one element that matches is enough, whatever the others are`(list: String) {
        var headers = SignedMessage.b.headers
        headers[.webhookSignature] = list
        #expect(SignedMessage.b.holds(headers))
    }

    @Test(arguments: [
        "", "v1", "v1,", "v2,0i2SJD5qHaCx/NYEmmhBhYrDAz9W6bjgowx/NlQZN78=",
        "v1a,0i2SJD5qHaCx/NYEmmhBhYrDAz9W6bjgowx/NlQZN78=",
        "0i2SJD5qHaCx/NYEmmhBhYrDAz9W6bjgowx/NlQZN78=",
        "v1,0i2SJD5qHaCx/NYEmmhBhYrDAz9W6bjgowx/NlQZN7", "V1,0i2SJD5qHaCx/NYEmmhBhYrDAz9W6bjg",
    ])
    func `an element of another version or form does not match`(list: String) {
        var headers = SignedMessage.b.headers
        headers[.webhookSignature] = list
        #expect(!SignedMessage.b.holds(headers))
    }

    @Test(arguments: [
        (HTTPField.Name.webhookID, "a.b"), (.webhookID, ""), (.webhookTimestamp, "1700000000.5"),
        (.webhookTimestamp, "+1700000000"), (.webhookTimestamp, "-1"), (.webhookTimestamp, ""),
        (.webhookTimestamp, "99999999999999999999"),
        (.webhookID, String(repeating: "x", count: 257)),
    ])
    func `an id or a time in another form is none`(name: HTTPField.Name, value: String) {
        var headers = SignedMessage.b.headers
        headers[name] = value
        #expect(WebhookSignature(headers) == nil)
    }

    @Test func `a header that was sent twice is none`() {
        var headers = SignedMessage.b.headers
        headers.append(HTTPField(name: .webhookID, value: "msg_0002"))
        #expect(WebhookSignature(headers) == nil)
    }

    @Test(arguments: [
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    ])
    func `a secret is read in every form in which senders show it`(text: String) throws {
        let secret = try #require(WebhookSecret(text))
        #expect(secret == WebhookSecret(SignedMessage.b.secret))
    }

    @Test(arguments: [
        "", "whsec_", "whsec_AAEC", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY", "whsec_====",
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8==",
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-_",
        "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMU FRYXGBkaGxwdHh8=",
        "whsec_" + String(repeating: "AAAA", count: 22),
    ])
    func `what is no whole secret is refused`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }

    @Test func `a new secret has its form, differs each time and cannot be printed`() throws {
        let secret = WebhookSecret.make()
        let text = secret.text.revealed()
        #expect(WebhookSecret(text) == secret)
        #expect(WebhookSecret.make() != secret)
        #expect(!"\(secret) \(String(reflecting: secret))".contains(text.dropFirst(6)))
    }
}

@Suite struct SignedLoginTests {
    /// A login that the daemon's own signing key signed.
    private static func headers(
        id: String = "msg_1",
        at seconds: Int64,
        body: String,
        secret: String = Daemon.secretText
    ) throws -> HTTPFields {
        let key = try #require(WebhookSecret(secret))
        let code = key.signature(id: id, timestamp: "\(seconds)", body: Array(body.utf8))
        return [
            .webhookID: id, .webhookTimestamp: "\(seconds)",
            .webhookSignature: "v1,\(String(decoding: code, as: UTF8.self))",
        ]
    }

    private static let now = Timestamp.example.milliseconds / 1000
    private static let body = #"{"email":"e1@school.example"}"#

    @Test(arguments: [-300, -299, 0, 300] as [Int64])
    func `a login signed about now is answered`(offset: Int64) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let headers = try Self.headers(at: Self.now + offset, body: Self.body)
        let answer = try await daemon.serve { client async throws in
            try await client.logIn(Self.body, key: nil, headers: headers)
        }
        #expect(try answer.json()["decision"] == "allow")
    }

    @Test func `a signature that does not hold gets what no signature gets`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let asked = daemon.source.requests
        let late = try Self.headers(at: Self.now - 301, body: Self.body)
        let early = try Self.headers(at: Self.now + 302, body: Self.body)
        let otherBody = try Self.headers(at: Self.now, body: "{}")
        let otherSecret = try Self.headers(
            at: Self.now,
            body: Self.body,
            secret: SignedMessage.a.secret
        )
        let good = try Self.headers(id: "msg_2", at: Self.now, body: Self.body)
        try await daemon.serve { client async throws in
            let without = try await client.logIn(Self.body, key: nil)
            #expect(without.status == 401)
            for headers in [late, early, otherBody, otherSecret] {
                let answer = try await client.logIn(Self.body, key: nil, headers: headers)
                #expect(answer.text == without.text)
            }
            // A foreign school is signed for by others, an unknown one by nobody.
            for school in [Daemon.foreignSchool, "nowhere"] {
                let answer = try await client.logIn(
                    Self.body,
                    key: nil,
                    school: school,
                    headers: good
                )
                #expect(answer.text == without.text)
            }
            #expect(daemon.source.requests == asked)
            #expect(try await client.logIn(Self.body, key: nil, headers: good).status == 200)
            // The same once more, byte by byte.
            #expect(try await client.logIn(Self.body, key: nil, headers: good).text == without.text)
        }
        #expect(daemon.source.requests == asked + 1)
    }

    @Test func `who cannot sign learns nothing from how large a body may be`() async throws {
        let daemon = try await Daemon()
        let headers = try Self.headers(
            at: Self.now,
            body: Self.body,
            secret: SignedMessage.a.secret
        )
        let large = String(repeating: "a", count: 70_000)
        try await daemon.serve { client async throws in
            let without = try await client.logIn(Self.body, key: nil)
            for school in [Daemon.school, "alder", Daemon.foreignSchool, "nowhere", "%ff"] {
                let kinds = [(large, headers), (large, HTTPFields()), (Self.body, headers)]
                for (body, headers) in kinds {
                    let answer = try await client.logIn(
                        body,
                        key: nil,
                        school: school,
                        headers: headers
                    )
                    #expect(answer.status == 401, "\(school)")
                    #expect(answer.text == without.text)
                    #expect(answer.headers[.connection] == without.headers[.connection])
                }
                // The same without a length, which is found out while it comes in.
                let raw = try RawConnection(port: client.port)
                let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
                raw.write(
                    "POST /v1/schools/\(school)/logins HTTP/1.1\r\nHost: x\r\n\(lines)"
                        + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "11170\r\n\(large)\r\n0\r\n\r\n"
                )
                #expect(await raw.rest().hasPrefix("HTTP/1.1 401 "), "\(school)")
            }
        }
    }

    @Test func `what one daemon took, another over the same store does not take`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let headers = try Self.headers(at: Self.now, body: Self.body)
        let later = try Self.headers(at: Self.now + 1, body: Self.body)
        let first = try await daemon.serve {
            try await $0.logIn(Self.body, key: nil, headers: headers)
        }
        #expect(first.status == 200)
        // Stopped and begun anew, with nothing but the store.
        try await daemon.serve { client async throws in
            let copy = try await client.logIn(Self.body, key: nil, headers: headers)
            #expect(copy.status == 401)
            let retry = try await client.logIn(Self.body, key: nil, headers: later)
            #expect(retry.status == 200)
        }
    }

    @Test func `of two tenants with one school, each signs for its own`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let shared = SchoolDescription(id: Daemon.school, name: "Alder", timeZone: nil)
        _ = try await daemon.store.addConnection(
            .example("twin", schools: [shared], tenant: Daemon.other)
        ) { _ in [] }
        let secret = SignedMessage.b2.secret
        try await daemon.addSigner("foreign signer", of: Daemon.other, secret: secret)
        let own = try Self.headers(at: Self.now, body: Self.body)
        let foreign = try Self.headers(at: Self.now, body: Self.body, secret: secret)
        try await daemon.serve { client async throws in
            let first = try await client.logIn(Self.body, key: nil, headers: own)
            #expect(try first.json()["decision"] == "allow")
            // The other tenant has nobody of that name yet.
            let second = try await client.logIn(Self.body, key: nil, headers: foreign)
            #expect(second.status == 200)
            #expect(try second.json()["account"] == nil)
        }
    }

    @Test func `a signature gives no right but to log in, whatever the key says`() async throws {
        let daemon = try await Daemon()
        let secret = SignedMessage.b2.secret
        try await daemon.addSigner("mighty", secret: secret, scopes: Set(AccessScope.allCases))
        let path = "/v1/schools/\(Daemon.school)"
        let headers = try Self.headers(at: Self.now, body: "", secret: secret)
        let again = try Self.headers(id: "msg_9", at: Self.now, body: "", secret: secret)
        try await daemon.serve { client async throws in
            #expect(try await client.send(.post, path + "/syncs", headers: headers).status == 403)
            #expect(try await client.send(.get, path + "/changes", headers: again).status == 403)
        }
        #expect(daemon.syncs.value == 0)
    }

    @Test func `a signing key has its scopes too, and only for its school's addresses`()
        async throws
    {
        let daemon = try await Daemon()
        let path = "/v1/schools/\(Daemon.school)/syncs"
        let headers = try Self.headers(at: Self.now, body: "")
        try await daemon.serve { client async throws in
            #expect(try await client.send(.post, path, headers: headers).status == 403)
            #expect(try await client.send(.get, "/v1/changes", headers: headers).status == 401)
        }
    }
}
