import Accounts
import ArgumentParser
import Foundation
import JSON
import Muster

/// `muster check-config`: whether settings, store, key and secrets fit together.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check settings, store, key file and stored tokens; changes nothing."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        var check = ConfigurationCheck()
        await check.run(common)
        let done = check
        common.answer(
            json: { member in
                member.member("ok", done.problems.isEmpty)
                member.member("problems", done.problems)
                member.member("warnings", done.warnings)
            },
            text: { done.text }
        )
        guard done.problems.isEmpty else { throw ExitCode(ExitStatus.badUse) }
    }
}
