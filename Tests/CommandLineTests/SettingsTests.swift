import Foundation
import MISEmulator
import Muster
import Sealing
import Testing

@testable import muster

@Suite struct SettingsTests {
    @Test(
        arguments: [
            ("MUSTER_LOGIN_FRESH_SECONDS", "soon"), ("MUSTER_LOGIN_BUDGET_MS", "-1"),
            ("MUSTER_LOGIN_BUDGET_MS", ""), ("MUSTER_SYNC_ATTEMPTS", "0"),
            ("MUSTER_SYNC_CHUNK", "1.5"), ("MUSTER_HTTP_CONNECT_SECONDS", "99999999999999999999"),
        ]
    )
    func `a bad variable ends with 2 and is named`(name: String, value: String) async throws {
        let scene = try await Scene()
        let outcome = try await scene.run(
            ["connections", "--json"],
            environment: [name: value]
        )
        #expect(outcome.status == 2)
        let error = try outcome.json()["error"]
        #expect(error["code"] == "badConfiguration")
        #expect(error["message"].text?.contains(name) == true)
    }

    @Test(
        arguments: [
            ("login:\n  formerEmailDays: soon\n", "login.formerEmailDays", 2),
            ("login:\n  budgetMs: 800\n", "login.budgetMs", 2),
            ("# x\n\nstores: x\n", "stores", 3), ("login: 5\n", "login", 1),
            ("login:\n  freshSeconds: [1, 2]\n", "login.freshSeconds", 2),
            ("login:\n\tbudgetMS: 5\n", "YAML", 2), ("- a\n", "keys with values", nil),
        ]
    )
    func `a bad key of a settings file ends with 2 and is named with its line`(
        text: String,
        words: String,
        line: Int?
    ) async throws {
        let scene = try await Scene()
        scene.write(text, to: "muster.yaml")
        let outcome = try await scene.run(
            ["connections", "--config", scene.file("muster.yaml"), "--json"]
        )
        #expect(outcome.status == 2)
        let message = try #require(try outcome.json()["error"]["message"].text)
        #expect(message.contains(words))
        if let line { #expect(message.contains("line \(line)"), "\(message)") }
    }

    @Test(arguments: ["/dev/zero", "/tmp", "pipe", "large", "secret"])
    func `a file that holds no settings is refused without its content`(
        name: String
    ) async throws {
        let scene = try await Scene()
        #expect(mkfifo(scene.file("pipe"), 0o600) == 0)
        scene.write(String(repeating: "# long\n", count: 150_000), to: "large")
        scene.write(String(repeating: "secret", count: 100) + ": 1\n", to: "secret")
        let path = name.hasPrefix("/") ? name : scene.file(name)
        let outcome = try await scene.run("connections", "--config", path, "--json")
        #expect(outcome.status == 2)
        let error = try outcome.json()["error"]
        #expect(error["code"] == "badConfiguration")
        let message = try #require(error["message"].text)
        #expect(message.contains(path))
        #expect(message.count(where: { $0 == "r" }) < 20, "\(message)")
        #expect(message.count < path.count + 120)
    }

    @Test func `the command line beats variables, those beat the file`() async throws {
        let scene = try await Scene()
        scene.write(
            "store: \(scene.file("from-file"))\nlogin:\n  freshSeconds: 7\n  budgetMS: 8\n",
            to: "muster.yaml"
        )
        let config = scene.file("muster.yaml")
        let plain = try await Settings.read(config: config, environment: [:])
        #expect(plain.storePath == scene.file("from-file"))
        #expect(plain.login.freshness == .seconds(7))
        #expect(plain.sync.attempts == 3)
        let variables = ["MUSTER_STORE": "v", "MUSTER_LOGIN_FRESH_SECONDS": "9"]
        let both = try await Settings.read(config: config, environment: variables)
        #expect(both.storePath == "v")
        #expect(both.login.freshness == .seconds(9))
        #expect(both.login.budget == .milliseconds(8))
        let all = try await Settings.read(store: "s", config: config, environment: variables)
        #expect(all.storePath == "s")
    }

    @Test func `the key lies in the home folder unless named`() async throws {
        let usual = try await Settings.read(environment: ["HOME": "/home/a"])
        #expect(usual.keyFile.path == "/home/a/.config/muster/key")
        let named = try await Settings.read(environment: ["MUSTER_KEY_FILE": "/etc/k"])
        #expect(named.keyFile.path == "/etc/k")
    }

    @Test func `every variable of a setting is read`() async throws {
        for setting in Setting.all {
            guard case .number = setting.value else { continue }
            await #expect(throws: SettingsProblem.self, "\(setting.variable)") {
                try await Settings.read(environment: [setting.variable: "x"])
            }
        }
    }

    @Test func `the example file has every key with its default and a line of why`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Config/muster.yaml").path
        var expected: [String] = []
        var group: Substring?
        for setting in Setting.all {
            let parts = setting.key.split(separator: ".")
            if parts.count > 1, parts[0] != group {
                group = parts[0]
                expected.append("\(parts[0]):")
            }
            let indent = parts.count > 1 ? "  " : ""
            let value = setting.defaultText.isEmpty ? "\"\"" : setting.defaultText
            expected += ["\(indent)# \(setting.why)", "\(indent)\(parts.last ?? ""): \(value)"]
        }
        let lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        let head = lines.prefix { $0.hasPrefix("# ") && !expected.contains($0) }
        #expect(Array(lines.dropFirst(head.count)) == expected)
    }

    @Test func `the example file as it is changes nothing`() async throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Config/muster.yaml").path
        let file = try await Settings.read(config: path, environment: [:])
        let none = try await Settings.read(environment: [:])
        #expect(file == none)
    }
}
