import Accounts
import ArgumentParser
import JSON
import Muster
import Reconciliation
import Roster

/// `muster review`: the records of a school that have no account, and why.
struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "List the records of a school that wait for a person, and why."
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Flag(help: "List leavers and people without an e-mail address too, who need nobody.")
    var all = false

    @OptionGroup var common: CommonOptions

    private struct Row {
        var record: UnlinkedRecord
        var candidates: [Account]
    }

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let records = try await rows(assembly)
        let rows = records.filter { all || $0.record.reason.standing != .ignored }
        let passedOver = records.count - rows.count
        common.answer(
            json: { member in
                member.array("records") { list in
                    for row in rows { list.object { Self.write(row, to: &$0) } }
                }
            },
            text: { Self.text(rows, passedOver: passedOver) }
        )
    }

    private func rows(_ assembly: Assembly) async throws(Failure) -> [Row] {
        let school = try await assembly.school(school)
        return try await assembly.stored { () throws(StoreError) in
            var rows: [Row] = []
            for record in try await assembly.store.unlinkedRecords(in: school.key) {
                var row = Row(record: record, candidates: [])
                for id in record.candidates {
                    if let account = try await assembly.store.summary(of: id)?.account {
                        row.candidates.append(account)
                    }
                }
                rows.append(row)
            }
            return rows
        }
    }

    private static func write(_ row: Row, to member: inout JSONObjectWriter) {
        let observation = row.record.observation
        member.member("record", observation.key.id)
        member.member("kind", observation.key.kind.rawValue)
        member.member("standing", row.record.reason.standing.word)
        member.member("reason", row.record.reason.rawValue)
        member.member("words", row.record.reason.words)
        member.member("forename", observation.forename.value)
        member.member("surname", observation.surname.value)
        member.member("email", row.record.email)
        member.array("candidates") { list in
            for account in row.candidates {
                list.object { candidate in
                    candidate.member("id", String(account.id.value))
                    candidate.member("email", account.email)
                    candidate.member("name", account.fullName)
                }
            }
        }
    }

    private static func text(_ rows: [Row], passedOver: Int) -> String {
        let rest =
            passedOver == 0
            ? "" : "\(passedOver) records need nobody: see them with --all."
        guard !rows.isEmpty else {
            return rest.isEmpty
                ? "Every record has an account." : "Nothing waits for a person. \(rest)"
        }
        var table = TextTable(header: ["record", "name", "email", "why", "accounts"])
        for row in rows {
            let observation = row.record.observation
            let names = [observation.forename.value, observation.surname.value]
            table.add([
                observation.key.id, names.compactMap(\.self).joined(separator: " "),
                row.record.email ?? "", row.record.reason.words,
                row.candidates.map { "\($0.fullName) <\($0.email ?? "")>" }
                    .joined(separator: ", "),
            ])
        }
        return rest.isEmpty ? table.text : "\(table.text)\n\(rest)"
    }
}

extension UnlinkedStanding {
    /// How results count such a record.
    fileprivate var word: String {
        switch self {
        case .ignored: "ignored"
        case .failed: "failed"
        case .disputed: "disputed"
        }
    }
}
