import Accounts
import CurlTransport
import Foundation
import Muster
import Roster
import SQLiteStore
import Sealing

/// Everything the subcommands work with, wired in this one place.
struct Assembly: Sendable {
    let settings: Settings
    let store: any MusterStore
    let access: any AccessStore
    let credentials: any CredentialStore
    let sources: ConnectedSources
    let workshop: Workshop

    var keyFile: KeyFile { settings.keyFile }
    var administration: Administration { Administration(workshop) }

    /// Reads the settings and opens the store that they name.
    /// - Parameters:
    ///   - options: What the command line says.
    ///   - isNew: Whether a store may be made where there is none.
    ///   - telling: What tells operators of the work, where somebody reads it.
    /// - Returns: The rooms, wired.
    /// - Throws: `Failure` where a setting or the store cannot be used.
    static func open(
        _ options: CommonOptions,
        makingStore isNew: Bool = false,
        telling: (Settings) throws(Failure) -> Telemetry? = { _ in nil }
    ) async throws(Failure) -> Assembly {
        let settings: Settings
        do throws(SettingsProblem) {
            settings = try await Settings.read(store: options.store, config: options.config)
        } catch {
            throw .badConfiguration(error.sentence)
        }
        return try Assembly(settings, makingStore: isNew, telemetry: try telling(settings))
    }

    init(
        _ settings: Settings,
        makingStore isNew: Bool,
        telemetry: Telemetry? = nil
    ) throws(Failure) {
        let path = settings.storePath
        guard !path.hasPrefix("postgresql://") else {
            throw .badConfiguration(
                "This muster was built without PostgreSQL; name a file with --store."
            )
        }
        guard isNew || FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                code: "noStore",
                sentence:
                    "There is no store \(path.briefPath) yet; connect a school with `muster connect`,"
                    + " or name another file with --store.",
                status: ExitStatus.badUse
            )
        }
        let store: SQLiteStore
        do throws(StoreError) {
            store = try SQLiteStore(path: path, settings: settings.storeSettings)
        } catch {
            throw Failure(error)
        }
        let clock = SystemClock()
        self.settings = settings
        self.store = store
        access = store
        credentials = store
        sources = ConnectedSources(
            store: store,
            keyFile: settings.keyFile,
            transport: CurlTransport(settings: settings.transport),
            clock: clock
        )
        workshop = Workshop(
            store: store,
            sources: sources,
            clock: clock,
            identifiers: Identifiers(
                at: clock.now(),
                salt: UInt64.random(in: .min ... .max)
            ),
            limits: settings.traffic,
            telemetry: telemetry
        )
    }
}

// What several subcommands look up first.
extension Assembly {
    /// The schools of the store, by every name that an argument may call them.
    func schools() async throws(Failure) -> SchoolNames {
        SchoolNames(
            try await stored { () throws(StoreError) in try await store.connections() }
        )
    }

    /// The school with that id, or that of the connection with that name.
    func school(_ text: String) async throws(Failure) -> ConnectedSchool {
        try await schools().school(text)
    }

    /// A school of the tenant, for what concerns all of them alike.
    func anySchool(of tenant: TenantID) async throws(Failure) -> ConnectedSchool {
        let all = try await stored { () throws(StoreError) in try await store.connections() }
        guard let connection = all.first(where: { $0.tenant == tenant && !$0.schools.isEmpty }),
            let school = connection.schools.first
        else { throw .unknownSchool(tenant.name) }
        return ConnectedSchool(connection: connection, school: school)
    }

    /// The connection of the school with that id, or the one with that name.
    func connection(reaching text: String) async throws(Failure) -> Connection {
        try await schools().connection(text)
    }

    /// The connection with that name.
    func connection(_ name: String) async throws(Failure) -> Connection {
        let all = try await stored { () throws(StoreError) in try await store.connections() }
        guard let named = all.first(where: { $0.name == name }) else {
            throw .unknownConnection(name)
        }
        return named
    }

    /// What the store says, with its trouble as a failure of the command.
    func stored<Value>(
        _ request: () async throws(StoreError) -> Value
    ) async throws(Failure) -> Value {
        do throws(StoreError) { return try await request() } catch { throw Failure(error) }
    }

    /// What the administration says, likewise.
    func administered<Value>(
        _ request: () async throws(AdministrationError) -> Value
    ) async throws(Failure) -> Value {
        do throws(AdministrationError) { return try await request() } catch {
            throw Failure(error)
        }
    }
}
