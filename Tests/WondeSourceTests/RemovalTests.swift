import MISEmulator
import Roster
import Testing

@testable import WondeSource

/// What Wonde lists as deleted, over a real socket.
@Suite(.timeLimit(.minutes(2))) struct RemovalTests {
    private func removals(
        _ scene: EmulatorScene,
        since moment: Roster.Timestamp = Roster.Timestamp(milliseconds: 1000)
    ) async throws -> Set<String> {
        Set(
            try await scene.source.removals(
                of: .staff,
                in: scene.school,
                since: moment,
                by: Scene.soon
            ).map(\.id)
        )
    }

    @Test func `deleted staff are listed to the end of the list, and stay when they come back`()
        async throws
    {
        try await EmulatorScene.run(pageSize: 2) { scene in
            let old = try await removals(scene)
            let before = try #require(try await scene.page().statedAt)
            let staff = try scene.emulator.employees(school: scene.schoolID).prefix(5).map(\.id)
            for id in staff { try scene.emulator.remove(.employee, school: scene.schoolID, id: id) }
            #expect(try await removals(scene).subtracting(old) == Set(staff))
            try scene.emulator.restore(.employee, school: scene.schoolID, id: staff[0])
            #expect(try await removals(scene, since: before).subtracting(old) == Set(staff))
            let listed = try await scene.everybody(changedSince: before)
            #expect(listed.observations.map(\.key.id) == [staff[0]])
            let later = Roster.Timestamp(milliseconds: before.milliseconds + 86_400_000)
            #expect(try await removals(scene, since: later).isEmpty)
        }
    }

    @Test(arguments: [403, 404])
    func `where deletions may not be read nobody is listed`(status: Int) async throws {
        try await EmulatorScene.run { scene in
            scene.emulator.add(Fault(.status, pathContains: "/deletions", status: status))
            let removed = try await removals(scene)
            #expect(removed.isEmpty)
        }
    }

    @Test(arguments: [Fault.Kind.truncate, .html])
    func `a list of deletions that cannot be read is an error`(kind: Fault.Kind) async throws {
        try await EmulatorScene.run { scene in
            scene.emulator.add(Fault(kind, pathContains: "/deletions"))
            await #expect(throws: (any Error).self) { _ = try await removals(scene) }
        }
    }
}
