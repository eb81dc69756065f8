import Accounts
import ArgumentParser
import Muster
import Reconciliation
import Roster

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

    @Flag(help: .hidden)
    var preview = false

    @Flag(help: .hidden)
    var delta = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if preview { throw ValidationError("--preview is not there yet; leave it out.") }
        if delta { throw ValidationError("--delta is not there yet; leave it out.") }
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let connection = try await assembly.connection(reaching: school)
        let bar = ProgressBar()
        let result = await assembly.sync(connection) { progress in bar.show(progress) }
        bar.clear()
        if let trouble = result.trouble { Console.say(trouble) }
        common.answer(
            json: { $0.sync(result) },
            text: { SyncReport(result, connection: connection.name).text }
        )
        switch result.state {
        case .completed, .joined: break
        case .held, .failed: throw ExitCode(ExitStatus.no)
        }
    }
}
