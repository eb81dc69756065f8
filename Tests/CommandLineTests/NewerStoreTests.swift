import Foundation
import Testing

/// A store that a newer version of the command has written.
@Suite(.timeLimit(.minutes(2))) struct NewerStoreTests {
    /// A synced school whose store says that a newer version wrote it.
    private static func scene() async throws -> Scene {
        let scene = try await Scene.synced()
        let change = try Invocation(
            [
                "-c",
                """
                import sqlite3, sys
                store = sqlite3.connect(sys.argv[1], isolation_level=None)
                newest, = store.execute("PRAGMA user_version").fetchone()
                store.execute(f"PRAGMA user_version = {newest + 1}")
                store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                """,
                scene.file("muster.sqlite"),
            ],
            of: "/usr/bin/python3",
            environment: [:],
            folder: scene.folder
        )
        try #require(await change.outcome().status == 0)
        return scene
    }

    private static let commands = [
        ["sync", "acorn"], ["list", "acorn"], ["login", "acorn", "--source-id", "1"],
        ["runs", "acorn"], ["undo", "1"], ["review", "acorn"], ["connections"],
        ["erase", "acorn", "a@school.example", "--yes"], ["serve", "--port", "0"],
    ]

    @Test func `every command refuses it in one sentence and leaves it as it is`() async throws {
        let scene = try await Self.scene()
        let url = URL(fileURLWithPath: scene.file("muster.sqlite"))
        let before = try Data(contentsOf: url)
        for command in Self.commands {
            let plain = try await scene.run(command)
            #expect(plain.status == 2, "\(command): \(plain.messages)")
            #expect(plain.output.isEmpty)
            let lines = plain.messages.split(separator: "\n")
            #expect(lines.count == 1, "\(command): \(plain.messages)")
            #expect(plain.messages.contains("was written by a newer version of Muster"))
            #expect(plain.messages.contains("install that version or name another file"))
            guard command.first != "serve" else { continue }
            let outcome = try await scene.run(command + ["--json"])
            #expect(try outcome.json()["error"]["code"] == "store")
        }
        #expect(try Data(contentsOf: url) == before)
        #expect(!FileManager.default.fileExists(atPath: scene.file("muster.sqlite-journal")))
    }
}
