import Accounts
import HTTPTypes
import MusterTesting
import Roster
import Testing

@testable import MusterServer

@Suite struct ChangeTests {
    @Test func `a host reads every change once, in pages`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            daemon.source.change(.staff("E1")) { $0.surname = .value("Abdi-Okoro") }
            _ = try await client.logIn()
            var cursor = "0"
            var seen: [JSONValue] = []
            while true {
                let path = "/v1/changes?after=\(cursor)&limit=1"
                let page = try await client.send(.get, path, key: .accounts).json()
                cursor = try #require(page["next"].text)
                if page["changes"].elements.isEmpty { break }
                #expect(page["changes"].elements.count == 1)
                #expect(page["changes"][0]["cursor"].text == cursor)
                seen += page["changes"].elements
            }
            let whole = try await client.send(.get, "/v1/changes", key: .accounts).json()
            #expect(whole["changes"].elements == seen)
            #expect(whole["next"].text == cursor)
            let last = try #require(seen.last)
            #expect(last["field"] == "surname")
            #expect(last["from"] == "Abdi")
            #expect(last["to"] == "Abdi-Okoro")
            #expect(last["cause"] == "login")
            #expect(last["account"].text == "\(try await daemon.account("E1").id.value)")
            let school = "/v1/schools/\(Daemon.school)/changes"
            #expect(try await client.send(.get, school, key: .accounts).json() == whole)
        }
    }

    @Test func `another tenant reads nothing of it, and a key no more than it sees`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        try await daemon.serve { client async throws in
            daemon.source.change(.staff("E1")) { person in
                person.forename = .value("Amira")
                person.surname = .value("Abdi-Okoro")
            }
            _ = try await client.logIn()
            let foreign = try await client.send(.get, "/v1/changes", key: .foreign).json()
            #expect(foreign["changes"] == [])
            let whole = try await client.send(.get, "/v1/changes", key: .all).json()
            let narrow = try await client.send(.get, "/v1/changes", key: .narrow)
            let fields = Set(try narrow.json()["changes"].elements.map { $0["field"] })
            #expect(fields == [nil, "forename"])
            #expect(!narrow.text.contains("@school.example"))
            #expect(!narrow.text.contains("Okoro"))
            // What is not shown is passed over, so that nobody reads it again and again.
            #expect(try narrow.json()["next"] == whole["next"])
        }
    }
}
