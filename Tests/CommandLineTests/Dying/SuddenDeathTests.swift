import Foundation
import MISEmulator
import Testing

/// A real process that is really killed before any of its commits: the next one ends where an
/// undisturbed one ends, and says, mails and notes nothing twice; and the killed one's counts are what
/// it did.
///
/// Nothing but its commits outlives a process, so each of them is a checkpoint and there are no
/// others: those of every page, of every step that is applied, and of every phase between.
@Suite(.timeLimit(.minutes(15))) struct SuddenDeathTests {
    @Test(arguments: Deed.allCases)
    func `killed before any of its commits, it comes to the same when it is done again`(
        deed: Deed
    ) async throws {
        let scene = try await DyingScene(deed)
        try scene.copyStore(to: "whole")
        let whole = try await scene.run(on: "whole")
        #expect(whole.status == deed.status, "\(whole)")
        var killed: [String] = []
        while killed.count < 500 {
            let name = "killed before \(killed.count + 1)"
            try scene.copyStore(to: name)
            let cut = try await scene.run(on: name, dyingBefore: killed.count + 1)
            guard cut.isSignalled else { break }
            killed.append(name)
            try scene.copyStore(name, to: "\(name), left")
            let again = try await scene.run(on: name)
            #expect(again.status == deed.status, "\(name): \(again)")
        }
        let differences = try await StoreDump.differences(
            of: killed.map(scene.path),
            from: scene.path("whole"),
            in: scene.folder
        )
        #expect(differences == [:])
        let left = try await StoreDump.progress(
            of: killed.map { scene.path("\($0), left") },
            in: scene.folder
        )
        let untrue = left.filter { $0.said != $0.written }
        #expect(untrue == [], "what `muster runs` says of who was killed")
        let pages = Set(left.filter { $0.changed == 0 }.map(\.staged)).count
        #expect(pages >= deed.pages, "\(left)")
        #expect(left.contains { $0.staged > 0 && $0.changed > 0 }, "while it applied: \(left)")
        #expect(left.contains { $0.staged == 0 && $0.changed > 0 }, "when that was done: \(left)")
        let end = try await StoreDump.progress(of: [scene.path("whole")], in: scene.folder)
        #expect(deed.isMailed == (end.map(\.mails) != [0]), "\(end)")
    }

    @Test(arguments: [
        "INSERT INTO history (tenant, account, at, cause, field, reason)"
            + " SELECT tenant, account, at, cause, field, reason FROM history LIMIT 1",
        "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
        "INSERT INTO mail SELECT 'other', tenant, account, kind, address, token, sealed, written_at,"
            + " due_at, state, attempts, trouble, taken_at, leased_until, settled_at FROM mail LIMIT 1",
        "DELETE FROM membership WHERE account = (SELECT min(account) FROM membership)"
            + " AND class = (SELECT min(class) FROM membership WHERE account ="
            + " (SELECT min(account) FROM membership))",
    ])
    func `whatever is there twice, or not at all, is a difference`(change: String) async throws {
        let scene = try await DyingScene(.sync)
        #expect(try await scene.run(on: "muster").status == 1)
        try scene.copyStore(to: "other")
        try await scene.write(change, to: "other")
        let difference = try await StoreDump.differences(
            of: [scene.path("other")],
            from: scene.path("muster"),
            in: scene.folder
        )
        #expect(difference["other.sqlite"]?.count == 1, "\(difference)")
    }
}
