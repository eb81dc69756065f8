import Accounts
import CurlTransport
import Foundation
import Hummingbird
import Muster
import Roster
import SQLiteStore
import Sealing
import WondeSource

/// An application with a login form, whose accounts Muster keeps true to the school's MIS.
///
///     muster connect wonde --name oakfield …    (and muster sync oakfield)
///     LoginForm oakfield muster.sqlite ~/.config/muster/key passwords.txt
///
/// `passwords.txt` has an address and a password on each line: they are this application's own.
@main enum LoginForm {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            fail("Give a school, the store, the key file and a file of passwords; see the source.")
        }
        let store = try SQLiteStore(path: arguments[2])
        let transport = CurlTransport()
        let clock = SystemClock()
        guard let school = try await store.school(named: arguments[1]),
            let sealed = try await store.sealedSecret(of: school.connection.id)
        else { fail("\(arguments[1]) is not connected; connect it first with `muster connect`.") }
        let (tenant, id) = (school.connection.tenant, school.connection.id)
        let token = try KeyFile(path: arguments[3]).seal()
            .open(sealed, tenant: tenant, connection: id)
        let source = try WondeSource(
            connection: id,
            settings: WondeSettings(stored: school.connection.settings),
            token: token.revealed(),
            transport: transport,
            today: { SchoolCalendar.day(at: clock.now(), in: school.school.timeZone) }
        )
        let workshop = Workshop(
            store: store,
            sources: OneSource(source: source),
            clock: clock,
            identifiers: Identifiers(at: clock.now(), salt: .random(in: .min ... .max))
        )
        let login = LoginRefresh(workshop)
        let lines = try String(contentsOfFile: arguments[4], encoding: .utf8).split(separator: "\n")
        let accounts = lines.map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
            .filter { $0.count == 2 }
        let passwords = Dictionary(accounts.map { ($0[0], $0[1]) }) { first, _ in first }
        let pages = Pages(school: arguments[1], passwords: passwords, store: store)
        let application = Application(
            router: pages.router(login),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                let address = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/login\n"
                FileHandle.standardOutput.write(Data(address.utf8))
            }
        )
        try await application.runService()
        await login.finishDeferred(within: .seconds(30))
        await transport.stop()
    }
}

/// Says what went wrong and ends the process.
private func fail(_ sentence: String) -> Never {
    FileHandle.standardError.write(Data("\(sentence)\n".utf8))
    exit(2)
}

/// The one connection of this application; one with many looks at `connection`.
private struct OneSource: SourceDirectory {
    let source: WondeSource

    func source(of connection: Connection) async throws(SourceError) -> any RosterSource { source }
}
