import Accounts
import Foundation
import Muster
import MusterTesting
import Roster
import SQLiteStore
import Testing

/// What a process does and is cut off from.
enum Deed: CaseIterable {
    case firstLoad
    case sync
    case preview
    case approve
    case undo
}

/// Stores of a small school, before and after a sync that has a bit of everything.
final class CutScene: Sendable {
    private let folder: URL
    private let source = ScriptedSource(pageSize: 10)
    private static let ids = 101...146

    init() async throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-cut-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try await store("connected").addConnection(.example()) { _ in [] }
        for id in Self.ids { source.put(Self.person("\(id)")) }
        for id in ["301", "302"] { source.put(Self.person(id, email: "shared@school.example")) }
        try copy("connected", to: "loaded")
        _ = await run(.firstLoad, on: try store("loaded"), at: .zero)
        source.remove(.staff("143"))
        source.remove(.staff("144"))
        _ = await run(.sync, on: try store("loaded"), at: .seconds(3600))
        changeMuch()
        try copy("loaded", to: "held")
        let synced = await run(.sync, on: try store("held"), at: Self.hour)
        try #require(synced.state == .held && synced.plan != nil, "\(synced)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// When the process that may be cut begins, after the first load.
    private static let hour = Duration.seconds(14 * 3600)

    private static func person(_ id: String, email: String? = nil) -> Observation {
        .staff(
            id,
            title: "Ms",
            surname: "Abdi\(id)",
            email: email,
            roles: ["Teacher"],
            managers: id == "101" || id.hasPrefix("3") ? [] : ["101"],
            classes: [ClassMembership(teachingClass: .example("10B"), role: .teacher)]
        ).with {
            // Long, so that a small school fills pages of the store.
            $0.address = .value(String(repeating: "1 Mill Lane ", count: 20))
        }
    }

    /// Names, addresses in exchange, line managers, classes, newcomers, leavers whom a guard holds,
    /// people missing for the first and for the second time, and records that are listed no more.
    private func changeMuch() {
        for id in 102...106 { change(id) { $0.surname = .value("Brown") } }
        change(107) { $0.email = .value("108@school.example") }
        change(108) { $0.email = .value("107@school.example") }
        change(109) { $0.managers = .value([ManagerEntry(key: .staff("110"))]) }
        for id in 112...118 { change(id) { $0.standing = .left(.notCurrent) } }
        change(119) {
            let moved = ClassMembership(teachingClass: .example("11C"), role: .teacher)
            $0.classes = .value([moved])
        }
        for id in ["145", "301", "302"] { source.remove(.staff(id)) }
        source.put(
            Self.person("201"),
            Self.person("202").with {
                $0.managers = .value([ManagerEntry(key: .staff("201"))])
            }
        )
    }

    private func change(_ id: Int, _ change: (inout Observation) -> Void) {
        source.change(.staff("\(id)"), change)
    }

    // MARK: Stores

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func store(
        _ name: String,
        _ change: (inout SQLiteStore.Settings) -> Void = { _ in }
    ) throws -> SQLiteStore {
        var settings = SQLiteStore.Settings()
        change(&settings)
        return try SQLiteStore(path: path(name), settings: settings)
    }

    /// The size of a store that nobody uses, in pages of 4096 bytes.
    func pages(of name: String) throws -> Int {
        let facts = try FileManager.default.attributesOfItem(atPath: path(name))
        return ((facts[.size] as? NSNumber)?.intValue ?? 0) / 4096
    }

    private func copy(_ name: String, to other: String) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path(name) + suffix)
        {
            let target = path(other) + suffix
            try? FileManager.default.removeItem(atPath: target)
            try FileManager.default.copyItem(atPath: path(name) + suffix, toPath: target)
        }
    }

    /// The store on which `deed` is done, as a file of its own.
    func fresh(
        for deed: Deed,
        _ name: String,
        _ change: (inout SQLiteStore.Settings) -> Void = { _ in }
    ) throws -> SQLiteStore {
        switch deed {
        case .firstLoad: try copy("connected", to: name)
        case .sync, .preview: try copy("loaded", to: name)
        case .approve, .undo: try copy("held", to: name)
        }
        return try store(name, change)
    }

    /// Opens a store that another process left behind.
    func reopened(_ name: String) throws -> SQLiteStore { try store(name) }

    // MARK: Deeds

    /// What a deed came to.
    struct Ended: Equatable {
        var state: SyncState?
        var plan: PlanID?
        var trouble: String?
    }

    /// Does `deed` as a process of its own, `later` than the one that may be cut.
    func run(_ deed: Deed, on store: any MusterStore, later: Duration = .zero) async -> Ended {
        // After the sync that made the plan: numbers are made of the time.
        let isDecision = deed == .approve || deed == .undo
        return await run(deed, on: store, at: Self.hour + later + .seconds(isDecision ? 60 : 0))
    }

    private func run(
        _ deed: Deed,
        on store: any MusterStore,
        at moment: Duration
    ) async -> Ended {
        let clock = ManualClock(now: .example.advanced(by: moment))
        let workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(
                at: clock.now(),
                salt: UInt64(moment.components.seconds)
            )
        )
        do throws(StoreError) {
            let connection = try await store.connections()[0]
            var settings = SyncSettings()
            settings.chunk = 6
            settings.attempts = 1
            let batch = BatchSync(workshop, settings: settings)
            switch deed {
            case .firstLoad, .sync: return Ended(await batch.run(connection))
            case .preview: return Ended(await batch.run(connection, isPreview: true))
            case .approve, .undo: break
            }
            let runs = try await store.runs(of: connection.id, limit: 9)
            guard let held = runs.first(where: { $0.plan != nil }), let plan = held.plan else {
                return Ended(trouble: "There is no plan.")
            }
            if deed == .approve { return Ended(await batch.approve(plan, at: connection)) }
            do throws(UndoError) {
                _ = try await Undo(workshop, chunk: 6).run(held.id)
                return Ended()
            } catch {
                return Ended(trouble: error.sentence)
            }
        } catch {
            return Ended(trouble: error.sentence)
        }
    }

    /// All that a store holds, with everybody's history.
    func content(of store: SQLiteStore) async throws -> StoreContent {
        try await StoreContent.read(
            from: store,
            schools: [.example],
            tenant: .standard,
            trail: StoreContent.Trail()
        )
    }
}

extension CutScene.Ended {
    init(_ result: SyncResult) {
        self.init(state: result.state, plan: result.plan, trouble: result.trouble)
    }
}
