import Foundation
import MISEmulator
import Testing

@Suite struct LoginTests {
    @Test(arguments: ["token", "folder", "/proc/version"])
    func `a store that cannot be used is named, with what to do`(name: String) async throws {
        let scene = try await Scene()
        try FileManager.default.createDirectory(
            atPath: scene.file("folder"),
            withIntermediateDirectories: false
        )
        let path = name.hasPrefix("/") ? name : scene.file(name)
        let json = try await scene.json(
            "login",
            "acorn",
            "--email",
            "a@school.example",
            "--store",
            path,
            status: 2
        )
        #expect(json["error"]["code"] == "store")
        let message = try #require(json["error"]["message"].text)
        #expect(message.contains("\(path) "))
        #expect(message.contains("; "), "nothing to do: \(message)")
        #expect(message.hasSuffix("."))
    }

    @Test func `a login takes what changed in the MIS`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) { change in
            change.surname = "Fairweather"
            change.roles = ["Head of Year"]
        }
        scene.emulator.clearRequests()
        let json = try await scene.json("login", "acorn", "--email", teacher.email.uppercased())
        #expect(
            json.names == [
                "decision", "outcome", "run", "account", "changes", "lookup", "milliseconds",
            ]
        )
        #expect(json["decision"] == "allow")
        #expect(json["outcome"] == "refreshed")
        #expect(json["run"].text != nil)
        #expect(json["account"]["surname"] == "Fairweather")
        let changes = json["changes"].elements
        #expect(changes.allSatisfy { $0.names == ["field", "from", "to"] })
        #expect(
            changes.contains {
                $0["field"] == "surname" && $0["from"].text == teacher.surname
                    && $0["to"] == "Fairweather"
            }
        )
        #expect(json["lookup"].names == ["requests", "milliseconds"])
        #expect(json["lookup"]["requests"] == 1)
        #expect(scene.emulator.requestCount == 1)
        #expect(try await scene.json("show", "acorn", teacher.email)["jobTitle"] == "Head of Year")
    }

    @Test func `a second login within the freshness asks nobody`() async throws {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        let first = try await scene.json("login", "acorn", "--email", email)
        #expect(first["outcome"] == "unchanged")
        #expect(first["run"] == nil)
        scene.emulator.clearRequests()
        let second = try await scene.json("login", "acorn", "--email", email)
        #expect(second["outcome"] == "fresh")
        #expect(second["lookup"]["requests"] == 0)
        #expect(scene.emulator.requestCount == 0)
        let third = try await scene.json(
            "login",
            "acorn",
            "--email",
            email,
            environment: ["MUSTER_LOGIN_FRESH_SECONDS": "0"]
        )
        #expect(third["outcome"] == "unchanged")
        #expect(scene.emulator.requestCount == 1)
    }

    @Test func `by the id of the record and by user name`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let byID = try await scene.json("login", scene.school, "--source-id", teacher.id)
        #expect(byID["decision"] == "allow")
        let byName = try await scene.json("login", "acorn", "--username", teacher.email)
        #expect(byName["account"]["email"] == .text(teacher.email))
    }

    @Test func `an unknown person is denied and nobody is asked`() async throws {
        let scene = try await Scene.synced()
        scene.emulator.clearRequests()
        let json = try await scene.json(
            "login",
            "acorn",
            "--email",
            "nobody@school.example",
            status: 1
        )
        #expect(json["decision"] == "deny")
        #expect(json["outcome"] == "unknownPerson")
        #expect(json["account"] == nil)
        #expect(json["changes"] == [])
    }

    @Test func `with a password that was never set, one has to be set`() async throws {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        let json = try await scene.json(
            "login",
            "acorn",
            "--email",
            email,
            "--method",
            "password",
            status: 1
        )
        #expect(json["decision"] == "resetPassword")
    }

    @Test func `the MIS down lets a known person in`() async throws {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        await scene.emulator.stop()
        let outcome = try await scene.run("login", "acorn", "--email", email, "--json")
        #expect(outcome.status == 0)
        let json = try outcome.json()
        #expect(json["decision"] == "allow")
        #expect(json["outcome"] == "sourceUnavailable")
        #expect(json["account"]["email"] == .text(email))
        #expect(outcome.messages.contains("could not be reached"))
    }

    @Test func `the answer comes in the budget, the work is finished behind it`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Late"
        }
        scene.emulator.add(Fault(.hold, pathContains: "/employees/"))
        let login = try scene.start(
            ["login", "acorn", "--email", teacher.email, "--json"],
            environment: ["MUSTER_LOGIN_BUDGET_MS": "1000"]
        )
        // The answer is there while the source still keeps silent.
        let line = await login.firstLine()
        #expect(line.contains(#""outcome":"deferred""#))
        #expect(line.contains(#""decision":"allow""#))
        scene.emulator.clearFaults()
        let outcome = await login.outcome()
        #expect(outcome.status == 0)
        #expect(try outcome.json()["account"]["surname"].text == teacher.surname)
        #expect(try await scene.json("show", "acorn", teacher.email)["surname"] == "Late")
    }

    @Test func `somebody who left is denied`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) { change in
            change.current = false
            change.endDate = "2026-08-31"
        }
        let json = try await scene.json("login", "acorn", "--email", teacher.email, status: 1)
        #expect(json["outcome"] == "left")
        #expect(json["account"]["status"] == "suspended")
    }

    @Test func `text output shows each change, old and new`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let outcome = try await scene.run("login", "acorn", "--email", teacher.email)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("→  Fairweather"))
        #expect(outcome.output.contains("1 request: "))
        #expect(outcome.messages.isEmpty)
    }

    @Test(
        arguments: [
            ["acorn"], ["acorn", "--email", "a@b.example", "--source-id", "1"],
            ["acorn", "--email", "a@b.example", "--method", "magic"], [],
        ]
    )
    func `bad usage ends with 2`(arguments: [String]) async throws {
        let scene = try await Scene()
        let outcome = try await scene.run(["login"] + arguments + ["--json"])
        #expect(outcome.status == 2)
        #expect(try outcome.json()["error"]["code"] == "usage")
    }

    @Test func `an unknown school ends with 2`() async throws {
        let scene = try await Scene.connected()
        let json = try await scene.json("login", "x", "--email", "a@b.example", status: 2)
        #expect(json["error"]["code"] == "unknownSchool")
    }
}
