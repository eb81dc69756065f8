import Accounts
import ArgumentParser
import JSON
import Muster

/// `muster list`: the accounts of a school.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the accounts of a school."
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let school = try await assembly.school(school)
        let accounts = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.accounts(in: school.key, of: school.connection.tenant)
        }
        common.answer(
            json: { member in
                member.array("accounts") { list in
                    for account in accounts { list.object { $0.account(account) } }
                }
            },
            text: { text(accounts) }
        )
    }

    private func text(_ accounts: [AccountSummary]) -> String {
        guard !accounts.isEmpty else {
            return "Nobody has an account yet; bring everybody with `muster sync \(school)`."
        }
        var table = TextTable(header: [
            "email", "name", "kind", "job title", "line manager", "status",
        ])
        for summary in accounts {
            table.add([
                summary.account.email ?? "(none)", summary.account.fullName,
                summary.kinds.joined(separator: ", "), summary.account.jobTitle ?? "",
                summary.lineManager?.fullName ?? "",
                summary.account.status.report,
            ])
        }
        return table.text
    }
}
