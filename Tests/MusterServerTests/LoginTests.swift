import Accounts
import HTTPTypes
import Muster
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite(.timeLimit(.minutes(3))) struct LoginTests {
    @Test func `the use of a key is noted behind the answers, once a minute`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let first = daemon.clock.now()
        try await daemon.serve { client async throws in
            for _ in 0..<3 { _ = try await client.logIn() }
            try await until { try await daemon.store.keyUses()["logins"] != nil }
            daemon.clock.advance(by: .seconds(59))
            _ = try await client.logIn()
            #expect(try await daemon.store.keyUses() == ["logins": first])
            daemon.clock.advance(by: .seconds(1))
            _ = try await client.logIn()
            try await until { try await daemon.store.keyUses()["logins"] != first }
        }
        let uses = try await daemon.store.keyUses()
        #expect(uses == ["logins": first.advanced(by: .seconds(60))])
    }

    @Test func `a login is answered with the account as the MIS has it now`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        daemon.source.change(.staff("E1")) { $0.surname = .value("Abdi-Okoro") }
        let answer = try await daemon.serve { try await $0.logIn() }
        let json = try answer.json()
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(json["decision"] == "allow")
        #expect(json["outcome"] == "refreshed")
        #expect(json["account"]["surname"] == "Abdi-Okoro")
        #expect(json["changes"][0]["field"] == "surname")
        #expect(json["lookup"]["requests"] == 1)
    }

    @Test(arguments: [
        #"{"email":"E1@School.example"}"#, #"{"sourceID":"E1"}"#,
        #"{"username":"e1@school.example"}"#,
        #"{"email":"e1@school.example","username":null,"method":"sso"}"#,
    ])
    func `a person is found by whatever names her`(body: String) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let answer = try await daemon.serve { try await $0.logIn(body) }
        #expect(try answer.json()["account"]["email"] == "e1@school.example")
    }

    @Test func `a school is found by the name of its connection too`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let answer = try await daemon.serve { try await $0.logIn(school: "ald%65r") }
        #expect(try answer.json()["decision"] == "allow")
    }

    @Test func `with a password a person who set none must set one`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let body = #"{"email":"e1@school.example","method":"password"}"#
        let answer = try await daemon.serve { try await $0.logIn(body) }
        #expect(try answer.json()["decision"] == "resetPassword")
    }

    @Test func `a key sees the members that it may see, and no others`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        daemon.source.change(.staff("E1")) { person in
            person.forename = .value("Amira")
            person.surname = .value("Abdi-Okoro")
        }
        let json = try await daemon.serve { try await $0.logIn(key: .narrow).json() }
        #expect(json["account"].names == ["id", "forename"])
        #expect(json["changes"].elements.map { $0["field"] } == ["forename"])
    }

    @Test func `a newcomer's address is not told to a key that may not see it`() async throws {
        let daemon = try await Daemon(people: [])
        daemon.source.put(.staff("E9", email: "new@school.example"))
        let body = #"{"sourceID":"E9"}"#
        let answer = try await daemon.serve { try await $0.logIn(body, key: .narrow) }
        #expect(try answer.json()["decision"] == "allow")
        #expect(!answer.text.contains("new@school.example"))
    }

    @Test func `people and keys are read anew once they changed`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            #expect(try await client.logIn(key: .all).status == 200)
            #expect(try await daemon.store.removeKey(named: "all"))
            #expect(try await client.logIn(key: .all).status == 401)
            #expect(try await client.logIn(school: "alder").status == 200)
            try await daemon.store.rename(daemon.connection.id, to: "oak")
            #expect(try await client.logIn(school: "alder").status == 404)
            #expect(try await client.logIn(school: "oak").status == 200)
        }
    }

    @Test func `a key counts no more from the moment on which it expires`() async throws {
        let daemon = try await Daemon()
        daemon.clock.setWall(Timestamp(milliseconds: Timestamp.example.milliseconds - 1))
        try await daemon.serve { client async throws in
            #expect(try await client.logIn(key: .expired).status == 200)
            daemon.clock.setWall(.example)
            #expect(try await client.logIn(key: .expired).status == 401)
        }
    }

    @Test(arguments: [
        "application/json", "application/json; charset=utf-8", "application/vnd.host+json",
        "application/x-www-form-urlencoded",
    ])
    func `JSON may be called so or be left without a name`(type: String) async throws {
        let daemon = try await Daemon()
        let answer = try await daemon.serve { try await $0.logIn(headers: [.contentType: type]) }
        #expect(answer.status == 200)
    }
}
