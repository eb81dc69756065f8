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

    @Flag(help: "Show what would change and change nothing; `muster approve` carries it out.")
    var preview = false

    @Flag(help: .hidden)
    var delta = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if delta { throw ValidationError("--delta is not there yet; leave it out.") }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(reaching: school)
        let bar = ProgressBar()
        let result = await assembly.sync(connection) { batch, id in
            await batch.run(connection, as: id, isPreview: preview) { bar.show($0) }
        }
        bar.clear()
        try common.answer(result, of: connection)
    }
}
