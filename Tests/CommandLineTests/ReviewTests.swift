import MISEmulator
import Testing

/// Decisions about records and accounts, by the command.
@Suite struct ReviewCommandTests {
    /// Two people who state one address.
    private func shared() async throws -> (scene: Scene, first: EmployeeSummary, second: String) {
        let scene = try await Scene.connected()
        let first = try scene.teacher()
        let second = try scene.teacher(1)
        try scene.emulator.change(school: scene.school, employee: second.id) {
            $0.workEmail = .set(first.email)
        }
        let synced = try await scene.json("sync", "acorn")
        #expect(synced["disputed"] == 2)
        return (scene, first, second.id)
    }

    @Test func `a record is shown, gets its account, and stays with it`() async throws {
        let (scene, first, second) = try await shared()
        let shown = try await scene.json("review", "show", "acorn", first.id)
        #expect(shown["reason"] == "sharedEmail")
        #expect(shown["last"]["surname"]["values"].elements.map(\.text) == [first.surname])
        #expect(shown["choices"].elements.first?["decision"] == "create")
        let text = try await scene.run("review", "show", "acorn", first.id)
        #expect(text.output.contains("muster review create acorn \(first.id)"))
        let made = try await scene.json("review", "create", "acorn", first.id)
        #expect(made["account"]["email"].text == first.email)
        #expect(made["changes"].elements.contains { $0["to"].text == first.email })
        let gone = try await scene.json("review", "create", "acorn", first.id, status: 1)
        #expect(gone["error"]["code"] == "unknownRecord")
        let refused = try await scene.json("review", "create", "acorn", second, status: 1)
        #expect(refused["error"]["code"] == "notLinkable")
        let nobody = try await scene.json(
            "review",
            "link",
            "acorn",
            second,
            "nobody@school.example",
            status: 1
        )
        #expect(nobody["error"]["code"] == "nobody")
        let link = ["review", "link", "acorn", second, first.email]
        let colleague = try await scene.run(link)
        #expect(colleague.status == 1 && colleague.messages.contains("say so with --same-person"))
        let linked = try await scene.run(link + ["--same-person", "--json"]).json()
        #expect(linked["account"]["id"] == made["account"]["id"])
        #expect(!linked["changes"].elements.isEmpty)
        let synced = try await scene.json("sync", "acorn")
        #expect(synced["disputed"] == 0 && synced["created"] == 0)
        let login = try await scene.json("login", "acorn", "--source-id", second)
        #expect(login["account"]["id"] == made["account"]["id"])
    }

    @Test func `after a change of MIS the plan is short, and names wait for a decision`()
        async throws
    {
        let scene = try await Scene.connected()
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
        let person = try scene.teacher()
        let renewed = try scene.emulator.migrate(school: scene.school)
        let new = try #require(renewed[person.id])
        try scene.emulator.change(school: scene.school, employee: new) {
            $0.teacherNumber = .clear
            $0.workEmail = .set("new@trust.example")
        }
        let shown = try await scene.run("sync", "acorn", "--preview")
        #expect(shown.status == 0)
        let held = try await scene.run("sync", "acorn")
        #expect(held.status == 1 && held.output.contains("1 suggested by name only, 0 unknown"))
        for output in [shown.output, held.output] {
            let lines = output.split(separator: "\n").map(String.init)
            #expect(lines.count < 45 && output.contains("more: see everybody with --json."))
            #expect(lines.contains { $0.contains("\(person.id)") && $0.contains("\(new)") })
            #expect(lines.count { $0.contains("muster approve ") } == 1)
        }
        let json = try await scene.json("sync", "acorn", status: 1)
        let school = try #require(json["renumbered"].elements.first)
        let counted = ["number", "address", "name"].compactMap { school[$0].number }.reduce(0, +)
        #expect(school["people"].elements.count == Int(counted) && school["name"] == 1)
        let plan = try #require(json["plan"].text)
        #expect(try await scene.json("approve", plan)["state"] == "completed")
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
        let list = try await scene.run("review", "acorn").output
        #expect(
            list.contains(person.email) && list.contains("Accounts whose record the MIS lists no")
        )
        let ignored = try await scene.run(
            "review",
            "ignore",
            "acorn",
            new,
            "--because",
            "she left"
        )
        #expect(ignored.output.hasPrefix("The record \(new) is ignored for as long as it waits"))
        for output in [list, ignored.output] {
            #expect(output.contains("it is new since the ids of the school changed"))
            #expect(!output.contains("all ids changed"))
        }
        #expect(ignored.output.contains("that account is suspended like anybody's"))
        let linked = try await scene.json("review", "link", "acorn", new, person.email)
        #expect(linked["account"]["email"] == "new@trust.example")
        let after = try await scene.json("review", "acorn")
        #expect(after["records"] == [] && after["accountsWithoutRecord"] == [])
    }

    @Test func `a record is ignored, listed with --all, and waits again`() async throws {
        let (scene, first, _) = try await shared()
        let ignored = try await scene.json(
            "review",
            "ignore",
            "acorn",
            first.id,
            "--because",
            "a test record",
            "--until",
            "2999-01-01"
        )
        #expect(ignored["ignored"]["because"] == "a test record")
        #expect(try await scene.json("sync", "acorn")["disputed"] == 1)
        #expect(try await scene.json("review", "acorn")["records"].elements.count == 1)
        let all = try await scene.json("review", "acorn", "--all")["records"].elements
        let row = try #require(all.first { $0["record"].text == first.id })
        #expect(row["standing"] == "ignored" && row["ignored"]["until"] == "2999-01-01")
        let listed = try await scene.run("review", "acorn", "--all").output
        #expect(listed.contains("ignored until 2999-01-01: "), "\(listed)")
        #expect(listed.contains(/RECORD +KIND +NAME/) && listed.contains(" staff "))
        let lifted = try await scene.json("review", "ignore", "acorn", first.id, "--lift")
        #expect(lifted["ignored"] == nil)
        #expect(try await scene.json("review", "acorn")["records"].elements.count == 2)
        let again = try await scene.json("review", "ignore", "acorn", first.id, "--lift", status: 1)
        #expect(again["error"]["code"] == "notIgnored")
        for arguments in [
            ["--because", "x", "--until", "soon"], ["--because", "x", "--until", "2001-01-01"],
            ["--because", " "], [], ["--lift", "--because", "x"],
        ] {
            let outcome = try await scene.run(
                ["review", "ignore", "acorn", first.id, "--json"] + arguments
            )
            #expect(outcome.status == 2, "\(arguments)")
        }
    }

    @Test func `two parents who share an address stay two, unless it is said that they are one`()
        async throws
    {
        let scene = try await Scene()
        let parents = try scene.emulator.contacts(school: scene.school).filter { $0.email != nil }
        let (first, second) = (parents[0].id, parents[1].id)
        for (id, forename) in [(first, "Owain"), (second, "Mari")] {
            try scene.emulator.change(school: scene.school, contact: id) {
                $0.forename = .set(forename)
                $0.email = "family@home.example"
            }
        }
        let connected = try await scene.connect(Scene.name, "--people", "contacts")
        try #require(connected.status == 0, "\(connected.messages)")
        _ = try await scene.json("sync", "acorn")
        let made = try await scene.json("review", "create", "acorn", first)
        let link = ["review", "link", "acorn", second, "family@home.example"]
        let refused = try await scene.run(link + ["--json"])
        #expect(refused.status == 1)
        let error = try refused.json()["error"]
        #expect(error["code"] == "conflict")
        #expect(error["message"].text?.contains("--same-person") == true)
        let said = try await scene.run(link + ["--same-person", "--json"])
        #expect(said.status == 0)
        #expect(try said.json()["account"]["id"] == made["account"]["id"])
    }

    @Test func `two accounts are merged, and taken apart again`() async throws {
        let scene = try await Scene.synced()
        let (first, second) = (try scene.teacher(), try scene.teacher(1))
        let merge = ["review", "merge", "acorn", first.email, second.email]
        let refused = try await scene.run(merge + ["--json"])
        #expect(refused.status == 1)
        #expect(try refused.json()["error"]["code"] == "notMerged")
        let done = try await scene.run(merge + ["--same-person", "--json"]).json()
        #expect(done["account"]["email"].text == second.email)
        #expect(try await scene.json("sync", "acorn")["created"] == 0)
        let login = try await scene.json("login", "acorn", "--email", first.email)
        #expect(login["account"]["id"] == done["account"]["id"])
        let run = try #require(done["run"].text)
        #expect(try await scene.json("undo", run)["restored"].number.map { $0 >= 2 } == true)
        let shown = try await scene.json("show", "acorn", first.email)
        #expect(shown["status"] == "active" && shown["surname"].text == first.surname)
        #expect(try await scene.json("sync", "acorn")["created"] == 0)
    }

    @Test func `what a sync held back is on the list with the command that approves it`()
        async throws
    {
        let scene = try await Scene.synced()
        let staff = try scene.emulator.employees(school: scene.school)
            .filter { $0.current != false }
        for person in staff.prefix(12) {
            try scene.emulator.change(school: scene.school, employee: person.id) {
                $0.current = false
            }
        }
        let held = try await scene.json("sync", "acorn", status: 1)
        let plan = try #require(held["plan"].text)
        let list = try await scene.json("review", "acorn")["held"].elements
        #expect(list.map { $0["plan"].text } == [plan])
        #expect(try await scene.run("review", "acorn").output.contains("muster approve \(plan)"))
        _ = try await scene.json("approve", plan)
        #expect(try await scene.json("review", "acorn")["held"].elements.isEmpty)
    }
}
