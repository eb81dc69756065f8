import Accounts
import CurlTransport
import Muster
import Roster
import Sealing
import Synchronization
import WondeSource

/// Builds the source of a connection on first need, and anew when its secret changed.
final class ConnectedSources: SourceDirectory {
    private struct Built {
        var sealed: [UInt8]
        var source: any RosterSource
    }

    private let store: any ConnectionStore
    private let keyFile: KeyFile
    private let transport: CurlTransport
    private let clock: any MusterClock
    private let built = Mutex<[ConnectionID: Built]>([:])

    init(
        store: any ConnectionStore,
        keyFile: KeyFile,
        transport: CurlTransport,
        clock: any MusterClock
    ) {
        self.store = store
        self.keyFile = keyFile
        self.transport = transport
        self.clock = clock
    }

    func source(of connection: Connection) async throws(SourceError) -> any RosterSource {
        let sealed: [UInt8]?
        do throws(StoreError) {
            sealed = try await store.sealedSecret(of: connection.id)
        } catch {
            throw .unavailable(reason: error.sentence)
        }
        guard let sealed else {
            throw .refused(
                reason: "The token of \(connection.name) was revoked; give a new one with `muster"
                    + " connections rotate \(connection.name) --token-file FILE`."
            )
        }
        if let known = built.withLock({ $0[connection.id] }), known.sealed == sealed {
            return known.source
        }
        let source = try open(sealed, of: connection)
        built.withLock { $0[connection.id] = Built(sealed: sealed, source: source) }
        return source
    }

    private func open(
        _ sealed: [UInt8],
        of connection: Connection
    ) throws(SourceError) -> any RosterSource {
        let token: Secret
        do throws(SealError) {
            token = try keyFile.seal().open(
                sealed,
                tenant: connection.tenant,
                connection: connection.id
            )
        } catch {
            throw .refused(reason: error.sentence)
        }
        guard connection.kind == WondeConnection.kind else {
            throw .unknown(
                reason: "This version does not know connections of the kind \(connection.kind);"
                    + " use the version that made \(connection.name)."
            )
        }
        do throws(WondeSettingsError) {
            return try wonde(
                WondeSettings(stored: connection.settings),
                token: token,
                id: connection.id,
                timeZone: connection.schools.first?.timeZone
            )
        } catch {
            throw .refused(reason: error.sentence)
        }
    }

    /// A Wonde source; nothing is sent before it is asked.
    func wonde(
        _ settings: WondeSettings,
        token: Secret,
        id: ConnectionID,
        timeZone: String? = nil
    ) throws(WondeSettingsError) -> WondeSource {
        try WondeSource(
            connection: id,
            settings: settings,
            token: token.revealed(),
            transport: transport,
            today: { [clock] in SchoolCalendar.day(at: clock.now(), in: timeZone) }
        )
    }
}

/// What marks a connection as one to Wonde.
enum WondeConnection {
    static let kind = "wonde"
}
