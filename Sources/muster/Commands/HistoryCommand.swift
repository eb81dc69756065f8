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
        let account = try await person.summary(in: assembly)
        let lines = try await assembly.administered { () throws(AdministrationError) in
            try await assembly.administration.history(of: account)
        }
        common.answer(
            json: { member in
                member.array("history") { list in
                    for line in lines { list.history(line) }
                }
            },
            text: { Self.text(lines) }
        )
    }

    private static func text(_ lines: [HistoryLine]) -> String {
        var table = TextTable(header: ["at", "run", "cause", "field", "from", "to", "why"])
        for line in lines {
            let row = line.change
            let field = row.entry.shownField ?? "(made)"
            table.add([
                row.at.iso8601, row.run.map { String($0.value) } ?? "", row.cause.rawValue,
                line.student.map { "\(field) of \($0)" } ?? field,
                row.entry.shownFrom ?? "(none)", row.entry.shownTo ?? "(none)",
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
