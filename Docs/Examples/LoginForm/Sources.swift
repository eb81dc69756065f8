import Accounts
import CurlTransport
import Muster
import Roster
import Sealing
import WondeSource

/// Opens the Wonde source of a connection with the token that `muster connect` sealed.
struct Sources: SourceDirectory {
    private let store: any ConnectionStore
    private let keyFile: KeyFile
    private let transport: CurlTransport
    private let clock: any MusterClock

    init(
        _ store: any ConnectionStore,
        _ keyFile: KeyFile,
        _ transport: CurlTransport,
        _ clock: any MusterClock
    ) {
        (self.store, self.keyFile, self.transport, self.clock) = (store, keyFile, transport, clock)
    }

    func source(of connection: Connection) async throws(SourceError) -> any RosterSource {
        do {
            guard let sealed = try await store.sealedSecret(of: connection.id) else {
                throw SourceError.refused(reason: "The token of \(connection.name) was revoked.")
            }
            let (tenant, id) = (connection.tenant, connection.id)
            let token = try keyFile.seal().open(sealed, tenant: tenant, connection: id)
            return try WondeSource(
                connection: id,
                settings: WondeSettings(stored: connection.settings),
                token: token.revealed(),
                transport: transport,
                today: { [clock] in SchoolCalendar.day(at: clock.now(), in: nil) }
            )
        } catch {
            throw .refused(reason: "\(error)")
        }
    }
}
