import Accounts
import ArgumentParser
import Muster

/// `muster sync`: brings all accounts of a connection up to date.
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring everybody's account up to date: Sync Data."
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Flag(help: "Read everything; so does a sync without it.")
    var full = false

    @Flag(
        help:
            "Compare everybody with her account, also whose record has not changed since the last time."
    )
    var compare = false

    @Flag(help: "Show what would change and change nothing; `muster approve` carries it out.")
    var preview = false

    @Flag(help: "Read only who changed, where the MIS can list that; else everybody.")
    var delta = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if delta, full { throw ValidationError("Choose one of --full and --delta.") }
        if delta, compare {
            throw ValidationError("A comparison reads everybody; leave --delta out.")
        }
        if delta, preview {
            throw ValidationError("A preview reads everybody; leave --delta out.")
        }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(reaching: school)
        try await assembly.requireKey(of: connection)
        let order = SyncOrder(onlyChanges: delta, isPreview: preview, comparesAll: compare)
        let result = try await Interruption.cancelling { () async -> Result<_, Failure> in
            do throws(Failure) {
                return .success(try await assembly.sync(connection, by: order, ProgressBar()))
            } catch {
                return .failure(error)
            }
        }.get()
        let held =
            result.state == .held
            ? try await assembly.stored { () throws(StoreError) in
                try await assembly.review.names(heldBy: result.run)
            } : []
        try common.answer(result, of: connection, held: held)
    }
}
