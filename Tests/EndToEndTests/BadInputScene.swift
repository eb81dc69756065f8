import Accounts
import Foundation
import Muster
import MusterTesting
import Roster
import SQLiteStore

/// A scripted school over a store on disk, and a clock that a test moves.
final class BadInputScene: Sendable {
    let source: ScriptedSource
    let clock = ManualClock()
    let store: SQLiteStore
    private let workshop: Workshop
    private let folder: URL

    var path: String { folder.appending(path: "muster.sqlite").path }

    init(people: Set<PersonKind> = [.staff], pageSize: Int = 50) async throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-bad-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        source = ScriptedSource(pageSize: pageSize)
        var settings = SQLiteStore.Settings()
        settings.busyTimeout = .milliseconds(20)
        store = try SQLiteStore(
            path: folder.appending(path: "muster.sqlite").path,
            settings: settings
        )
        _ = try await store.addConnection(.example(people: people)) { _ in [] }
        workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: .example, salt: 7)
        )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func sync() async throws -> SyncResult {
        var settings = SyncSettings()
        settings.attempts = 1
        return await BatchSync(workshop, settings: settings).run(try await store.connections()[0])
    }

    func content() async throws -> StoreContent {
        try await StoreContent.read(from: store, school: .example, tenant: .standard)
    }

    func account(_ email: String) async throws -> Account? {
        try await store.accounts(in: .example, of: .standard)
            .first { $0.account.email == email }?.account
    }
}
