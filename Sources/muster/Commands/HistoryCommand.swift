import Accounts
import ArgumentParser
import JSON
import Muster
import Reconciliation

/// `muster history`: what changed on an account, when and why.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what changed on an account, when and why."
    )

    @OptionGroup var person: PersonArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let account = try await person.summary(in: assembly).account
        let rows = try await assembly.stored { () throws(StoreError) in
            try await assembly.store.history(of: account.id)
        }
        common.answer(
            json: { member in
                member.array("history") { list in
                    for row in rows { list.history(row) }
                }
            },
            text: { Self.text(rows) }
        )
    }

    private static func text(_ rows: [DatedHistoryEntry]) -> String {
        var table = TextTable(header: ["at", "cause", "field", "from", "to", "why"])
        for row in rows {
            table.add([
                row.at.iso8601, row.cause.rawValue, row.entry.field?.rawValue ?? "(made)",
                row.entry.from ?? "(none)", row.entry.to ?? "(none)",
                Self.words(row.entry.reason),
            ])
        }
        return table.text
    }

    /// Why it was done, in plain words where there are some.
    private static func words(_ reason: String) -> String {
        if reason == HistoryEntry.ownPassword { return "set by a link that was mailed to her" }
        return Reason(rawValue: reason)?.words ?? reason
    }
}
