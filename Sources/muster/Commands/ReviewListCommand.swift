import Accounts
import ArgumentParser
import JSON
import Muster
import Reconciliation
import Roster

/// `muster review list`, also without the word.
struct ReviewListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the records of a school that wait for a person, why, and what is held back."
    )

    @Argument(help: "A school's id or a connection's name.")
    var school: String

    @Flag(help: "List leavers, people without an e-mail address and ignored records too.")
    var all = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let assembly = try await Assembly.open(common)
        let place = try await assembly.school(school)
        let list = try await assembly.reviewed { () throws(ReviewError) in
            try await assembly.review.list(of: place)
        }
        let rows = all ? list.records : list.waiting
        let isEmpty = try await assembly.isEmpty(place.connection)
        common.answer(
            json: { $0.review(list, showing: rows) },
            text: { Self.text(rows, of: list, in: school, showsAll: all, isEmpty: isEmpty) }
        )
    }

    private static func text(
        _ rows: [ReviewList.Row],
        of list: ReviewList,
        in school: String,
        showsAll: Bool,
        isEmpty: Bool
    ) -> String {
        var lines: [String] = []
        if !rows.isEmpty {
            lines.append(table(rows))
            lines.append("See one with: muster review show \(school) RECORD")
        }
        lines += missing(list, showingAll: showsAll)
        for run in list.held {
            let count =
                run.state == .preview ? "What the preview showed" : "\(run.counts.held) held"
            lines.append(
                "\(count) since \(run.startedAt.iso8601): \(run.trouble ?? "a plan waits.")"
            )
            if let names = list.heldNames[run.id] {
                lines.append("  \(SyncReport.held(names, of: run.counts.held))")
            }
            lines.append(
                run.plan.map { "  Carry it out with: muster approve \($0.text)" }
                    ?? "  It is more than a day old, or the school was read since: run `muster sync \(school)`, and decide what that holds."
            )
        }
        for remark in list.remarks {
            let reason = UnlinkedReason(rawValue: remark.reason)
            let what = reason == nil ? "Look at record" : "The last sync could not use record"
            let why = reason?.words ?? remark.reason
            lines.append(
                remark.subject.map { "\(what) \($0): \(why)" } ?? "Of the last sync: \(why)"
            )
        }
        let isNothing = lines.isEmpty
        let passedOver = list.records.count - rows.count
        if isNothing {
            lines.append(
                passedOver > 0
                    ? "Nothing waits for a person."
                    : isEmpty
                        ? "Nobody has an account yet; bring everybody with `muster sync \(school)`."
                        : "Every record has an account."
            )
        }
        if passedOver > 0 {
            lines.append(
                passedOver == 1
                    ? "1 record needs nobody: see it with --all."
                    : "\(passedOver) records need nobody: see them with --all."
            )
        }
        return lines.map(TerminalText.lines).joined(separator: "\n")
    }

    /// Accounts whose record is listed no more; a few of them unless all are wanted.
    private static func missing(_ list: ReviewList, showingAll: Bool) -> [String] {
        let accounts = list.accountsWithoutRecord
        guard !accounts.isEmpty else { return [] }
        var table = TextTable(header: ["account", "name", "kind", "record", "not listed since"])
        let shown = showingAll ? accounts : Array(accounts.prefix(20))
        for row in shown {
            table.add([
                row.account.email ?? "\(row.account.id.value)", row.account.fullName,
                row.record.kind.rawValue, row.record.id,
                row.since.map { String($0.iso8601.prefix(10)) } ?? "the last sync",
            ])
        }
        var lines = [
            "Accounts whose record the MIS lists no more; a record above may be theirs:",
            table.text,
        ]
        let more = accounts.count - shown.count
        if more > 0 { lines.append("\(more) more: see them with --all.") }
        if list.moreWithoutRecord > 0 {
            lines.append("And \(list.moreWithoutRecord) more, of whom only the number is kept.")
        }
        return lines
    }

    private static func table(_ rows: [ReviewList.Row]) -> String {
        var table = TextTable(header: ["record", "kind", "name", "email", "why", "accounts"])
        for row in rows {
            let observation = row.record.observation
            var why = row.record.reason.words(of: observation.key.kind)
            if row.record.dismissal != nil, row.standing == .ignored {
                let until = row.record.dismissal?.until.map { " until \($0)" } ?? ""
                why = "ignored\(until): \(row.record.dismissal?.because ?? "")"
            }
            table.add([
                observation.key.id, observation.key.kind.rawValue, observation.fullName,
                row.record.email ?? "", why,
                row.candidates.map(Self.candidate).joined(separator: ", "),
            ])
        }
        return table.text
    }

    /// An account to choose from, with the kind of the record that leads it.
    private static func candidate(_ account: Account) -> String {
        let kind = account.home.map { " (\($0.kind.rawValue))" } ?? ""
        return "\(account.fullName) <\(account.email ?? "")>\(kind)"
    }
}

extension Assembly {
    /// Whether no record of the connection has an account.
    fileprivate func isEmpty(_ connection: Connection) async throws(Failure) -> Bool {
        for school in connection.schools {
            let key = SchoolKey(connection: connection.id, school: school.id)
            for kind in connection.kinds {
                let marks = try await stored { () throws(StoreError) in
                    try await store.presenceMarks(of: kind, in: key, after: nil, limit: 1)
                }
                if !marks.isEmpty { return false }
            }
        }
        return true
    }
}
