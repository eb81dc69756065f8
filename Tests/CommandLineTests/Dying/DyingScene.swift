import Foundation
import MISEmulator
import Testing

/// What a process does until it dies.
enum Deed: CaseIterable, Sendable {
    case firstLoad, sync, delta, approval, renumbering

    /// How the command ends where it is not killed: what is held is no success.
    var status: Int32 { self == .sync ? 1 : 0 }

    /// How many pages at least are staged, one after the other, before any is applied.
    var pages: Int {
        switch self {
        case .firstLoad: 6
        case .sync: 4
        case .delta, .approval, .renumbering: 3
        }
    }

    /// Whether somebody is to be told of her new address.
    var isMailed: Bool { self != .firstLoad && self != .renumbering }
}

/// A small school of staff, pupils and contacts, and a store before and after each death.
final class DyingScene: Sendable {
    private let scene: Scene
    private let death: SuddenDeath
    private let arguments: [String]

    var folder: String { scene.folder }

    init(_ deed: Deed) async throws {
        scene = try await Scene(EmulatorConfiguration(employees: 14, students: 8))
        death = try await SuddenDeath(in: scene.folder)
        try scene.emulator.setSwitches(school: scene.school) { $0.perPageLimit = 7 }
        let people = "staff,students,contacts"
        #expect(try await scene.connect(Scene.name, "--people", people).status == 0)
        if deed == .firstLoad {
            arguments = ["sync", Scene.name]
            return
        }
        #expect(try await scene.run("sync", Scene.name).status == 0)
        try await Self.givePasswords(scene)
        switch deed {
        case .firstLoad, .sync, .delta:
            arguments =
                ["sync", Scene.name]
                + (deed == .delta ? ["--delta"] : [])
            try Self.changeMuch(scene, leavers: deed == .sync ? 6 : 1)
        case .approval:
            try Self.changeMuch(scene, leavers: 6)
            let preview = try await scene.json("sync", Scene.name, "--preview")
            arguments = ["approve", try #require(preview["plan"].text)]
        case .renumbering:
            _ = try scene.emulator.migrate(school: scene.school)
            let held = try await scene.json("sync", Scene.name, status: 1)
            arguments = ["approve", try #require(held["plan"].text)]
        }
    }

    /// Everybody has a password, so that a new address is something to tell by mail.
    private static func givePasswords(_ scene: Scene) async throws {
        try await write(
            "INSERT INTO password (account, hash, set_at) SELECT id, 'none', 0 FROM account",
            to: scene.file("muster.sqlite"),
            in: scene.folder
        )
    }

    /// Changes a store as nothing of the product would.
    func write(_ statement: String, to name: String) async throws {
        try await Self.write(statement, to: path(name), in: folder)
    }

    private static func write(
        _ statement: String,
        to store: String,
        in folder: String
    ) async throws {
        let script = """
            import sqlite3, sys
            with sqlite3.connect(sys.argv[1]) as store: store.execute(sys.argv[2])
            """
        let outcome = try await Invocation(
            ["-c", script, store, statement],
            of: "/usr/bin/python3",
            environment: [:],
            folder: folder
        ).outcome()
        try #require(outcome.status == 0, "\(outcome.messages)")
    }

    /// Names, addresses of which two change hands, line managers, places, a newcomer, and leavers.
    private static func changeMuch(_ scene: Scene, leavers: Int) throws {
        let (emulator, school) = (scene.emulator, scene.school)
        let staff = try emulator.employees(school: school).filter {
            $0.current != false && $0.workEmail != nil
        }
        try #require(staff.count > leavers + 5)
        for person in staff.suffix(leavers) {
            try emulator.change(school: school, employee: person.id) { $0.current = false }
        }
        let (one, two, three) = (staff[0], staff[1], staff[2])
        try emulator.change(school: school, employee: one.id) {
            $0.workEmail = .set(two.workEmail ?? "")
        }
        try emulator.change(school: school, employee: two.id) {
            $0.workEmail = .set(one.workEmail ?? "")
            $0.surname = .set("Newname")
        }
        try emulator.change(school: school, employee: three.id) {
            $0.workEmail = .set("new@alder.example")
            $0.setLineManager(one.id)
        }
        let pupils = try emulator.students(school: school)
        try emulator.change(school: school, student: try #require(pupils.first).id) {
            $0.surname = "Newname"
            $0.classes = .set([])
        }
        let contacts = try emulator.contacts(school: school)
        try emulator.change(school: school, contact: try #require(contacts.first).id) {
            $0.title = "Dr"
        }
        try emulator.addEmployee(school: school) {
            $0.surname = .set("Newcomer")
            $0.forename = .set("Nora")
            $0.workEmail = .set("newcomer@alder.example")
        }
    }

    // MARK: Stores

    func path(_ name: String) -> String { scene.file("\(name).sqlite") }

    /// The store as it was before the deed, or as `other` is, under another name.
    func copyStore(_ other: String = "muster", to name: String) throws {
        for suffix in ["", "-wal"] {
            let from = path(other) + suffix
            guard FileManager.default.fileExists(atPath: from) else { continue }
            try FileManager.default.copyItem(atPath: from, toPath: path(name) + suffix)
        }
    }

    /// Does the deed in a process of its own, which dies before its `commit`-th commit.
    func run(on name: String, dyingBefore commit: Int? = nil) async throws -> Outcome {
        var environment = ["MUSTER_STORE": path(name), "MUSTER_SYNC_CHUNK": "12"]
        if let commit { environment.merge(death.before(commit: commit)) { $1 } }
        return try await scene.run(arguments + ["--json"], environment: environment)
    }
}
