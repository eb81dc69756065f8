import Accounts
import CurlTransport
import Foundation
import Hummingbird
import Logging
import Muster
import MusterHummingbird
import SQLiteStore
import Sealing
import WondeSource

/// An application with a login form that Muster keeps true to the school's MIS.
///
/// It shares a store with `muster connect` and `muster sync`, and knows its own passwords:
///
///     LoginForm SCHOOL STORE KEY_FILE ACCOUNTS      # lines of "address password"
@main enum LoginForm {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            print("usage: LoginForm SCHOOL STORE KEY_FILE ACCOUNTS")
            exit(2)
        }
        let store = try SQLiteStore(path: arguments[2])
        let transport = CurlTransport()
        let clock = SystemClock()
        let login = LoginRefresh(
            Workshop(
                store: store,
                sources: Sources(store, KeyFile(path: arguments[3]), transport, clock),
                clock: clock,
                identifiers: Identifiers(at: clock.now(), salt: .random(in: .min ... .max))
            )
        )
        let pages = Pages(
            school: arguments[1],
            passwords: try passwords(in: arguments[4]),
            store: store
        )
        let app = Application(
            router: pages.router(refreshingBy: login),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { print("listening on http://127.0.0.1:\($0.localAddress?.port ?? 0)") }
        )
        setvbuf(stdout, nil, _IOLBF, 0)
        try await app.runService()
        await login.finishDeferred()
        await transport.stop()
    }

    /// The demo's own accounts; a real host keeps hashes and compares in constant time.
    private static func passwords(in file: String) throws -> [String: String] {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        return Dictionary(
            lines.compactMap { line in
                let words = line.split(separator: " ", maxSplits: 1).map(String.init)
                return words.count == 2 ? (words[0].lowercased(), words[1]) : nil
            }
        ) { first, _ in first }
    }
}
