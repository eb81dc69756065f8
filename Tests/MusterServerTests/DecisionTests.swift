import Accounts
import HTTPTypes
import Muster
import MusterTesting
import Roster
import Testing

@testable import MusterServer

/// What administrators decide over HTTP, and who may not.
@Suite(.timeLimit(.minutes(1))) struct DecisionTests {
    private static let school = "/v1/schools/\(Daemon.school)"

    private static func path(_ daemon: Daemon, _ id: String = "E1") async throws -> String {
        "/v1/accounts/\(try await daemon.account(id).id.value)"
    }

    @Test func `a pin is set, holds at syncs, is listed and lifted`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let path = try await Self.path(daemon)
        try await daemon.serve { client async throws in
            let body = #"{"field":"surname","until":"2026-12-01","because":"she asked"}"#
            let set = try await client.send(.post, "\(path)/pins", key: .all, body: body)
            let pin = try #require(try set.json()["pins"].elements.first)
            #expect(pin["field"] == "surname" && pin["against"] == "everything")
            #expect(pin["until"] == "2026-12-01" && pin["because"] == "she asked")
            daemon.source.change(.staff("E1")) { $0.surname = .value("Brown") }
            try await daemon.syncAll()
            #expect(try await daemon.account("E1").surname == "Abdi")
            let list = try await client.send(.get, "\(path)/pins", key: .admin)
            #expect(list.text == set.text)
            let lifted = try await client.send(.delete, "\(path)/pins/surname", key: .admin)
            #expect(lifted.text == #"{"pins":[]}"#)
            let again = try await client.send(.delete, "\(path)/pins/surname", key: .admin)
            #expect(again.status == 404)
            _ = try await client.send(.post, "\(path)/pins", key: .admin, body: "{}")
            #expect(try await daemon.account("E1").isPinned(.email, against: nil))
            #expect(try await client.send(.delete, "\(path)/pins", key: .admin).status == 200)
            #expect(try await client.send(.delete, "\(path)/pins", key: .admin).status == 404)
        }
    }

    @Test(arguments: [
        #"{"field":"shoeSize"}"#, #"{"field":"credential"}"#, #"{"fields":"surname"}"#,
        #"{"field":7}"#,
        #"{"field":"surname","until":"soon"}"#, #"{"until":"2026-12-1"}"#, #"{"because":true}"#,
        #"{"field":"title","field":"title"}"#,
    ])
    func `a pin that cannot be read is refused whole`(body: String) async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let path = try await Self.path(daemon)
        try await daemon.serve { client async throws in
            let answer = try await client.send(.post, "\(path)/pins", key: .all, body: body)
            #expect(answer.status == 400)
            #expect(try await daemon.account("E1").pins.isEmpty)
        }
    }

    @Test func `a key that sees some members pins those, and decides nothing else`() async throws {
        let desk = try await Desk()
        let account = "/v1/accounts/\(desk.id("E1"))"
        try await desk.daemon.serve { client async throws in
            let pins = "\(account)/pins"
            for (body, status) in [
                (#"{"field":"forename"}"#, 200), (#"{"field":"surname"}"#, 400), ("{}", 403),
            ] {
                let answer = try await client.send(.post, pins, key: .narrow, body: body)
                #expect(answer.status == status, "\(body)")
            }
            _ = try await client.send(.post, pins, key: .all, body: #"{"field":"surname"}"#)
            let seen = try await client.send(.get, pins, key: .narrow).json()["pins"].elements
            #expect(seen.map { $0["field"] } == ["forename"])
            #expect(try await client.send(.delete, "\(pins)/surname", key: .narrow).status == 404)
            #expect(try await client.send(.delete, pins, key: .narrow).status == 403)
            let record = "\(Self.school)/review/staff/W3"
            for (method, path) in [
                (.get, "\(account)/export"), (.post, "\(account)/erasure"),
                (.post, "\(account)/undo"), (.post, "/v1/runs/\(desk.second)/undo"),
                (.get, "\(Self.school)/review"), (.get, record), (.post, "\(record)/create"),
                (.post, "\(record)/link"), (.post, "\(record)/ignore"),
                (.delete, "\(record)/ignore"), (.post, "\(Self.school)/merges"),
                (.post, "\(Self.school)/approvals"),
            ] as [(HTTPRequest.Method, String)] {
                let answer = try await client.send(method, path, key: .narrow, body: "{}")
                #expect(answer.status == 403, "\(method) \(path)")
            }
        }
    }

    @Test func `nobody decides about people of another tenant`() async throws {
        let desk = try await Desk()
        let account = "accounts/\(desk.id("E1"))"
        let before = desk.daemon.store.snapshot()
        try await desk.daemon.serve { client async throws in
            let foreign = "/v1/schools/\(Daemon.foreignSchool)"
            for base in ["/v1", foreign] {
                for (method, path, body) in [
                    (.get, "\(account)/pins", nil), (.post, "\(account)/pins", "{}"),
                    (.delete, "\(account)/pins/title", nil), (.get, "\(account)/export", nil),
                    (.post, "\(account)/erasure", #"{"confirm":true}"#),
                    (.post, "\(account)/undo", "{}"),
                    (.post, "runs/\(desk.first)/undo", #"{"confirm":true}"#),
                ] as [(HTTPRequest.Method, String, String?)] {
                    let url = "\(base)/\(path)"
                    let answer = try await client.send(method, url, key: .foreign, body: body)
                    #expect(answer.status == 404, "\(method) \(url): \(answer.text)")
                }
            }
            // Two accounts and a plan of the other tenant, named in a body.
            let (one, two) = (desk.id("E1"), desk.id("E2"))
            for (path, body) in [
                ("merges", #"{"from":"\#(one)","into":"\#(two)"}"#),
                ("approvals", #"{"plan":"\#(desk.planName)"}"#),
            ] {
                let url = "\(foreign)/\(path)"
                let answer = try await client.send(.post, url, key: .foreign, body: body)
                #expect(answer.status == 422, "\(path): \(answer.text)")
            }
        }
        #expect(desk.daemon.store.snapshot() == before)
    }

    @Test func `nobody is suspended by taking back the run that made her, unless it is named`()
        async throws
    {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        let path = try await Self.path(daemon)
        try await daemon.serve { client async throws in
            let refused = try await client.send(.post, "\(path)/undo", key: .admin)
            #expect(refused.status == 409 && refused.text.contains("it would be suspended"))
            #expect(try await daemon.account("E1").status == .active)
        }
    }

    @Test func `a run and a person are taken back`() async throws {
        let daemon = try await Daemon()
        try await daemon.syncAll()
        for id in ["E1", "E2"] {
            daemon.source.change(.staff(id)) { $0.title = .value("Dame") }
        }
        let run = await BatchSync(daemon.workshop).run(daemon.connection).run.value
        let path = try await Self.path(daemon)
        try await daemon.serve { client async throws in
            let one = try await client.send(.post, "\(path)/undo", key: .admin)
            #expect(try one.json()["restored"] == 1 && one.json()["undone"].text == "\(run)")
            #expect(try await daemon.account("E1").title != "Dame")
            #expect(try await daemon.account("E2").title == "Dame")
            let all = try await client.send(.post, "/v1/runs/\(run)/undo", key: .admin)
            #expect(try all.json()["restored"] == 1 && all.json()["skipped"] == 0)
            #expect(try all.json()["undoneBefore"]["run"] == one.json()["run"])
            let again = try await client.send(.post, "/v1/runs/\(run)/undo", key: .admin).json()
            #expect(again["restored"] == 0 && again["undoneBefore"]["people"] == 2)
            #expect(try await daemon.account("E2").title != "Dame")
            try await daemon.syncAll()
            #expect(try await daemon.account("E2").title != "Dame")
            let unknown = try await client.send(.post, "/v1/runs/12/undo", key: .admin)
            #expect(unknown.status == 404)
        }
    }

    @Test func `what is held of a person is shown, and taken away for good`() async throws {
        let desk = try await Desk()
        let path = "/v1/accounts/\(desk.id("E7"))"
        try await desk.daemon.serve { client async throws in
            let export = try await client.send(.get, "\(path)/export", key: .admin).json()
            #expect(export["account"]["email"] == "e7@school.example")
            #expect(export["links"].elements.count == 1 && export["review"].elements.count == 2)
            let asked = try await client.send(.post, "\(path)/erasure", key: .admin, body: "{}")
            #expect(asked.status == 409)
            let body = #"{"confirm":true}"#
            let erased = try await client.send(.post, "\(path)/erasure", key: .admin, body: body)
            #expect(try erased.json()["records"].elements == ["E7", "W1", "W4"])
            #expect(try await client.send(.get, path, key: .all).status == 404)
            let again = try await client.send(.post, "\(path)/erasure", key: .admin, body: body)
            #expect(again.status == 404)
        }
        let result = await BatchSync(desk.daemon.workshop).run(desk.daemon.connection)
        #expect(result.ignored == [.erased: 3] && result.created == 0)
    }

    @Test func `what waits is listed, shown and decided`() async throws {
        let desk = try await Desk()
        try await desk.daemon.serve { client async throws in
            let review = "\(Self.school)/review"
            func waiting(_ query: String = "") async throws -> [JSONValue] {
                try await client.send(.get, review + query, key: .admin).json()["records"]
                    .elements.map { $0["record"] }
            }
            #expect(try await waiting() == ["W1", "W2", "W3", "W4"])
            let shown = try await client.send(.get, "\(review)/staff/W1", key: .admin).json()
            #expect(shown["choices"].elements.map { $0["decision"] } == ["link", "create"])
            #expect(shown["choices"].elements.first?["account"].text == "\(desk.id("E7"))")
            let wrong = try await client.send(.get, "\(review)/student/W1", key: .admin)
            #expect(wrong.status == 404)
            let body = #"{"account":"\#(desk.id("E7"))"}"#
            let linked = try await client.send(
                .post,
                "\(review)/staff/W1/link",
                key: .admin,
                body: body
            )
            #expect(try linked.json()["account"]["id"].text == "\(desk.id("E7"))")
            let made = try await client.send(.post, "\(review)/staff/W2/create", key: .admin)
            #expect(try made.json()["account"]["email"] == "w@school.example")
            let ignored = try await client.send(
                .post,
                "\(review)/staff/W3/ignore",
                key: .admin,
                body: #"{"because":"a test record"}"#
            )
            #expect(try ignored.json()["ignored"]["because"] == "a test record")
            #expect(try await waiting() == ["W4"])
            #expect(try await waiting("?all=1") == ["W3", "W4"])
        }
    }

    @Test(arguments: [false, true])
    func `two parents who share an address stay two, unless it is said that they are one`(
        isGone: Bool
    ) async throws {
        let daemon = try await Daemon()
        let school = SchoolKey(connection: daemon.connection.id, school: Daemon.school)
        // Whose record is gone may have married since, and is not quite another person then.
        func record(_ id: String, _ forename: String) -> Observation {
            .contact(
                id,
                forename: forename,
                surname: isGone ? "Carer \(id)" : "Carer",
                email: "family@home.example",
                in: school,
                sequence: 1
            )
        }
        var account = Account(id: AccountID(77), tenant: .standard)
        account.email = "family@home.example"
        let (first, second) = (account, record("c2", "Mari"))
        var changes = ChangeSet(
            tenant: .standard,
            run: nil,
            cause: .batch,
            at: daemon.clock.now()
        )
        changes.accounts = [AccountWrite(after: first, before: nil)]
        var link = Link.of(record("c1", "Owain"), to: first.id)
        if isGone { link.state = .left(.notCurrent) }
        changes.links = [LinkWrite(after: link, baseSequence: nil)]
        changes.unlinked = [
            UnlinkedRecord(
                observation: second,
                email: first.email,
                reason: .emailOfLinkedAccount,
                candidates: [first.id]
            )
        ]
        try await daemon.store.apply(changes)
        try await daemon.serve { client async throws in
            for (said, status) in [
                ("", 422), (#","samePerson":false"#, 422), (#","samePerson":true"#, 200),
            ] {
                let answer = try await client.send(
                    .post,
                    "\(Self.school)/review/contact/c2/link",
                    key: .admin,
                    body: #"{"account":"77"\#(said)}"#
                )
                #expect(answer.status == status, "\(said): \(answer.text)")
            }
        }
        let links = try await daemon.store.summary(of: first.id)?.links.map(\.key.id)
        #expect(Set(links ?? []) == ["c1", "c2"])
    }

    @Test func `a plan is carried out, and what it names runs like a sync`() async throws {
        let desk = try await Desk()
        try await desk.daemon.serve { client async throws in
            let begun = try await client.send(
                .post,
                "\(Self.school)/approvals",
                key: .admin,
                body: #"{"plan":"\#(desk.planName)"}"#
            )
            #expect(begun.status == 202)
            let path = try #require(begun.headers[.location])
            let events = try await client.send(.get, "\(path)/events", key: .admin)
            #expect(events.text.contains("event: result"))
            let run = try await client.send(.get, path, key: .admin).json()
            #expect(run["kind"] == "approval" && run["state"] == "completed")
        }
    }
}
