import Foundation
import MISEmulator
import Testing

@Suite struct ConnectTests {
    @Test func `connect names the connection and its schools`() async throws {
        let scene = try await Scene()
        let outcome = try await scene.connect()
        #expect(outcome.status == 0)
        let json = try outcome.json()
        #expect(json.names == ["connection", "schools"])
        #expect(json["connection"] == "acorn")
        #expect(json["schools"][0].names == ["school", "name"])
        #expect(json["schools"][0]["school"] == .text(scene.school))
        #expect(outcome.messages.contains("Granted: "))
        #expect(outcome.messages.contains("Not asked for: postal addresses"))
    }

    @Test func `what the school does not grant is said in words`() async throws {
        let scene = try await Scene()
        try scene.emulator.setSwitches(school: scene.school) { switches in
            switches.ungranted = ["employee.roles"]
            switches.mis = "Bromcom"
        }
        let outcome = try await scene.connect(Scene.name, "--also", "address")
        #expect(outcome.status == 0)
        #expect(outcome.messages.contains("Not granted: job titles; ask the school to share it."))
        #expect(outcome.messages.contains("the MIS is Bromcom"))
        #expect(outcome.messages.contains("Never delivered by this MIS:"))
    }

    @Test func `a wrong token is refused, and nothing is kept`() async throws {
        let scene = try await Scene()
        scene.write("wrong-token-of-somebody\n", to: "wrong")
        let outcome = try await scene.connect(token: "wrong")
        #expect(outcome.status == 1)
        #expect(try outcome.json()["error"]["code"] == "refused")
        #expect(!(outcome.output + outcome.messages).contains("wrong-token"))
        let list = try await scene.json("connections")
        #expect(list["connections"] == [])
    }

    @Test func `an unknown school is refused`() async throws {
        let scene = try await Scene()
        let outcome = try await scene.connect(school: "A0000000009")
        #expect(outcome.status == 1)
        #expect(try outcome.json()["error"].names == ["code", "message"])
    }

    @Test(arguments: [Fault.Kind.html, .truncate, .malformed, .hugeBody, .reset])
    func `an answer that is none is refused in one sentence`(kind: Fault.Kind) async throws {
        let scene = try await Scene()
        scene.emulator.add(Fault(kind))
        let outcome = try await scene.connect()
        #expect(outcome.status == 1)
        let message = try #require(try outcome.json()["error"]["message"].text)
        #expect(message.hasSuffix("."))
        #expect(outcome.messages == "\(message)\n")
    }

    @Test func `an unreachable host is refused`() async throws {
        let scene = try await Scene()
        let origin = scene.emulator.origin
        await scene.emulator.stop()
        let outcome = try await scene.connect(to: origin)
        #expect(outcome.status == 1)
        #expect(try outcome.json()["error"]["code"] == "unreachable")
    }

    @Test func `a host without TLS is refused where TLS was asked for`() async throws {
        let scene = try await Scene()
        let origin = scene.emulator.origin.replacing("http://", with: "https://")
        let outcome = try await scene.connect(to: origin)
        #expect(outcome.status == 1)
        #expect(try outcome.json()["error"]["code"] == "unreachable")
    }

    @Test func `plain HTTP beyond this machine is refused`() async throws {
        let scene = try await Scene()
        let outcome = try await scene.connect(to: "http://mis.school.example")
        #expect(outcome.status == 1)
        #expect(try outcome.json()["error"]["code"] == "refused")
    }

    @Test(
        arguments: [
            ["--people", "student"], ["--people", "staff,pupils"], ["--people", "dogs"],
            ["--people", ""], ["--also", "photo"], ["--also", "shoe-size"],
            ["--hierarchy", "sideways"], ["--base-url", "nonsense"], ["--tenant", ""],
            ["--unheard-of"], ["--name", ""], ["--token-file", "/no/such/file"],
        ]
    )
    func `bad usage ends with 2 and one JSON object`(more: [String]) async throws {
        let scene = try await Scene()
        let outcome = try await scene.run(
            [
                "connect", "wonde", "--name", "n", "--school-id", scene.school, "--token-file",
                scene.file("token"), "--base-url", scene.emulator.origin,
            ] + more + ["--json"]
        )
        #expect(outcome.status == 2, "\(outcome.messages)")
        let error = try outcome.json()["error"]
        #expect(error.names == ["code", "message"])
        #expect(scene.emulator.requestCount == 0)
    }

    @Test func `a missing option ends with 2`() async throws {
        let scene = try await Scene()
        let json = try await scene.json("connect", "wonde", "--name", "n", status: 2)
        #expect(json["error"]["code"] == "usage")
    }

    @Test func `a name is taken once`() async throws {
        let scene = try await Scene.connected()
        let asked = scene.emulator.requestCount
        let outcome = try await scene.connect()
        #expect(outcome.status == 1)
        #expect(try outcome.json()["error"]["code"] == "conflict")
        #expect(scene.emulator.requestCount == asked)
    }

    @Test func `no connection is called like a school`() async throws {
        let scene = try await Scene.connected(EmulatorConfiguration(schools: 2))
        let other = try #require(scene.emulator.schoolIDs.last)
        let asked = scene.emulator.requestCount
        let hidden = try await scene.connect(scene.school, school: other)
        #expect(hidden.status == 1)
        #expect(try hidden.json()["error"]["code"] == "conflict")
        #expect(scene.emulator.requestCount == asked)
        let renamed = try await scene.json(
            "connections",
            "rename",
            "acorn",
            scene.school,
            status: 1
        )
        #expect(renamed["error"]["code"] == "conflict")
        _ = try await scene.json("connections", "rename", "acorn", other)
        let hiding = try await scene.connect("oak", school: other)
        #expect(hiding.status == 1)
        #expect(try hiding.json()["error"]["code"] == "conflict")
        #expect(try await scene.json("sync", other)["state"] == "completed")
    }

    @Test(
        arguments: [
            ["sync"], ["login", "--email", "a@school.example"], ["list"], ["review"], ["policy"],
            ["show", "a@school.example"],
        ]
    )
    func `a school behind two connections is asked for by name`(
        command: [String]
    ) async throws {
        let scene = try await Scene.connected()
        #expect(try await scene.connect("oak", "--tenant", "forest").status == 0)
        let arguments = [command[0], scene.school] + command.dropFirst() + ["--json"]
        let outcome = try await scene.run(arguments)
        #expect(outcome.status == 2)
        let error = try outcome.json()["error"]
        #expect(error["code"] == "ambiguousSchool")
        #expect(error["message"].text?.contains("acorn, oak") == true)
        #expect(try await scene.json("sync", "oak")["state"] == "completed")
    }

    @Test func `connections are listed, renamed, rotated, revoked and removed`() async throws {
        let scene = try await Scene.synced()
        let people = try await scene.json("list", "acorn")["accounts"].elements.count
        #expect(
            try await scene.json("connections", "rename", "acorn", "oak")["connection"] == "oak"
        )
        let list = try await scene.json("connections")["connections"]
        #expect(list.elements.map { $0["connection"] } == ["oak"])
        #expect(list[0]["token"] == "sealed")
        _ = try await scene.json("connections", "revoke", "oak")
        #expect(try await scene.json("connections")["connections"][0]["token"] == "revoked")
        #expect(try await scene.json("sync", "oak", status: 1)["state"] == "failed")
        let token = scene.file("token")
        _ = try await scene.json("connections", "rotate", "oak", "--token-file", token)
        #expect(try await scene.json("sync", "oak")["state"] == "completed")
        #expect(try await scene.json("list", "oak")["accounts"].elements.count == people)
        _ = try await scene.json("connections", "remove", "oak")
        #expect(try await scene.json("connections")["connections"] == [])
        let gone = try await scene.json("connections", "remove", "oak", status: 2)
        #expect(gone["error"]["code"] == "unknownConnection")
    }

    @Test func `a new token that the school refuses replaces nothing`() async throws {
        let scene = try await Scene.connected()
        scene.write("wrong\n", to: "wrong")
        let json = try await scene.json(
            "connections",
            "rotate",
            "acorn",
            "--token-file",
            scene.file("wrong"),
            status: 1
        )
        #expect(json["error"]["code"] == "refused")
        #expect(try await scene.json("sync", "acorn")["state"] == "completed")
    }
}
