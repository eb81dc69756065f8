import Accounts
import HTTPTypes
import Hummingbird
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite struct BadInputTests {
    @Test func `who is nobody here gets one answer, whatever is asked for`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let asked = daemon.source.requests
        try await daemon.serve { client async throws in
            let without = try await client.logIn(key: nil)
            #expect(without.status == 401)
            #expect(without.headers[.wwwAuthenticate] == "Bearer realm=\"muster\"")
            for school in [Daemon.school, "alder", Daemon.foreignSchool, "nowhere", "%ff", "a%00b"]
            {
                for value in ["Bearer nothing", "Bearer", "", "Basic bG9naW5z", "Bearer logins x"] {
                    let answer = try await client.logIn(
                        key: nil,
                        school: school,
                        headers: [.authorization: value]
                    )
                    #expect(answer.text == without.text, "\(school) \(value)")
                    #expect(answer.status == 401)
                }
                #expect(try await client.logIn(key: .expired, school: school).text == without.text)
            }
            for path in ["/v1/runs/1", "/v1/accounts/1", "/v1/changes", "/v1/runs/1/events"] {
                #expect(try await client.send(.get, path).text == without.text)
            }
            var twice: HTTPFields = [.authorization: "Bearer logins"]
            twice.append(HTTPField(name: .authorization, value: "Bearer logins"))
            #expect(try await client.logIn(key: nil, headers: twice).text == without.text)
        }
        #expect(daemon.source.requests == asked)
    }

    @Test func `unknown and foreign schools, accounts and runs answer alike`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let asked = daemon.source.requests
        let account = try await daemon.account("E1").id.value
        try await daemon.serve { client async throws in
            let unknown = try await client.logIn(key: .all, school: "nowhere")
            #expect(unknown.status == 404)
            for school in [Daemon.foreignSchool, "birch", "", "%ff", "a%2Fb"] where !school.isEmpty
            {
                #expect(try await client.logIn(key: .all, school: school).text == unknown.text)
            }
            let paths = [
                "/v1/accounts/\(account)", "/v1/accounts/1", "/v1/accounts/x", "/v1/accounts/+1",
                "/v1/accounts/99999999999999999999", "/v1/runs/1", "/v1/runs/x",
                "/v1/runs/1/events",
                "/v1/schools/\(Daemon.school)/accounts/\(account)",
                "/v1/schools/\(Daemon.foreignSchool)/accounts/\(account)",
                "/v1/schools/%ff/accounts/\(account)",
            ]
            for path in paths {
                let answer = try await client.send(.get, path, key: .foreign)
                #expect(answer.text == unknown.text, "\(path)")
                #expect(answer.status == 404)
            }
            let edit = try await client.send(
                .patch,
                "/v1/accounts/\(account)",
                key: .foreign,
                body: #"{"surname":"Mine"}"#
            )
            #expect(edit.text == unknown.text)
            // An account of the tenant, but not one that this school reaches.
            #expect(try await client.send(.get, "/v1/nothing", key: .all).text == unknown.text)
        }
        #expect(daemon.source.requests == asked)
        #expect(try await daemon.account("E1").surname == "Abdi")
    }

    @Test func `parameters that mean nothing, or two things, are refused`() async throws {
        let daemon = try await Daemon()
        let login = "/v1/schools/A1000000001/logins"
        try await daemon.serve { client in
            for (method, path, body) in [
                (
                    HTTPRequest.Method.post, "\(login)?email=e1@school.example",
                    #"{"sourceID":"E1"}"#
                ),
                (.get, "/v1/changes?after=1&after=2", ""), (.get, "/v1/changes?before=1", ""),
            ] {
                let answer = try await client.send(method, path, key: .all, body: body)
                #expect(answer.status == 400, "\(path)")
            }
        }
        #expect(daemon.source.requests == 0)
    }

    @Test(arguments: [
        ("/v1/schools/A1000000001/logins", HTTPRequest.Method.post, Daemon.Key.accounts),
        ("/v1/schools/nowhere/logins", .post, .admin),
        ("/v1/schools/A1000000001/syncs", .post, .logins), ("/v1/runs/1", .get, .logins),
        ("/v1/runs/1/events", .get, .accounts), ("/v1/accounts/1", .get, .logins),
        ("/v1/accounts/1", .patch, .admin), ("/v1/changes", .get, .logins),
    ])
    func `a known key without the scope is told so, before anything else`(
        path: String,
        method: HTTPRequest.Method,
        key: Daemon.Key
    ) async throws {
        let daemon = try await Daemon()
        let answer = try await daemon.serve { try await $0.send(method, path, key: key, body: "{") }
        #expect(answer.status == 403)
        #expect(daemon.source.requests == 0)
    }

    @Test(arguments: [
        ("", 400), ("{", 400), ("[]", 400), ("null", 400), ("\"e1@school.example\"", 400),
        (#"{"email":"e1@school.example"} x"#, 400), (#"{"email":1}"#, 400),
        (#"{"email":true}"#, 400),
        (#"{"email":["e1@school.example"]}"#, 400), (#"{"email":{"a":{}}}"#, 400), ("{}", 400),
        (#"{"email":null}"#, 400), (#"{"email":"a@b","username":"c"}"#, 400),
        (#"{"email":"a@b","sourceID":"1","username":"c"}"#, 400),
        (#"{"email":"a@b","email":"c@d"}"#, 400), (#"{"email":"a@b","\u0065mail":"c@d"}"#, 400),
        (#"{"email":"a@b","method":"magic"}"#, 400), (#"{"email":"a@b","method":1}"#, 400),
        (#"{"email":"a@b","issuer":"i"}"#, 400), (#"{"email":"a@b","subject":""}"#, 400),
        (#"{"email":"a@b","colour":"red"}"#, 400), (#"{"email":"a@b","Email":"a@b"}"#, 400),
        ("{\"email\":\"" + String(repeating: "[", count: 9) + "", 400),
        (
            #"{"x":"# + String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
                + "}", 400
        ),
        (#"{"email":""# + String(repeating: "a", count: 70_000) + #""}"#, 413),
    ])
    func `a body that is no login is told what is wrong, and nobody is asked`(
        body: String,
        status: Int
    ) async throws {
        let daemon = try await Daemon()
        let answer = try await daemon.serve { try await $0.logIn(body) }
        let json = try answer.json()
        #expect(answer.status == status)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(json.names == ["type", "title", "status", "detail"])
        #expect(json["type"] == "about:blank")
        #expect(json["status"].number == Double(status))
        #expect(daemon.source.requests == 0)
    }

    @Test func `a member that there is not is named, cut short`() async throws {
        let daemon = try await Daemon()
        let name = "colour" + String(repeating: "x", count: 500)
        let body = #"{"email":"a@b","\#(name)":"red"}"#
        let answer = try await daemon.serve { try await $0.logIn(body) }
        #expect(answer.text.contains("colourxxx"))
        #expect(answer.text.utf8.count < 400)
    }

    @Test(
        arguments: [
            [.contentType: "text/xml"], [.contentType: "multipart/form-data; boundary=x"],
            [.contentType: "text/plain"], [.contentEncoding: "gzip"],
        ] as [HTTPFields]
    )
    func `what says of itself that it is not JSON is not read`(headers: HTTPFields) async throws {
        let daemon = try await Daemon()
        let answer = try await daemon.serve { try await $0.logIn(headers: headers) }
        #expect(answer.status == 415)
    }

    @Test(arguments: [
        String(repeating: "a", count: 10_000) + "@school.example",
        String(repeating: "a", count: 321), "e1@school.example\\u0000", "e1\\n@school.example",
        "\\u0085e1@school.example", "e1@school.example\\u007f", "", "\\u001b[2J",
    ])
    func `an impossible name gets what an unknown one gets, and nobody is asked`(
        name: String
    ) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            let unknown = try await client.logIn(#"{"email":"nobody@school.example"}"#).uniform()
            let asked = daemon.source.requests
            for member in ["email", "username", "sourceID"] {
                let answer = try await client.logIn(#"{"\#(member)":"\#(name)"}"#)
                #expect(answer.status == 200)
                let members = try answer.uniform()
                #expect(members["decision"] == "deny")
                #expect(members["outcome"] == "unknownPerson")
                #expect(members["account"] == unknown["account"])
                #expect(members.keys == unknown.keys)
            }
            #expect(daemon.source.requests == asked)
        }
    }

    @Test func `a flood of unknown names does not reach the source`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let asked = daemon.source.requests
        try await daemon.serve { client async throws in
            for number in 0..<200 {
                let answer = try await client.logIn(#"{"email":"x\#(number)@school.example"}"#)
                let json = try answer.json()
                #expect(json["decision"] == "deny")
                #expect(json["account"] == nil)
                // Nobody yet, or nobody as far as the last look for newcomers told.
                let outcome = try #require(json["outcome"].text)
                #expect(["unknownPerson", "deferred"].contains(outcome), "\(outcome)")
            }
        }
        // One shared look for newcomers serves all of them.
        #expect(daemon.source.requests <= asked + 1)
    }

    @Test func `an address says which methods it takes`() async throws {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            let answer = try await client.send(.get, "/v1/schools/x/logins", key: .all)
            #expect(answer.status == 405)
            #expect(answer.headers[.allow] == "OPTIONS, POST")
            let account = try await client.send(.delete, "/v1/accounts/1", key: .all)
            #expect(account.status == 405)
            #expect(account.headers[.allow] == "GET, HEAD, OPTIONS, PATCH")
            #expect(try account.json()["status"] == 405)
        }
    }

    @Test func `a store that fails is told without its words`() async throws {
        let daemon = try await Daemon()
        try await daemon.serve { client async throws in
            let answer = try await client.send(.get, "/v1/changes?after=x", key: .all)
            #expect(answer.status == 400)
            #expect(try await client.send(.get, "/v1/changes?limit=0", key: .all).status == 400)
            #expect(try await client.send(.get, "/v1/changes?limit=1001", key: .all).status == 400)
            #expect(try await client.send(.get, "/v1/changes?colour=red", key: .all).status == 400)
        }
    }
}
