import Foundation
import MISEmulator
import Testing

/// A plan that does not fit into the memory that a sync may have.
@Suite(.timeLimit(.minutes(5))) struct LargePlanTests {
    private static let people = 9000
    /// What each record says, in bytes; all of them together are the least that a plan must hold.
    private static let phone = String(repeating: "0", count: 10_000)

    /// In KiB: what the program has in memory before it reads anybody, its threads with it, and less
    /// than the plan beside.
    private static var room: Int {
        (130 + 20 * ProcessInfo.processInfo.activeProcessorCount) << 10
    }

    @Test func `a plan that is larger than memory is staged on disk`() async throws {
        let configuration = EmulatorConfiguration(employees: Self.people, students: 0)
        let scene = try await Scene.connected(configuration)
        for person in try scene.emulator.employees(school: scene.school) {
            try scene.emulator.change(school: scene.school, employee: person.id) {
                $0.phone = .set(Self.phone)
            }
        }
        let outcome = try await Invocation(
            ["-c", "ulimit -d \(Self.room) && exec muster sync acorn --preview --json"],
            of: "/bin/sh",
            environment: [
                "HOME": scene.folder, "NO_PROXY": "127.0.0.1",
                "PATH": "\(Invocation.folder.path):/usr/bin:/bin",
                "MUSTER_STORE": scene.file("muster.sqlite"),
            ],
            folder: scene.folder
        ).outcome()
        #expect(outcome.status == 0, "\(outcome.messages)")
        let preview = try outcome.json()
        #expect(preview["state"] == "preview" && preview["seen"] == .number(Double(Self.people)))
        let files = ["muster.sqlite", "muster.sqlite-wal"].map { name in
            let facts = try? FileManager.default.attributesOfItem(atPath: scene.file(name))
            return facts?[.size] as? Int ?? 0
        }
        #expect(files.reduce(0, +) > Self.people * Self.phone.utf8.count, "\(files)")
    }
}
