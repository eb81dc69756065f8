import Foundation
import MISEmulator
import Testing

/// The examples of `Docs/Examples` are run as a newcomer runs them.
@Suite struct ExampleTests {
    // MARK: LoginForm

    @Test func `the login form greets a teacher by the name that the MIS has now`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        // A slow test machine must not turn an answer into a deferred one.
        _ = try await scene.json("policy", "acorn", "--set", "login.budgetMS=60000")
        let form = try await Form(scene, passwords: "\(teacher.email) correct horse\n")
        let page = try await form.get("/login")
        #expect(page.status == 200)
        let fields = try Fields(of: page)
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather & <Daughter>"
        }
        scene.emulator.clearRequests()
        let answer = try await form.post(fields, teacher.email, "correct horse")
        #expect(answer.status == 303 && answer["location"] == "/")
        #expect(scene.emulator.requestCount == 1)
        let session = try #require(answer.cookies.first { $0.hasPrefix("session=") })
        #expect(session.contains("HttpOnly") && session.contains("SameSite=Lax"))
        let home = try await form.get("/", cookie: session)
        #expect(home.text.contains("Fairweather &amp; &lt;Daughter>"))
        // Who is signed in is not looked up at each request.
        #expect(scene.emulator.requestCount == 1)
    }

    @Test func `the login form lets nobody in by a wrong password, a forged form or a guess`()
        async throws
    {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let form = try await Form(
            scene,
            passwords: "\(teacher.email) correct horse\nx@y.example z\n"
        )
        let fields = try Fields(of: try await form.get("/login"))
        scene.emulator.clearRequests()
        var forged = fields
        forged.token = "1"
        var empty = fields
        (empty.token, empty.cookie) = ("", "csrf=")
        let tries = [
            (fields, teacher.email, "wrong"), (forged, teacher.email, "correct horse"),
            (empty, teacher.email, "correct horse"), (fields, "nobody@school.example", ""),
            // With a password here, but nobody that Muster knows: one look for a newcomer.
            (fields, "x@y.example", "z"),
        ]
        for (index, (fields, email, password)) in tries.enumerated() {
            let answer = try await form.post(fields, email, password)
            #expect(answer.status == 403)
            #expect(!answer.cookies.contains { $0.hasPrefix("session=") })
            #expect(answer.text.contains("You cannot sign in with that."))
            #expect(scene.emulator.requestCount <= (index == tries.count - 1 ? 1 : 0))
        }
        let home = try await form.get("/", cookie: "session=")
        #expect(home.status == 303 && home["location"] == "/login")
    }

    @Test func `the login form turns away whom the MIS has as gone`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        _ = try await scene.json("policy", "acorn", "--set", "login.budgetMS=60000")
        let form = try await Form(scene, passwords: "\(teacher.email) correct horse\n")
        let fields = try Fields(of: try await form.get("/login"))
        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.current = false
        }
        let answer = try await form.post(fields, teacher.email, "correct horse")
        #expect(answer.status == 403)
    }

    // MARK: The daemon's client

    @Test func `the Python client signs in, and learns of each change once`() async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let made = try await scene.json("keys", "create", "app", "--scopes", "logins,accounts")
        scene.write(try #require(made["key"].text) + "\n", to: "key")
        let daemon = try scene.start(
            ["serve", "--port", "0"],
            environment: ["MUSTER_LOGIN_FRESH_SECONDS": "0"]
        )
        defer { daemon.kill() }
        let line = await daemon.saidLine("listening on ")
        let port = try #require(line?.split(separator: ":").last, "the daemon does not listen")
        let origin = "http://127.0.0.1:\(port)"

        let first = try await Self.logIn(scene, origin, teacher.email)
        #expect(first.status == 0, "\(first.messages)")
        #expect(first.output.hasPrefix("allow: "))
        // The sync made everybody; the client hears of it at its first look.
        #expect(first.output.contains("  created: "))

        try scene.emulator.change(school: scene.school, employee: teacher.id) {
            $0.surname = "Fairweather"
        }
        let second = try await Self.logIn(scene, origin, teacher.email)
        let surname = try #require(teacher.surname)
        #expect(second.output.hasPrefix("allow: refreshed\n  surname: \(surname) -> Fairweather\n"))
        #expect(second.output.contains(" by login\n  surname: \(surname) -> Fairweather\n"))
        let edit = "forename=Robin"
        _ = try await scene.json("edit", "acorn", teacher.email, "--set", edit)
        let third = try await Self.logIn(scene, origin, teacher.email)
        #expect(third.output.contains(" by administrator\n  forename: "))
        let fourth = try await Self.logIn(scene, origin, teacher.email)
        #expect(!fourth.output.contains("account "), "\(fourth.output)")

        let stranger = try await Self.logIn(scene, origin, "nobody@school.example")
        #expect(stranger.status == 1)
        scene.write("mk_wrong", to: "key")
        let refused = try await Self.logIn(scene, origin, teacher.email)
        #expect(refused.status == 2)
        #expect(refused.messages.contains("/logins with 401: make a key with `muster keys "))

        // A key without the other scope: the decision stands, the changes stay unread.
        let narrow = try await scene.json("keys", "create", "narrow")
        scene.write(try #require(narrow["key"].text), to: "key")
        let half = try await Self.logIn(scene, origin, teacher.email)
        #expect(half.status == 0 && half.messages.contains("--scopes logins,accounts"))
    }

    @Test(arguments: ["[1]", "{}", "<html>", ""])
    func `the Python client says in one sentence what does not answer as a daemon does`(
        answer: String
    ) async throws {
        let scene = try await Scene.synced()
        scene.write("mk_key", to: "key")
        let other = try Invocation(
            ["-c", Self.otherServer, answer],
            of: "/usr/bin/python3",
            environment: [:],
            folder: scene.folder
        )
        let origin = "http://127.0.0.1:\(await other.firstLine())"
        let outcome = try await Self.logIn(scene, origin, "a@school.example")
        #expect(outcome.status == 2)
        let sentence = "\(origin) answered 200, but not as Muster does; check the address.\n"
        #expect(outcome.messages == sentence)
        _ = await other.outcome()
        let nobody = try await Self.logIn(scene, origin, "a@school.example")
        #expect(nobody.status == 2)
        #expect(nobody.messages.hasPrefix("\(origin) does not answer ("))
        #expect(nobody.messages.count { $0 == "\n" } == 1)
    }

    /// Answers one request with what it is given, then ends.
    private static let otherServer = """
        import socket, sys
        door = socket.create_server(("127.0.0.1", 0))
        print(door.getsockname()[1], flush=True)
        guest = door.accept()[0]
        guest.recv(65536)
        body = sys.argv[1].encode()
        guest.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%b" % (len(body), body))
        guest.shutdown(socket.SHUT_WR)
        while guest.recv(65536): pass
        """

    private static func logIn(
        _ scene: Scene,
        _ origin: String,
        _ email: String
    ) async throws -> Outcome {
        try await Invocation(
            [
                "python3", examples.appending(path: "daemon-client/login.py").path, origin,
                Scene.name, email, "--key-file", scene.file("key"),
                "--cursor-file", scene.file("cursor"), "--timeout", "60",
            ],
            of: "/usr/bin/env",
            environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"],
            folder: scene.folder
        )
        .outcome()
    }

    // MARK: Limits

    @Test func `the examples are short and need nothing of the package's own`() throws {
        let folder = Self.examples
        var lines = 0
        for name in ["LoginForm.swift", "Pages.swift"] {
            let file = folder.appending(path: "LoginForm/\(name)")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("package ") && !text.contains("@testable"))
            lines += text.split(separator: "\n").filter { !$0.trimmed.hasPrefix("//") }.count
        }
        #expect(lines <= 170, "\(lines)")
        let script = folder.appending(path: "daemon-client/login.py")
        let imports = try String(contentsOf: script, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("import ") || $0.hasPrefix("from ") }.map { $0.dropFirst(7) }
        let library = ["argparse", "http.client", "json", "pathlib", "sys", "urllib.parse"]
        #expect(imports.map(String.init) == library)
    }

    static let examples = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Docs/Examples").standardizedFileURL
}

/// The running example, as a browser sees it.
private final class Form: Sendable {
    private let process: Invocation
    private let origin: String

    init(_ scene: Scene, passwords: String) async throws {
        scene.write(passwords, to: "passwords.txt")
        process = try Invocation(
            [
                Scene.name, scene.file("muster.sqlite"), scene.file(".config/muster/key"),
                scene.file("passwords.txt"),
            ],
            of: "LoginForm",
            environment: ["HOME": scene.folder, "NO_PROXY": "127.0.0.1"],
            folder: scene.folder
        )
        let line = await process.firstLine()
        let found = line.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)
        origin = String(try #require(found, "\(line)").output)
    }

    deinit { process.kill() }

    func get(_ path: String, cookie: String? = nil) async throws -> Page {
        try await Page.ask("GET", origin + path, cookie: cookie)
    }

    func post(_ fields: Fields, _ email: String, _ password: String) async throws -> Page {
        var parts = URLComponents()
        parts.queryItems = [
            URLQueryItem(name: "csrf", value: fields.token),
            URLQueryItem(name: "email", value: email),
            URLQueryItem(name: "password", value: password),
        ]
        return try await Page.ask(
            "POST",
            "\(origin)/login",
            cookie: fields.cookie,
            body: parts.percentEncodedQuery
        )
    }
}

/// What a form must be sent with.
private struct Fields {
    var token: String
    var cookie: String

    init(of page: Page) throws {
        let match = try #require(page.text.firstMatch(of: /name="csrf" value="([a-z0-9]+)"/))
        token = String(match.output.1)
        cookie = try #require(page.cookies.first { $0.hasPrefix("csrf=") })
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
    }
}

/// What a browser is given; redirects are not followed.
private struct Page {
    let status: Int
    let text: String
    private let headers: [String: String]

    subscript(name: String) -> String? { headers[name] }

    var cookies: [String] {
        (headers["set-cookie"] ?? "").split(separator: "\n").map(String.init)
    }

    @concurrent
    static func ask(
        _ method: String,
        _ address: String,
        cookie: String? = nil,
        body: String? = nil
    ) async throws -> Page {
        var arguments = ["-s", "-i", "-X", method, address]
        if let name = cookie?.split(separator: ";").first { arguments += ["-b", String(name)] }
        if let body { arguments += ["-d", body] }
        let outcome = try await Invocation(
            arguments,
            of: "/usr/bin/curl",
            environment: ["NO_PROXY": "127.0.0.1"],
            folder: NSTemporaryDirectory()
        )
        .outcome()
        return try Page(outcome.output)
    }

    private init(_ answer: String) throws {
        let parts = answer.replacing("\r\n", with: "\n").split(separator: "\n\n", maxSplits: 1)
        let lines = try #require(parts.first, "no answer").split(separator: "\n")
        status = try #require(lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) })
        text = parts.count > 1 ? String(parts[1]) : ""
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let words = line.split(separator: ":", maxSplits: 1)
            let value = words.last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
            headers[words[0].lowercased(), default: ""] += "\(value)\n"
        }
        self.headers = headers.mapValues { $0.trimmingCharacters(in: .newlines) }
    }
}

extension Substring {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
