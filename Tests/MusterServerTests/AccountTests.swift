import Accounts
import HTTPTypes
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite struct AccountTests {
    private static func path(_ daemon: Daemon, _ id: String = "E1") async throws -> String {
        "/v1/accounts/\(try await daemon.account(id).id.value)"
    }

    @Test func `an account is found by the address it has, by whoever may see addresses`()
        async throws
    {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let id = JSONValue.text("\(try await daemon.account("E1").id.value)")
        try await daemon.serve { client async throws in
            for base in ["/v1", "/v1/schools/\(Daemon.school)"] {
                for address in ["e1@school.example", "E1%40School.example"] {
                    let path = "\(base)/accounts?email=\(address)"
                    let answer = try await client.send(.get, path, key: .accounts).json()
                    #expect(answer["accounts"].elements.map { $0["id"] } == [id])
                }
                let long = String(repeating: "a", count: 9000)
                for address in ["nobody@school.example", "e1", "%00", long] {
                    let path = "\(base)/accounts?email=\(address)"
                    let answer = try await client.send(.get, path, key: .accounts)
                    #expect(answer.text == #"{"accounts":[]}"#)
                }
                for query in ["", "?email=", "?email=a&email=b", "?mail=a", "?email=%ff", "?email"]
                {
                    let path = "\(base)/accounts\(query)"
                    #expect(try await client.send(.get, path, key: .accounts).status == 400)
                }
            }
            let path = "/v1/accounts?email=e1@school.example"
            let foreign = try await client.send(.get, path, key: .foreign)
            #expect(foreign.text == #"{"accounts":[]}"#)
            #expect(try await client.send(.get, path, key: .narrow).status == 403)
            #expect(try await client.send(.get, path, key: .logins).status == 403)
        }
    }

    @Test func `an account is shown, also through its school`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let id = try await daemon.account("E1").id.value
        try await daemon.serve { client async throws in
            let whole = try await client.send(.get, "/v1/accounts/\(id)", key: .accounts).json()
            #expect(whole["email"] == "e1@school.example")
            #expect(whole["surname"] == "Abdi")
            let path = "/v1/schools/\(Daemon.school)/accounts/\(id)"
            #expect(try await client.send(.get, path, key: .accounts).json() == whole)
            let part = try await client.send(.get, path, key: .narrow).json()
            #expect(part.names == ["id", "forename"])
        }
    }

    @Test func `a patch is an edit by hand, of all fields or none`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let path = try await Self.path(daemon)
        let manager = try await daemon.account("E2").id.value
        try await daemon.serve { client async throws in
            let body = #"""
                {"surname":"Abdi-Okoro","title":"Dr","phone":null,"teachingStaff":true,
                 "lineManager":"\#(manager)"}
                """#
            let answer = try await client.send(.patch, path, key: .accounts, body: body)
            #expect(answer.status == 200)
            let json = try answer.json()
            #expect(json["surname"] == "Abdi-Okoro")
            #expect(json["title"] == "Dr")
            #expect(json["teachingStaff"] == true)
            #expect(json["lineManager"]["id"].text == "\(manager)")
            let cleared = try await client.send(
                .patch,
                path,
                key: .accounts,
                body: #"{"title":null,"lineManager":null,"status":"suspended"}"#
            ).json()
            #expect(cleared["title"] == nil)
            #expect(cleared["lineManager"] == nil)
            #expect(cleared["status"] == "suspended")
            let bad = #"{"surname":"Nobody","teachingStaff":"perhaps"}"#
            #expect(try await client.send(.patch, path, key: .accounts, body: bad).status == 400)
            #expect(try await client.send(.patch, path, key: .accounts, body: "{}").status == 200)
        }
        #expect(try await daemon.account("E1").surname == "Abdi-Okoro")
        #expect(try await daemon.account("E1").localEdits.contains(.surname))
    }

    @Test(arguments: [
        (#"{"colour":"red"}"#, 400, "colour"), (#"{"classes":[]}"#, 400, "classes"),
        (#"{"id":"1"}"#, 400, "id"), (#"{"surname":1}"#, 400, "surname"),
        (#"{"status":"gone"}"#, 400, "status"), (#"{"lineManager":"x"}"#, 400, "lineManager"),
        (#"{"lineManager":"1"}"#, 422, "lineManager"), (#"{"email":null}"#, 422, "email"),
        (#"{"email":"no address"}"#, 422, "email"), (#"{"email":"e2@school.example"}"#, 409, ""),
        (#"{"surname":"a","surname":"b"}"#, 400, "surname"), ("[]", 400, ""),
    ])
    func `a patch that cannot be done says why, and does nothing`(
        body: String,
        status: Int,
        word: String
    ) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let before = try await daemon.account("E1")
        let path = try await Self.path(daemon)
        let answer = try await daemon.serve { client async throws in
            try await client.send(.patch, path, key: .accounts, body: body)
        }
        #expect(answer.status == status)
        #expect(try answer.json()["detail"].text?.contains(word) ?? false || word.isEmpty)
        #expect(try await daemon.account("E1") == before)
    }

    @Test func `a key edits only what it sees, and makes nobody of another tenant a manager`()
        async throws
    {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let path = try await Self.path(daemon)
        var changes = ChangeSet(
            tenant: Daemon.other,
            run: nil,
            cause: .administrator,
            at: .example
        )
        let stranger = Account.named("Sam", "Stone", id: 5, tenant: Daemon.other)
        changes.accounts = [AccountWrite(after: stranger, before: nil)]
        try await daemon.store.apply(changes)
        try await daemon.serve { client async throws in
            let hidden = #"{"surname":"Mine"}"#
            #expect(try await client.send(.patch, path, key: .narrow, body: hidden).status == 400)
            let seen = #"{"forename":"Mine"}"#
            let answer = try await client.send(.patch, path, key: .narrow, body: seen)
            #expect(try answer.json().names == ["id", "forename"])
            let boss = #"{"lineManager":"5"}"#
            #expect(try await client.send(.patch, path, key: .accounts, body: boss).status == 422)
        }
    }
}
