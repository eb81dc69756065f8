package import Accounts
import CurlTransport
import Foundation
package import MISEmulator
package import Muster
package import Roster
package import SQLiteStore
import Synchronization
package import WondeSource

/// An emulated school, a store on disk and everything between, as a process has them.
package struct EmulatedSchool: Sendable {
    /// The Wonde service.
    package let emulator: WondeEmulator
    /// The store, in a folder of its own.
    package let store: SQLiteStore
    /// What logins and syncs work with.
    package let workshop: Workshop
    /// The source behind the connection.
    package let source: WondeSource
    /// The one connection of the store, as it was made.
    package let connection: Connection

    private let transport: CurlTransport
    private let today: Day?
    private let directory: DivertedSource
    private let folder: URL

    /// The file of the store.
    package var path: String { Self.file(in: folder) }

    private static func file(in folder: URL) -> String {
        folder.appending(path: "muster.sqlite").path
    }

    /// Opens a store connected to `emulator`'s first school.
    package static func open(
        _ emulator: WondeEmulator,
        people: Set<PersonKind> = [.staff],
        today: Day? = nil,
        store settings: SQLiteStore.Settings = SQLiteStore.Settings(),
        limits: TrafficLimits = TrafficLimits(),
        clock: any MusterClock = SystemClock()
    ) async throws -> EmulatedSchool {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-school-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try SQLiteStore(path: file(in: folder), settings: settings)
        let transport = CurlTransport(settings: CurlTransport.Settings())
        let source = try source(
            of: emulator,
            at: emulator.origin,
            over: transport,
            people: people,
            today: today
        )
        let directory = DivertedSource(source)
        let description = try await source.describe(people, by: .now + .seconds(30))
        let connection = try await store.addConnection(
            ConnectionDraft(
                tenant: .standard,
                name: "school",
                kind: "wonde",
                schools: description.schools,
                people: people,
                settings: source.settings.stored,
                capabilities: description.capabilities
            )
        ) { _ in [] }
        return EmulatedSchool(
            emulator: emulator,
            store: store,
            workshop: Workshop(
                store: store,
                sources: directory,
                clock: clock,
                identifiers: Identifiers(at: clock.now(), salt: UInt64.random(in: 0..<1 << 20)),
                limits: limits
            ),
            source: source,
            connection: connection,
            transport: transport,
            today: today,
            directory: directory,
            folder: folder
        )
    }

    private static func source(
        of emulator: WondeEmulator,
        at origin: String,
        over transport: CurlTransport,
        people: Set<PersonKind>,
        today: Day?
    ) throws -> WondeSource {
        var settings = WondeSettings(schoolID: emulator.schoolIDs[0])
        if people.isSuperset(of: [.student, .contact]) { settings.fields.insert(.contacts) }
        settings.baseURL = origin
        let clock = SystemClock()
        return try WondeSource(
            connection: ConnectionID(1),
            settings: settings,
            token: emulator.token,
            transport: transport,
            today: { today ?? SchoolCalendar.day(at: clock.now(), in: nil) }
        )
    }

    /// Lets logins and syncs ask `origin` from now on; nil for the emulator again.
    package func divert(to origin: String?) throws {
        directory.set(
            try Self.source(
                of: emulator,
                at: origin ?? emulator.origin,
                over: transport,
                people: connection.people,
                today: today
            )
        )
    }

    /// Stops the transport and removes the store; the emulator goes on.
    package func close() async {
        await transport.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The school as it is connected now, with what was learnt since.
    package func connected() async throws -> ConnectedSchool {
        ConnectedSchool(
            connection: try await store.connections()[0],
            school: connection.schools[0]
        )
    }

    /// The key of the school.
    package var key: SchoolKey {
        SchoolKey(connection: connection.id, school: connection.schools[0].id)
    }

    /// Syncs everybody.
    package func sync() async throws -> SyncResult {
        await BatchSync(workshop).run(try await store.connections()[0])
    }

    /// Reads and decodes every page and does nothing else; gives the number of people.
    package func readOnly() async throws -> Int {
        var people = 0
        for kind in connection.people {
            var cursor: PageCursor?
            repeat {
                let page = try await source.page(
                    of: kind,
                    in: key,
                    at: cursor,
                    changedSince: nil,
                    knowing: connection.capabilities,
                    sequence: 1,
                    by: .now + .seconds(60)
                )
                people += page.observations.count
                cursor = page.next
            } while cursor != nil
        }
        return people
    }
}

/// The one source, which may change its address.
private final class DivertedSource: SourceDirectory {
    private let current: Mutex<WondeSource>

    init(_ source: WondeSource) { current = Mutex(source) }

    func set(_ source: WondeSource) { current.withLock { $0 = source } }

    func source(of connection: Connection) async throws(SourceError) -> any RosterSource {
        current.withLock { $0 }
    }
}
