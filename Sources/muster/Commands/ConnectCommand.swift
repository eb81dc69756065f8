import ArgumentParser

/// `muster connect`: one subcommand a kind of source.
struct ConnectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Connect a school's MIS.",
        subcommands: [ConnectWondeCommand.self]
    )
}
