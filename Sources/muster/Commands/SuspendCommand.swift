import Accounts
import ArgumentParser
import Muster
import Reconciliation

/// `muster suspend`: no login, and no sync lifts it.
struct SuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Suspend an account; no sync lifts that."
    )

    @OptionGroup var person: PersonArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let summary = try await person.edit([.suspend], in: assembly)
        common.answer(
            json: { $0.account(summary) },
            text: { "\(summary.account.fullName) is suspended." }
        )
    }
}

/// `muster restore`: active again, whoever suspended the account.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a suspended account active again."
    )

    @OptionGroup var person: PersonArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let summary = try await person.edit([.restore], in: assembly)
        common.answer(
            json: { $0.account(summary) },
            text: { "\(summary.account.fullName) is active." }
        )
    }
}
