import Accounts
import ArgumentParser
import JSON
import Muster
import Reconciliation
import Roster

/// `muster review show`: everything that is known of one record, and what each choice would change.
struct ReviewShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the MIS said of a record, why it waits, and what each choice changes."
    )

    @OptionGroup var record: RecordArguments

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(record.school)
        let kind = try record.personKind()
        let (row, choices) = try await assembly.reviewed { () throws(ReviewError) in
            let review = assembly.review
            let found = try await review.record(record.record, kind: kind, in: place)
            return try await review.choices(for: found, in: place)
        }
        common.answer(
            json: { $0.review(row, choices: choices) },
            text: { text(row, choices) }
        )
    }

    private func text(_ row: ReviewList.Row, _ choices: [ReviewChoice]) -> String {
        let observation = row.record.observation
        var lines = [
            "Record \(observation.key.id) (\(observation.key.kind.rawValue)) waits because"
                + " \(row.record.reason.words(of: observation.key.kind))."
        ]
        if let dismissal = row.record.dismissal {
            let until = dismissal.until.map { " until \($0)" } ?? ""
            lines.append("It is ignored\(until): \(dismissal.because)")
        }
        var table = TextTable()
        for (name, said) in observation.statements { table.add(["  \(name)", said]) }
        lines.append(table.text)
        for choice in choices {
            let command =
                choice.account.map { account in
                    "muster review link \(record.school) \(observation.key.id)"
                        + " \(account.email ?? "EMAIL")"
                } ?? "muster review create \(record.school) \(observation.key.id)"
            switch choice.outcome {
            case .success(let changes):
                lines.append("\(command)")
                lines += changes.map { "  \($0.text)" }
            case .failure(let error) where choice.account != nil:
                lines.append("\(choice.account?.label ?? ""): \(error.sentence)")
            case .failure(let error): lines.append(error.sentence)
            }
        }
        return lines.map(TerminalText.lines).joined(separator: "\n")
    }
}
