import CurlTransport
import MISEmulator
import Roster
import Testing

@testable import WondeSource

/// The source and an emulated school, over a real socket.
struct EmulatorScene {
    let emulator: WondeEmulator
    let source: WondeSource
    let school: SchoolKey

    /// Runs a test body with an emulator and a source, and ends both.
    static func run(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration(),
        token: String? = nil,
        schoolID: String? = nil,
        hierarchy: WondeSettings.HierarchyDirection = .managers,
        pageSize: Int = 200,
        _ body: (EmulatorScene) async throws -> Void
    ) async throws {
        let emulator = try await WondeEmulator.start(configuration)
        let transport = CurlTransport()
        let outcome: Result<Void, any Error>
        do {
            let scene = try EmulatorScene(
                emulator,
                transport,
                token: token ?? emulator.token,
                schoolID: schoolID,
                hierarchy: hierarchy,
                pageSize: pageSize
            )
            outcome = .success(try await body(scene))
        } catch {
            outcome = .failure(error)
        }
        await transport.stop()
        await emulator.stop()
        try outcome.get()
    }

    private init(
        _ emulator: WondeEmulator,
        _ transport: CurlTransport,
        token: String,
        schoolID: String?,
        hierarchy: WondeSettings.HierarchyDirection,
        pageSize: Int
    ) throws {
        var settings = WondeSettings(schoolID: try #require(schoolID ?? emulator.schoolIDs.first))
        settings.baseURL = emulator.origin
        settings.hierarchy = hierarchy
        settings.pageSize = pageSize
        let day = try #require(Day("2026-09-01"))
        self.emulator = emulator
        school = SchoolKey(connection: ConnectionID(7), school: settings.schoolID)
        source = try WondeSource(
            connection: ConnectionID(7),
            settings: settings,
            token: token,
            transport: transport,
            today: { day }
        )
    }

    var schoolID: String { school.school }

    func capabilities() async throws -> Capabilities {
        try await source.describe([.staff], by: Scene.soon).capabilities
    }

    func lookUp(
        _ id: String,
        knowing capabilities: Capabilities = Scene.granted,
        within limit: Duration = .seconds(60)
    ) async -> LookUp {
        let key = SourceKey(school: school, kind: .staff, id: id)
        return await source.lookUp(
            key,
            knowing: capabilities,
            sequence: 1,
            by: .now + limit
        )
    }

    func page(
        at cursor: PageCursor? = nil,
        changedSince: Roster.Timestamp? = nil,
        knowing capabilities: Capabilities = Scene.granted
    ) async throws(SourceError) -> RosterPage {
        try await source.page(
            of: .staff,
            in: school,
            at: cursor,
            changedSince: changedSince,
            knowing: capabilities,
            sequence: 1,
            by: Scene.soon
        )
    }

    /// Every page to the end.
    func everybody(
        changedSince: Roster.Timestamp? = nil,
        knowing capabilities: Capabilities = Scene.granted
    ) async throws -> RosterPage {
        var all = try await page(changedSince: changedSince, knowing: capabilities)
        while let next = all.next {
            let page = try await page(
                at: next,
                changedSince: changedSince,
                knowing: capabilities
            )
            all.observations += page.observations
            all.unreadable += page.unreadable
            all.requests += page.requests
            all.next = page.next
        }
        return all
    }
}
