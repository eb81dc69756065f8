import ArgumentParser
import Roster

/// `muster review`: what waits for a person, and what she decides.
struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "List what of a school waits for a person, and decide.",
        subcommands: [
            ReviewListCommand.self, ReviewShowCommand.self, ReviewLinkCommand.self,
            ReviewCreateCommand.self, ReviewMergeCommand.self, ReviewIgnoreCommand.self,
        ],
        defaultSubcommand: ReviewListCommand.self
    )
}

/// A school and a record of it that waits without an account.
struct RecordArguments: ParsableArguments {
    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Argument(help: "The record's id, as `muster review SCHOOL` lists it.")
    var record: String

    @Option(help: "The kind of person, where several have that id: staff, student or contact.")
    var kind: String?

    func personKind() throws(Failure) -> PersonKind? {
        guard let kind else { return nil }
        guard let known = PersonKind(rawValue: kind) else {
            throw .usage("\(kind.brief) is no kind of person; say staff, student or contact.")
        }
        return known
    }
}
