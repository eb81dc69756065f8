import MISEmulator
import Testing

@Suite struct AccountTests {
    private static let members: Set = [
        "id", "email", "title", "forename", "surname", "initials", "jobTitle", "teachingStaff",
        "phone", "address", "lineManager", "classes", "subjects", "roles", "status",
        "credential", "kinds",
    ]

    @Test func `an account has the members that hosts rely on`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let account = try await scene.json("show", "acorn", teacher.email)
        #expect(account.names == Self.members)
        #expect(account["id"].text?.allSatisfy(\.isNumber) == true)
        #expect(account["email"] == .text(teacher.email))
        #expect(account["surname"].text == teacher.surname)
        #expect(account["lineManager"].names == ["id", "email", "name"])
        #expect(account["status"] == "active")
        #expect(account["credential"] == "none")
        #expect(account["kinds"] == ["staff"])
        let classes = account["classes"].elements
        #expect(Set(classes.count...classes.count).contains(teacher.classIDs.count))
        #expect(classes.allSatisfy { $0.names == ["id", "name", "description", "role"] })
        let names = classes.compactMap { $0["name"].text }
        #expect(names == names.sorted())
        let subjects = account["subjects"].elements.compactMap(\.text)
        #expect(!subjects.isEmpty)
        #expect(subjects == Set(subjects).sorted())
        let list = try await scene.json("list", scene.school)
        #expect(list["accounts"].elements.contains(account))
    }

    @Test(arguments: [
        "show", "history", "explain", "suspend", "restore", "pin", "unpin", "export", "erase",
    ])
    func `nobody of that name is a no`(subcommand: String) async throws {
        let scene = try await Scene.connected()
        let json = try await scene.json(subcommand, "acorn", "x@school.example", status: 1)
        #expect(json["error"]["code"] == "nobody")
        let elsewhere = try await scene.json(subcommand, "none", "x@school.example", status: 2)
        #expect(elsewhere["error"]["code"] == "unknownSchool")
    }

    @Test func `history tells each change with its cause`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let login = try await scene.json("login", "acorn", "--email", teacher.email)
        let history = try await scene.json("history", "acorn", teacher.email)["history"].elements
        #expect(
            history.allSatisfy { $0.names == ["at", "run", "cause", "field", "from", "to"] }
        )
        #expect(history.first?["cause"] == "batch")
        let last = try #require(history.last)
        #expect(last["cause"] == "login")
        #expect(last["run"] == login["run"])
        #expect(last["field"] == "surname")
        #expect(last["from"].text == teacher.surname)
        #expect(last["to"] == "Fairweather")
        let text = try await scene.run("history", "acorn", teacher.email).output
        let row = text.split(separator: "\n").first { $0.contains("Fairweather") }
        #expect(row?.contains(try #require(login["run"].text)) == true, "\(text)")
        let at = try #require(last["at"].text)
        #expect(at.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func `explain says what was asked, answered and decided`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let json = try await scene.json("explain", "acorn", teacher.email)
        #expect(json.names == ["asked", "answer", "match", "held", "fields"])
        #expect(!json["asked"].elements.isEmpty)
        #expect(json["match"]["decision"] == "linked")
        #expect(json["match"]["record"] == .text(teacher.id))
        let fields = json["fields"].elements
        #expect(
            fields.allSatisfy {
                $0.names == ["field", "decision", "reason", "local", "source"]
            }
        )
        let surname = try #require(fields.first { $0["field"] == "surname" })
        #expect(surname["decision"] == "change")
        #expect(surname["reason"] == "sourceOwns")
        #expect(surname["source"] == "Fairweather")
        let classes = try #require(fields.first { $0["field"] == "classes" })
        #expect(classes["local"].text?.isEmpty == false)
        #expect(classes["local"] == classes["source"])
        // Explaining changes nothing.
        #expect(
            try await scene.json("show", "acorn", teacher.email)["surname"].text == teacher.surname
        )
        let text = try await scene.run("explain", "acorn", teacher.email).output
        #expect(text.contains("the MIS decides, and says something else [owner.surname=source]"))
        // A field that stays names its setting too, and how to change it.
        #expect(text.contains("the MIS and the account agree [owner.forename=source]"))
        #expect(text.contains("muster policy acorn --set owner.FIELD=VALUE"))
        #expect(!text.contains(scene.emulator.token))
    }

    @Test func `explain tells of every field of a leaver`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.current = false
        }
        let fields = try await scene.json("explain", "acorn", teacher.email)["fields"].elements
        let surname = try #require(fields.first { $0["field"] == "surname" })
        #expect(surname["decision"] == "keep" && surname["reason"] == "statedLeaving")
        #expect(surname["local"].text == teacher.surname)
        let status = try #require(fields.first { $0["field"] == "status" })
        #expect(status["decision"] == "change" && status["reason"] == "statedLeaving")
    }

    @Test func `an edit lasts as the policy says`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let edited = try await scene.run(
            "edit",
            "acorn",
            teacher.email,
            "--set",
            "surname=Local",
            "phone=0123",
            "--json"
        )
        #expect(edited.status == 0)
        #expect(try edited.json().names == Self.members)
        #expect(try edited.json()["surname"] == "Local")
        #expect(edited.messages.contains("owner.surname=untilEdited"))
        _ = try await scene.json("sync", "acorn")
        let undone = try await scene.json("show", "acorn", teacher.email)
        #expect(undone["surname"].text == teacher.surname)
        _ = try await scene.json("policy", "acorn", "--set", "owner.surname=untilEdited")
        let kept = try await scene.run(
            "edit",
            "acorn",
            teacher.email,
            "--set",
            "surname=Local",
            "--json"
        )
        #expect(kept.messages.isEmpty)
        _ = try await scene.json("sync", "acorn")
        #expect(try await scene.json("show", "acorn", teacher.email)["surname"] == "Local")
    }

    @Test func `a line manager is set by address and taken away by nothing`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let other = try #require(
            try scene.emulator.employees(school: scene.school).first {
                $0.workEmail != nil && $0.current != false && $0.id != teacher.id
                    && !teacher.lineManagerIDs.contains($0.id)
            }
        )
        let set = try await scene.json(
            "edit",
            "acorn",
            teacher.email,
            "--set",
            "lineManager=\(other.email)"
        )
        #expect(set["lineManager"]["email"] == .text(other.email))
        let none = try await scene.json("edit", "acorn", teacher.email, "--set", "lineManager=")
        #expect(none["lineManager"] == nil)
        let nobody = try await scene.json(
            "edit",
            "acorn",
            teacher.email,
            "--set",
            "lineManager=x@school.example",
            status: 1
        )
        #expect(nobody["error"]["code"] == "nobody")
    }

    @Test(
        arguments: [
            "surname", "=x", "shoeSize=44", "status=active", "teachingStaff=maybe", "email=",
            "email=no address",
        ]
    )
    func `an edit that cannot be done ends with 2`(assignment: String) async throws {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        let before = try await scene.json("show", "acorn", email)
        let json = try await scene.json("edit", "acorn", email, "--set", assignment, status: 2)
        #expect(json["error"].names == ["code", "message"])
        #expect(try await scene.json("show", "acorn", email) == before)
    }

    @Test func `a suspended person is denied without a request until restored`() async throws {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        #expect(try await scene.json("suspend", "acorn", email)["status"] == "suspended")
        scene.emulator.clearRequests()
        let login = try await scene.json("login", "acorn", "--email", email, status: 1)
        #expect(login["decision"] == "deny")
        #expect(scene.emulator.requestCount == 0)
        _ = try await scene.json("sync", "acorn")
        #expect(try await scene.json("show", "acorn", email)["status"] == "suspended")
        #expect(try await scene.json("restore", "acorn", email)["status"] == "active")
        #expect(try await scene.json("login", "acorn", "--email", email)["decision"] == "allow")
    }

    @Test func `a policy is shown, set and taken back`() async throws {
        let scene = try await Scene.connected()
        let plain = try await scene.json("policy", "acorn")
        #expect(plain["tenant"] == "default")
        #expect(plain["policy"]["owner.surname"] == "source")
        let set = try await scene.json(
            "policy",
            "acorn",
            "--set",
            "owner.surname=local",
            "role.heads=Head of Year,Head of History"
        )
        #expect(set["policy"]["owner.surname"] == "local")
        #expect(try await scene.json("policy", "acorn") == set)
        let bad = try await scene.json(
            "policy",
            "acorn",
            "--set",
            "owner.surname=default",
            "owner.shoe=local",
            status: 2
        )
        #expect(bad["error"]["code"] == "usage")
        #expect(try await scene.json("policy", "acorn") == set)
    }

    @Test func `roles come from the mapping of job titles`() async throws {
        let scene = try await Scene.connected()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.roles = ["Head of Year", "Classroom Teacher"]
        }
        _ = try await scene.json(
            "policy",
            "acorn",
            "--set",
            "role.b=head of year",
            "role.a=Classroom Teacher"
        )
        _ = try await scene.json("sync", "acorn")
        #expect(try await scene.json("show", "acorn", teacher.email)["roles"] == ["a", "b"])
    }
}
