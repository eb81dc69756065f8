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

    /// What somebody can decide, and what would follow.
    private struct Choice {
        var account: Account?
        var outcome: Result<[ReviewedChange], ReviewError>
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(record.school)
        let kind = try record.personKind()
        let (row, choices) = try await assembly.reviewed { () throws(ReviewError) in
            let review = assembly.review
            let found = try await review.record(record.record, kind: kind, in: place)
            let list = try await review.list(of: place)
            let row = list.records.first { $0.record.observation.key == found.observation.key }
            var choices: [Choice] = []
            for account in row?.candidates ?? [] {
                let outcome = try await review.rehearse(.account(account.id), found, in: place)
                choices.append(Choice(account: account, outcome: outcome))
            }
            let outcome = try await review.rehearse(.newAccount, found, in: place)
            return (row, choices + [Choice(account: nil, outcome: outcome)])
        }
        guard let row else { throw Failure(ReviewError.unknownRecord(record.record)) }
        common.answer(
            json: { member in
                member.review(row)
                member.member("school", row.record.observation.key.school.school)
                member.observed(row.record.observation)
                member.array("choices") { list in
                    for choice in choices { list.object { Self.write(choice, to: &$0) } }
                }
            },
            text: { text(row, choices) }
        )
    }

    private static func write(_ choice: Choice, to member: inout JSONObjectWriter) {
        member.member("decision", choice.account == nil ? "create" : "link")
        member.member("email", choice.account?.email)
        switch choice.outcome {
        case .success(let changes): member.changes(changes)
        case .failure(let error): member.member("refused", error.sentence)
        }
    }

    private func text(_ row: ReviewList.Row, _ choices: [Choice]) -> String {
        let observation = row.record.observation
        var lines = [
            "Record \(observation.key.id) (\(observation.key.kind.rawValue)) waits because"
                + " \(row.record.reason.words)."
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
