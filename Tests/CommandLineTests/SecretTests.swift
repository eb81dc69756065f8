import Foundation
import MISEmulator
import Testing

@Suite struct SecretTests {
    @Test func `the token is nowhere but in its file`() async throws {
        let scene = try await Scene.connected()
        let token = scene.emulator.token
        scene.emulator.add(Fault(.hold, pathContains: "/employees"))
        scene.emulator.clearRequests()
        let sync = try scene.start(["sync", "acorn", "--json"])
        await scene.emulator.waitForRequests(4)
        let process = "/proc/\(sync.processID)"
        for name in ["cmdline", "environ"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(process)/\(name)"))
            #expect(bytes.range(of: Data(token.utf8)) == nil)
        }
        scene.emulator.clearFaults()
        let outcome = await sync.outcome()
        #expect(outcome.status == 0)
        #expect(!(outcome.output + outcome.messages).contains(token))
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.folder)
        where name.hasPrefix("muster.sqlite") {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: scene.file(name)))
            #expect(bytes.range(of: Data(token.utf8)) == nil, "\(name)")
        }
    }

    @Test func `files that matter are for their owner alone`() async throws {
        let scene = try await Scene.synced()
        for name in ["muster.sqlite", ".config/muster/key"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: scene.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a key that others may read is bad configuration and no fault of the school`()
        async throws
    {
        let scene = try await Scene.synced()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: scene.file(".config/muster/key")
        )
        let refused = try await scene.json("sync", "acorn", status: 2)
        #expect(refused["error"]["code"] == "key")
        #expect(refused["error"]["message"].text?.contains("chmod 600") == true)
    }

    @Test func `another key opens no secret, and logins go on without it`() async throws {
        let scene = try await Scene.synced()
        let other = try await Scene.connected()
        let environment = ["MUSTER_KEY_FILE": other.file(".config/muster/key")]
        let sync = try await scene.run(["sync", "acorn", "--json"], environment: environment)
        #expect(sync.status == 1)
        #expect(try sync.json()["state"] == "failed")
        #expect(sync.messages.contains("sealed with another key"))
        let login = try await scene.json(
            "login",
            "acorn",
            "--email",
            try scene.teacher().email,
            environment: environment
        )
        #expect(login["outcome"] == "sourceUnavailable")
        let check = try await scene.json("check-config", environment: environment, status: 2)
        #expect(check["problems"][0].text?.contains("acorn") == true)
    }
}
