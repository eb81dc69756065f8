import Foundation
import MISEmulator
import Testing

/// The store on a disk that takes no more; only where a process may have a disk of its own.
@Suite(.enabled(if: OwnDisk.isPossible)) struct FullDiskTests {
    /// Runs `script` where `disk/` holds a copy of the scene's store and has `room` bytes left.
    private func run(_ script: String, room: Int, in scene: Scene) async throws -> Outcome {
        try FileManager.default.createDirectory(
            atPath: scene.file("disk"),
            withIntermediateDirectories: true
        )
        let preparation = """
            mount -t tmpfs -o size=4m none disk && cp muster.sqlite disk/
            dd if=/dev/zero of=disk/ballast bs=4k 2> /dev/null
            truncate -s -\(room) disk/ballast
            """
        return try await Invocation(
            ["-rm", "sh", "-c", "\(preparation)\n\(script)"],
            of: OwnDisk.unshare,
            environment: [
                "HOME": scene.folder, "NO_PROXY": "127.0.0.1",
                "PATH": "\(Invocation.folder.path):/usr/bin:/bin",
                "MUSTER_STORE": scene.file("disk/muster.sqlite"), "MUSTER_LOGIN_BUDGET_MS": "60000",
                "MUSTER_LOGIN_FRESH_SECONDS": "0", "MUSTER_SYNC_BACK_OFF_MS": "1",
            ],
            folder: scene.folder
        ).outcome()
    }

    private let words = "There is no room left for the store "

    @Test func `somebody known is let in with what is known, and nobody else`() async throws {
        let scene = try await Scene.synced()
        let email = try scene.teacher().email
        let known = try await run(
            "muster login acorn --email \(email) --json",
            room: 64 << 10,
            in: scene
        )
        #expect(known.status == 0, "\(known)")
        #expect(try known.json()["outcome"] == "sourceUnavailable")
        #expect(known.messages.contains(words))
        let unknown = try await run(
            "muster login acorn --email new@\(email.split(separator: "@")[1])",
            room: 64 << 10,
            in: scene
        )
        #expect(unknown.status == 1 && unknown.messages.contains(words))
        #expect(unknown.output.hasPrefix("Deny: there is no account to go by"))
    }

    @Test(arguments: [
        ("", "There is no room left for the store "),
        (
            "rm disk/ballast; mount -o remount,ro disk; ",
            "/disk cannot be written to (Read-only file"
        ),
        (
            "rm disk/ballast disk/muster.sqlite; mount -o remount,ro disk; ",
            "/disk cannot be written"
        ),
    ])
    func `a check says in one sentence that the disk takes no more`(
        before: String,
        words: String
    ) async throws {
        let scene = try await Scene.connected()
        let check = try await run("\(before)muster check-config --json", room: 0, in: scene)
        #expect(check.status == 2, "\(check)")
        let json = try check.json()
        #expect(json["problems"].elements.count == 1 && json["warnings"].elements.isEmpty)
        #expect(json["problems"][0].text?.contains(words) == true, "\(json)")
    }

    @Test(arguments: [0, 64 << 10, 256 << 10])
    func `a sync fails in one sentence, and the next one finds everything as it was`(
        room: Int
    ) async throws {
        let scene = try await Scene.synced()
        let teacher = try scene.teacher()
        let before = try await scene.json("list", "acorn")
        for person in try scene.emulator.employees(school: scene.school) {
            try scene.emulator.change(school: scene.school, employee: person.id) {
                $0.surname = .set(String(repeating: "Fairweather", count: 20))
            }
        }
        let failed = try await run("muster sync acorn", room: room, in: scene)
        #expect(failed.status == 1 && failed.messages.hasPrefix(words), "\(failed)")
        #expect(failed.messages.split(separator: "\n").count == 1)
        let list = "muster sync acorn > log 2>&1; rm disk/ballast; muster list acorn --json"
        let after = try await run(list, room: room, in: scene)
        #expect(try after.json() == before)
        let again = "muster sync acorn > log 2>&1; rm disk/ballast; muster sync acorn --json"
        let synced = try await run(again, room: room, in: scene)
        #expect(synced.status == 0, "\(synced)")
        #expect(try synced.json()["state"] == "completed", "\(teacher)")
    }
}

/// Disks that a process has to itself.
private enum OwnDisk {
    static let unshare = "/usr/bin/unshare"

    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: unshare)
        process.arguments = ["-rm", "mount", "-t", "tmpfs", "none", "/tmp"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
