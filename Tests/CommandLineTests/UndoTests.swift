import MISEmulator
import Testing

/// Pins, undo, export and erasure, by the command.
@Suite struct UndoTests {
    @Test func `a pin holds at logins and syncs, is shown, and is lifted`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let pinned = try await scene.json(
            "pin",
            "acorn",
            teacher.email,
            "--field",
            "surname",
            "--because",
            "she asked"
        )
        #expect(pinned["pins"].elements.map { $0["field"] } == ["surname"])
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let login = try await scene.json("login", "acorn", "--email", teacher.email)
        #expect(login["decision"] == "allow" && login["changes"].elements.isEmpty)
        #expect(try await scene.json("sync", "acorn")["changed"] == 0)
        let shown = try await scene.json("show", "acorn", teacher.email)
        #expect(shown["surname"].text == teacher.surname)
        #expect(shown["pins"].elements.first?["because"] == "she asked")
        let text = try await scene.run("show", "acorn", teacher.email).output
        #expect(text.contains("surname is pinned (she asked)"))
        let explained = try await scene.run("explain", "acorn", teacher.email).output
        #expect(explained.contains("it is pinned here; lift it with `muster unpin acorn"))
        let free = try await scene.json("unpin", "acorn", teacher.email)
        #expect(free["pins"].elements.isEmpty)
        #expect(try await scene.json("sync", "acorn")["changed"] == 1)
        let none = try await scene.json("unpin", "acorn", teacher.email, status: 1)
        #expect(none["error"]["code"] == "notPinned")
    }

    @Test(arguments: [
        ["--field", "hat"], ["--until", "soon"], ["--until", "2001-01-01"],
        ["--until", "2001-01-01T00:00"],
    ])
    func `a pin of nothing, or until a day that is over, is bad use`(options: [String]) async throws
    {
        let scene = try await Scene.synced()
        let arguments = ["pin", "acorn", try scene.teacher().email] + options + ["--json"]
        let outcome = try await scene.run(arguments)
        #expect(outcome.status == 2)
    }

    @Test func `a sync is undone by its run, and stays undone`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let run = try #require(try await scene.json("sync", "acorn")["run"].text)
        let undone = try await scene.json("undo", run)
        #expect(undone["restored"] == 1 && undone["fields"] == 1 && undone["skipped"] == 0)
        #expect(undone["undone"].text == run && undone["run"].text != run)
        #expect(try await scene.json("sync", "acorn")["changed"] == 0)
        let shown = try await scene.json("show", "acorn", teacher.email)
        #expect(shown["surname"].text == teacher.surname)
        let history = try await scene.json("history", "acorn", teacher.email)["history"].elements
        #expect(history.last?["cause"] == "undo" && history.last?["run"] == undone["run"])
        let again = try await scene.json("undo", run, "--person", teacher.email)
        #expect(again["restored"] == 0 && again["skipped"] == 0)
        #expect(again["undoneBefore"]["run"] == undone["run"])
        let text = try await scene.run("undo", run).output
        let by = "by run \(try #require(undone["run"].text))."
        #expect(text.hasPrefix("Nothing was taken back: run \(run) was undone already, at "))
        #expect(text.contains(by), "\(text)")
        let back = try await scene.json("undo", try #require(undone["run"].text))
        #expect(back["restored"] == 1)
        #expect(try await scene.json("show", "acorn", teacher.email)["surname"] == "Fairweather")
    }

    @Test func `an undo names whom it left something of, and why`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let run = try #require(try await scene.json("sync", "acorn")["run"].text)
        let edit = ["edit", "acorn", teacher.email, "--set", "surname=Married"]
        #expect(try await scene.run(edit).status == 0)
        let text = try await scene.run("undo", run).output
        let line = "  Left of \(teacher.email): surname (an administrator changed it at "
        #expect(text.contains("of 1 person something was left.\n\(line)"), "\(text)")
        let left = try await scene.json("undo", run)["left"].elements
        #expect(left.map { $0["person"].text } == [teacher.email])
        #expect(left[0]["fields"][0]["field"] == "surname")
    }

    @Test func `a login is undone by its person`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        _ = try await scene.json("login", "acorn", "--email", teacher.email)
        let undone = try await scene.json(
            "undo",
            "--person",
            teacher.email,
            "--school",
            "acorn"
        )
        #expect(undone["restored"] == 1)
        let shown = try await scene.json("show", "acorn", teacher.email)
        #expect(shown["surname"].text == teacher.surname)
    }

    @Test func `nobody is suspended by taking back the sync that made her, unless it is named`()
        async throws
    {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        let history = try await scene.json("history", "acorn", email)["history"].elements
        let run = try #require(history.first?["run"].text)
        let refused = try await scene.json(
            "undo",
            "--person",
            email,
            "--school",
            "acorn",
            status: 2
        )
        #expect(refused["error"]["code"] == "notConfirmed")
        let sentence = try #require(refused["error"]["message"].text)
        #expect(sentence.hasSuffix("to do it, say `muster undo \(run) --person \(email)`."))
        #expect(try await scene.json("show", "acorn", email)["status"] == "active")
        #expect(try await scene.json("undo", run, "--person", email)["restored"] == 1)
        #expect(try await scene.json("show", "acorn", email)["status"] == "suspended")
    }

    @Test func `what cannot be undone is said in one sentence`() async throws {
        let scene = try await Scene.synced()
        let unknown = try await scene.json("undo", "12345", status: 2)
        #expect(unknown["error"]["code"] == "unknownRun")
        for arguments in [["undo"], ["undo", "soon"], ["undo", "--person", "a@school.example"]] {
            #expect(try await scene.run(arguments + ["--json"]).status == 2)
        }
    }

    @Test func `an export has the person, her links, what was said of her, and her history`()
        async throws
    {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let export = try await scene.json("export", "acorn", teacher.email)
        #expect(
            export.names == [
                "account", "pins", "editedHere", "links", "history", "formerEmails", "subjects",
                "losses", "review",
            ]
        )
        #expect(export["account"] == (try await scene.json("show", "acorn", teacher.email)))
        let link = try #require(export["links"].elements.first)
        #expect(link["record"].text == teacher.id)
        #expect(link["last"]["surname"]["values"].elements.map(\.text) == [teacher.surname])
        #expect(!export["history"].elements.isEmpty)
        let plain = try await scene.run("export", "acorn", teacher.email)
        #expect(plain.status == 0 && plain.output.hasPrefix("{"))
    }

    @Test func `an erasure asks first, holds at syncs and logins, and is lifted`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let asked = try await scene.json("erase", "acorn", teacher.email, status: 2)
        #expect(asked["error"]["code"] == "notConfirmed")
        let sentence = try #require(asked["error"]["message"].text)
        #expect(sentence.hasPrefix("Nothing was erased: the account, 1 link, "))
        #expect(sentence.hasSuffix(" would go for good; say --yes to do it."))
        #expect(!sentence.contains(" 0 ") && !sentence.contains(" 1 rows"))
        _ = try await scene.json("show", "acorn", teacher.email)
        let erased = try await scene.json("erase", "acorn", teacher.email, "--yes")
        #expect(erased["records"].elements.map(\.text) == [teacher.id])
        _ = try await scene.json("show", "acorn", teacher.email, status: 1)
        let synced = try await scene.json("sync", "acorn")
        #expect(synced["created"] == 0)
        #expect(
            synced["ignored"].elements.contains { $0["reason"] == "erased" && $0["count"] == 1 }
        )
        let login = try await scene.json("login", "acorn", "--email", teacher.email, status: 1)
        #expect(login["decision"] == "deny")
        let nobody = try await scene.json("erase", "acorn", "--lift", "none", status: 1)
        #expect(nobody["error"]["code"] == "notErased")
        #expect(try await scene.json("erase", "acorn", "--lift", teacher.id)["lifted"] == 1)
        #expect(try await scene.json("sync", "acorn")["created"] == 1)
    }
}
