import CurlTransport
import Foundation
import MISEmulator
import Testing

@Suite(.timeLimit(.minutes(2))) struct ServeTests {
    /// A daemon of a synced school, and where it listens.
    private static func serving(
        _ scene: Scene,
        _ environment: [String: String] = [:]
    ) async throws -> (Invocation, origin: String) {
        let daemon = try scene.start(["serve", "--port", "0"], environment: environment)
        let line = await daemon.saidLine("listening on ")
        let port = try #require(line?.split(separator: ":").last, "the daemon does not listen")
        return (daemon, "http://127.0.0.1:\(port)")
    }

    private static func logIn(
        _ email: String,
        key: String,
        at origin: String
    ) async throws -> JSONValue {
        let response = try await CurlTransport().send(
            HTTPRequest(
                method: "POST",
                url: "\(origin)/v1/schools/acorn/logins",
                headers: [
                    ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
                ],
                body: Array(#"{"email":"\#(email)"}"#.utf8),
                deadline: .now + .seconds(60)
            )
        )
        return try JSONDecoder().decode(JSONValue.self, from: Data(response.body))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a daemon answers a login by a key, and stops when it is told to`(
        signal: Int32
    ) async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let made = try await scene.json("keys", "create", "app")
        let key = try #require(made["key"].text)
        let (daemon, origin) = try await Self.serving(scene)
        let answer = try await Self.logIn(teacher.email, key: key, at: origin)
        #expect(answer["decision"] == "allow")
        #expect(answer["account"]["email"].text == teacher.email)
        // A key that is taken back counts no more, without another start.
        #expect(try await scene.json("keys", "revoke", "app")["name"] == "app")
        #expect(try await Self.logIn(teacher.email, key: key, at: origin)["status"] == 401)
        kill(daemon.processID, signal)
        let outcome = await daemon.outcome()
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(!outcome.isSignalled)
        #expect(!outcome.messages.contains(key))
    }

    @Test func `a second signal ends it at once, whatever it still had to do`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let key = try #require(try await scene.json("keys", "create", "app")["key"].text)
        let (daemon, origin) = try await Self.serving(scene, ["MUSTER_LOGIN_BUDGET_MS": "200"])
        scene.emulator.clearRequests()
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        let answer = try await Self.logIn(teacher.email, key: key, at: origin)
        #expect(answer["outcome"] == "deferred")
        kill(daemon.processID, SIGTERM)
        // The first signal has been heard once nobody is let in any more.
        while (try? await Self.logIn(teacher.email, key: key, at: origin)) != nil {}
        kill(daemon.processID, SIGTERM)
        let outcome = await daemon.outcome()
        #expect(outcome.status == 1)
        #expect(!outcome.isSignalled)
        scene.emulator.clearFaults()
    }

    @Test(arguments: [true, false])
    func `two daemons on one store that are asked for one person at once ask once each`(
        isNew: Bool
    ) async throws {
        let scene = try await Scene.synced()
        let email = try isNew ? scene.addNewcomer() : scene.teacher().email
        let key = try #require(try await scene.json("keys", "create", "app")["key"].text)
        let daemons = [try await Self.serving(scene), try await Self.serving(scene)]
        defer { for (daemon, _) in daemons { daemon.kill() } }
        scene.emulator.clearRequests()
        // Nobody is answered before both daemons have asked, so that all of it happens at once.
        scene.emulator.add(Fault(.hold))
        let answers = try await withThrowingTaskGroup(of: JSONValue.self) { group in
            for number in 0..<20 {
                let origin = daemons[number % 2].origin
                group.addTask { try await Self.logIn(email, key: key, at: origin) }
            }
            await scene.emulator.waitForRequests(2)
            scene.emulator.clearFaults()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 20)
        #expect(answers.allSatisfy { $0["decision"] == "allow" }, "\(answers)")
        #expect(Set(answers.compactMap { $0["account"]["id"].text }).count == 1, "\(answers)")
        #expect(scene.emulator.requestCount == 2, "\(scene.emulator.traffic)")
        let accounts = try await scene.json("list", Scene.name)["accounts"].elements
        #expect(accounts.count { $0["email"].text == email } == 1)
    }

    @Test func `a port that is taken, a certificate that is none and no store are told`()
        async throws
    {
        let scene = try await Scene.connected()
        let (daemon, origin) = try await Self.serving(scene)
        defer { daemon.kill() }
        let port = try #require(origin.split(separator: ":").last)
        let taken = try await scene.run("serve", "--port", String(port), "--json")
        #expect(taken.status == 1)
        #expect(try taken.json()["error"]["code"] == "address")
        let files = [
            "MUSTER_SERVE_TLS_CERTIFICATE_FILE": scene.file("token"),
            "MUSTER_SERVE_TLS_KEY_FILE": scene.file("token"),
        ]
        let certificate = try await scene.run("serve", "--port", "0", environment: files)
        #expect(certificate.status == 2)
        let outside = try await scene.run("serve", "--host", "0.0.0.0", "--json")
        #expect(outside.status == 2)
        #expect(try outside.json()["error"]["code"] == "plainOutside")
        let nothing = try await scene.run("serve", "--store", scene.file("none"), "--json")
        #expect(nothing.status == 2)
        #expect(try nothing.json()["error"]["code"] == "noStore")
    }

    @Test func `keys are made, listed without what they are, and taken back`() async throws {
        let scene = try await Scene.connected()
        let key = try await scene.json(
            "keys",
            "create",
            "portal",
            "--scopes",
            "logins,accounts",
            "--fields",
            "email,surname",
            "--expires",
            "30"
        )
        let text = try #require(key["key"].text)
        #expect(text.hasPrefix("mk_"))
        #expect(key.names == ["key"])
        scene.write("v1,whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", to: "secret")
        let signing = try await scene.json(
            "keys",
            "create",
            "hook",
            "--signing",
            "--secret-file",
            scene.file("secret")
        )
        #expect(signing["key"] == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        let list = try await scene.run("keys", "--json")
        #expect(!list.output.contains(text))
        #expect(!list.output.contains("AAECAwQF"))
        let keys = try list.json()["keys"].elements
        #expect(keys.map { $0["name"] } == ["hook", "portal"])
        #expect(keys.map { $0["kind"] } == ["signing", "bearer"])
        #expect(keys.last?["scopes"] == ["accounts", "logins"])
        #expect(keys.last?["fields"] == ["email", "surname"])
        #expect(keys.last?["expiresAt"].text != nil)
        #expect(keys.last?["createdAt"].text != nil)
        #expect(keys.last?["lastUsedAt"] == .null)
        let again = try await scene.run("keys", "create", "portal", "--json")
        #expect(again.status == 1)
        #expect(try again.json()["error"]["code"] == "conflict")
        let gone = try await scene.run("keys", "revoke", "nothing", "--json")
        #expect(gone.status == 2)
        for wrong in [
            ["--scopes", "magic"], ["--fields", "colour"], ["--expires", "0"],
            ["--secret-file", "x"], ["--scopes", ""], ["--signing", "--scopes", "logins,admin"],
        ] {
            let outcome = try await scene.run(["keys", "create", "bad", "--json"] + wrong)
            #expect(outcome.status == 2, "\(wrong)")
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: scene.file("muster.sqlite")))
        #expect(bytes.range(of: Data(text.utf8)) == nil)
        #expect(bytes.range(of: Data("AAECAwQF".utf8)) == nil)
    }
}

extension Scene {
    /// Adds somebody to the school whom no sync has seen; gives the address.
    fileprivate func addNewcomer() throws -> String {
        let email = "imogen.newstead@oakfield.example"
        try emulator.addEmployee(school: school) { change in
            change.forename = "Imogen"
            change.surname = "Newstead"
            change.workEmail = .set(email)
        }
        return email
    }
}
