import Accounts
import CurlTransport
import Foundation
import Muster
import MusterServer
import Roster
import SQLiteStore
import Sealing

/// Looks at everything the process depends on and collects what is wrong.
struct ConfigurationCheck {
    /// What keeps Muster from working, one sentence each.
    private(set) var problems: [String] = []
    /// What should be better, likewise.
    private(set) var warnings: [String] = []

    var text: String {
        let lines =
            problems.map { "Problem: \($0)" } + warnings.map { "Warning: \($0)" }
        return problems.isEmpty
            ? (lines + ["The configuration can be used."]).joined(separator: "\n")
            : lines.joined(separator: "\n")
    }

    mutating func run(_ options: CommonOptions) async {
        await look(options)
        problems = problems.map(Echo.ofProcess.cut)
        warnings = warnings.map(Echo.ofProcess.cut)
    }

    private mutating func look(_ options: CommonOptions) async {
        for name in Settings.unknownVariables() {
            warnings.append("The variable \(name.brief) is no setting; correct or remove it.")
        }
        do throws(SettingsProblem) {
            let settings = try await Settings.read(
                store: options.store,
                config: options.config
            )
            checkAuthorities(settings)
            checkServe(settings)
            await checkStore(settings)
        } catch {
            problems.append(error.sentence)
        }
    }

    /// What `muster serve` would refuse.
    private mutating func checkServe(_ settings: Settings) {
        do throws(Failure) {
            _ = try settings.logLevel()
            _ = try settings.pageURL()
            _ = try settings.passwordRules()
            _ = try settings.mail()
            warnings += settings.passwordWarnings
            let serve = try settings.serve()
            do throws(ServerError) {
                try serve.check()
            } catch {
                throw Failure(error)
            }
        } catch {
            problems.append(error.sentence)
        }
    }

    private mutating func checkAuthorities(_ settings: Settings) {
        guard let path = settings.transport.caFile, access(path, R_OK) != 0 else { return }
        problems.append("The file \(path) of http.caFile cannot be read; correct the setting.")
    }

    private mutating func checkStore(_ settings: Settings) async {
        let path = settings.storePath
        let isFile = !path.isEmpty && !path.hasPrefix("postgresql://")
        if isFile, let problem = Self.problem(ofFolderOf: path) {
            problems.append(problem)
            return
        }
        guard FileManager.default.fileExists(atPath: path) else {
            warnings.append("There is no store \(path) yet; `muster connect` makes it.")
            checkKey(settings, isNeeded: false)
            return
        }
        for file in [path, "\(path)-wal", "\(path)-shm"] where Self.isOpenToOthers(file) {
            warnings.append("\(file) can be read by other users; run `chmod 600 \(file)`.")
        }
        do throws(Failure) {
            let assembly = try Assembly(settings, makingStore: false)
            let connections = try await assembly.stored { () throws(StoreError) in
                try await assembly.store.connections()
            }
            checkKey(settings, isNeeded: !connections.isEmpty)
            for connection in connections {
                try await checkSecret(of: connection, assembly)
                warnings += connection.withdrawn.map { "\(connection.name): \($0.sentence)" }
            }
        } catch {
            problems.append(error.sentence)
        }
    }

    /// What of the folder and its disk would keep a store from being written; it writes files of its
    /// own beside the store.
    private static func problem(ofFolderOf path: String) -> String? {
        let store = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let folder = store.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            return "The folder \(folder) of the store does not exist; make it or name another file"
                + " with --store."
        }
        for place in [folder, store.path] where access(place, W_OK) != 0 && errno != ENOENT {
            let why = String(cString: strerror(errno))
            return
                "\(place) cannot be written to (\(why)), as the store \(path.briefPath) needs; check who"
                + " may write there and how its disk is mounted, or name another file with --store."
        }
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        let left = UInt64(facts.f_bavail) * UInt64(facts.f_frsize)
        guard left < Self.leastRoom else { return nil }
        return
            "There is no room left for the store \(path.briefPath): its disk has \(left / 1024) KiB; make"
            + " room there, \(Self.leastRoom / 1024) KiB at least."
    }

    /// What a store with nobody in it needs, and its log.
    private static let leastRoom: UInt64 = 1 << 20

    private mutating func checkKey(_ settings: Settings, isNeeded: Bool) {
        let file = settings.keyFile
        let folders = [file.path, settings.storePath].map { path in
            URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        }
        if folders[0] == folders[1] {
            warnings.append(
                "The key file \(file.path) lies beside the store, so that one stolen folder opens"
                    + " every token; move it and set MUSTER_KEY_FILE."
            )
        }
        guard file.exists || isNeeded else { return }
        do throws(SealError) { _ = try file.seal() } catch { problems.append(error.sentence) }
    }

    private mutating func checkSecret(
        of connection: Connection,
        _ assembly: Assembly
    ) async throws(Failure) {
        let sealed = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.sealedSecret(of: connection.id)
        }
        guard let sealed else {
            warnings.append(
                "The token of \(connection.name) was revoked; give a new one with `muster"
                    + " connections rotate \(connection.name) --token-file FILE`."
            )
            return
        }
        // What is wrong with the key itself is said once.
        guard let seal = try? assembly.keyFile.seal() else { return }
        do throws(SealError) {
            _ = try seal.open(sealed, tenant: connection.tenant, connection: connection.id)
        } catch {
            problems.append("\(connection.name): \(error.sentence)")
        }
    }

    private static func isOpenToOthers(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & 0o077 != 0
    }
}
