import Accounts
import ArgumentParser
import Muster

/// `muster show`: one account.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one account."
    )

    @OptionGroup var person: PersonArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let summary = try await person.summary(in: assembly)
        common.answer(json: { $0.pinned(summary) }, text: { AccountReport(summary).text })
    }
}
