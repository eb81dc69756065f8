import Foundation
import MISEmulator
import Testing

@Suite struct CheckConfigTests {
    @Test func `a connected school passes`() async throws {
        let scene = try await Scene.connected()
        let json = try await scene.json("check-config")
        #expect(json.names == ["ok", "problems", "warnings"])
        #expect(json["ok"] == true)
        #expect(json["problems"] == [])
        #expect(json["warnings"] == [])
    }

    @Test func `before anything is connected there is nothing to complain of`() async throws {
        let scene = try await Scene()
        let json = try await scene.json("check-config")
        #expect(json["ok"] == true)
        #expect(json["warnings"].elements.count == 1)
        #expect(!FileManager.default.fileExists(atPath: scene.file("muster.sqlite")))
        #expect(!FileManager.default.fileExists(atPath: scene.file(".config")))
    }

    @Test func `a folder that is not there is a problem, and one only`() async throws {
        let scene = try await Scene()
        let store = scene.file("nowhere/muster.sqlite")
        let environment = ["MUSTER_STORE": store]
        let json = try await scene.json("check-config", environment: environment, status: 2)
        #expect(json["problems"].elements.count == 1 && json["warnings"].elements.isEmpty)
        let problem = json["problems"][0].text
        #expect(
            problem?.contains("nowhere of the store does not exist; make it") == true,
            "\(json)"
        )
    }

    @Test func `a key that others may read is a problem`() async throws {
        let scene = try await Scene.connected()
        let key = scene.file(".config/muster/key")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let json = try await scene.json("check-config", status: 2)
        #expect(json["ok"] == false)
        #expect(json["problems"].elements.count == 1)
        #expect(json["problems"][0].text?.contains("chmod 600 \(key)") == true)
    }

    @Test func `a key that is gone is a problem`() async throws {
        let scene = try await Scene.connected()
        try FileManager.default.removeItem(atPath: scene.file(".config/muster/key"))
        let json = try await scene.json("check-config", status: 2)
        #expect(json["problems"].elements.count == 1)
        #expect(!FileManager.default.fileExists(atPath: scene.file(".config/muster/key")))
    }

    @Test func `a key beside the store and a misspelt variable are warned of`() async throws {
        let scene = try await Scene()
        let environment = [
            "MUSTER_KEY_FILE": scene.file("key"), "MUSTER_LOGIN_FRESH_SECOND": "0",
        ]
        let connect = try await scene.run(
            [
                "connect", "wonde", "--name", "acorn", "--school-id", scene.school,
                "--token-file", scene.file("token"), "--base-url", scene.emulator.origin,
            ],
            environment: environment
        )
        #expect(connect.status == 0)
        let json = try await scene.json("check-config", environment: environment)
        #expect(json["ok"] == true)
        let warnings = json["warnings"].elements.compactMap(\.text)
        #expect(warnings.contains { $0.contains("beside the store") })
        #expect(warnings.contains { $0.contains("MUSTER_LOGIN_FRESH_SECOND ") })
    }

    @Test func `a file that is no store is a problem`() async throws {
        let scene = try await Scene()
        scene.write("hello", to: "muster.sqlite")
        let json = try await scene.json("check-config", status: 2)
        #expect(json["problems"].elements.count == 1)
        #expect(try await scene.json("list", "x", status: 2)["error"]["code"] == "store")
    }

    @Test func `a bad setting is a problem`() async throws {
        let scene = try await Scene()
        let json = try await scene.json(
            "check-config",
            environment: ["MUSTER_SYNC_CHUNK": "many"],
            status: 2
        )
        #expect(json["problems"][0].text?.contains("MUSTER_SYNC_CHUNK") == true)
    }
}
