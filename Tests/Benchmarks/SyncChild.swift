import Accounts
import CurlTransport
import Foundation
import Muster
import Roster
import SQLiteStore
import WondeSource

/// What `SyncBench` has done in processes of their own.
enum SyncChild {
    /// The argument that asks for it.
    static let word = "measure"

    /// Does what `arguments` ask for and prints the measurement.
    static func run(_ arguments: [String]) async throws {
        if arguments.first == VisitorChild.word {
            return try await VisitorChild.run(Array(arguments.dropFirst()))
        }
        let measured: Measurement
        switch (arguments.first, arguments.count) {
        case ("read", 5):
            let desk = try Desk(arguments[1...])
            measured = try await Measurement.of { (try await desk.read(), "") }
            await desk.transport.stop()
        case ("sync", 6):
            let desk = try Desk(arguments[1...])
            measured = try await desk.sync(store: arguments[5])
            await desk.transport.stop()
        case ("insert", 3):
            measured = try BareInsert.measure(from: arguments[1], into: arguments[2])
        default: throw BenchTrouble("The bench asked itself for something unknown.")
        }
        print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
    }
}

/// One school of an emulated service in another process.
struct Desk {
    let transport = CurlTransport(settings: CurlTransport.Settings())
    let source: WondeSource
    let school: SchoolKey
    let kinds: [PersonKind]

    /// `arguments`: origin, token, school, kinds of people.
    init(_ arguments: ArraySlice<String>) throws {
        let values = Array(arguments)
        var settings = WondeSettings(schoolID: values[2])
        settings.baseURL = values[0]
        let clock = SystemClock()
        kinds = values[3].split(separator: ",").compactMap { PersonKind(rawValue: String($0)) }
        school = SchoolKey(connection: ConnectionID(1), school: values[2])
        source = try WondeSource(
            connection: ConnectionID(1),
            settings: settings,
            token: values[1],
            transport: transport,
            today: { SchoolCalendar.day(at: clock.now(), in: nil) }
        )
    }

    /// Reads and decodes every page and does nothing else.
    func read() async throws -> Int {
        let known = try await source.describe(Set(kinds), by: .now + .seconds(30))
            .capabilities
        var people = 0
        for kind in kinds {
            var cursor: PageCursor?
            repeat {
                let page = try await source.page(
                    of: kind,
                    in: school,
                    at: cursor,
                    changedSince: nil,
                    knowing: known,
                    sequence: 1,
                    by: .now + .seconds(60)
                )
                people += page.observations.count
                cursor = page.next
            } while cursor != nil
        }
        return people
    }

    /// Syncs everybody into the store at `path`.
    func sync(store path: String) async throws -> Measurement {
        let store = try SQLiteStore(path: path)
        var connection = try await store.connections().first
        if connection == nil {
            let description = try await source.describe(Set(kinds), by: .now + .seconds(30))
            connection = try await store.addConnection(
                ConnectionDraft(
                    tenant: .standard,
                    name: "school",
                    kind: "wonde",
                    schools: description.schools,
                    people: Set(kinds),
                    settings: source.settings.stored,
                    capabilities: description.capabilities
                )
            ) { _ in [] }
        }
        guard let connection else { throw BenchTrouble("The store keeps no connection.") }
        let workshop = workshop(store, source)
        return try await Measurement.of { try await Self.sync(connection, in: workshop) }
    }

    /// What logins and syncs work with.
    func workshop(_ store: SQLiteStore, _ source: any RosterSource) -> Workshop {
        let clock = SystemClock()
        return Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: clock.now(), salt: UInt64.random(in: 0..<1 << 20))
        )
    }

    /// Syncs everybody; gives how many were seen and what came of it.
    static func sync(
        _ connection: Connection,
        in workshop: Workshop,
        progress: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> (count: Int, note: String) {
        let result = await BatchSync(workshop).run(connection, progress: progress)
        guard result.state == .completed else {
            throw BenchTrouble(
                "Sync Data ended as \(result.state.rawValue): \(result.trouble ?? "")"
            )
        }
        let note =
            "\(result.created) created, \(result.changed) changed, "
            + "\(result.unchanged) unchanged"
        return (result.seen, note)
    }
}
