import Accounts
import Muster
import Reconciliation
import Roster

/// How people are told whose school lists them under other ids: how many, and a few of them.
struct RenumberingReport {
    let lines: [String]

    /// How many people are shown; `--json` has all.
    private static let shown = 20

    /// - Parameters:
    ///   - schools: The people, by school and kind.
    ///   - changes: How many changes of values would come along.
    init(_ schools: [Renumbering], changes: Int) {
        var lines = schools.map { TerminalText.line("  \(Self.counts(of: $0))") }
        let people = schools.sample(of: Self.shown)
        var table = TextTable(header: ["record before", "record now", "person", "why"])
        for person in people {
            table.add([
                person.from ?? "(none)", person.to ?? "(none)", person.name.brief,
                Self.words(for: person),
            ])
        }
        lines += table.text.split(separator: "\n").map { "  \($0)" }
        let all = schools.reduce(0) { $0 + $1.given + $1.waiting + $1[.noRecord] }
        if all > people.count {
            lines.append("  \(all - people.count) more: see everybody with --json.")
        }
        if changes > 0 { lines.append("  What else would change is listed with --json.") }
        self.lines = lines
    }

    private static func counts(of school: Renumbering) -> String {
        let left = school[.noRecord]
        let counts = [
            "\(school[.number]) by a number", "\(school[.address]) by address and surname",
            "\(school[.name]) suggested by name only", "\(school[.unknown]) unknown",
            "\(left) \(left.word("account", "accounts")) without a record",
        ]
        let people = "\(school.kind.people) of \(school.school.name)"
        return "Under other ids, \(people): \(counts.joined(separator: ", "))."
    }

    private static func words(for person: Renumbering.Person) -> String {
        switch person.evidence {
        case .number: "number and name"
        case .address: "address and surname"
        case .name: "name only: you decide"
        case .unknown where person.reason == .unknownAfterRenumbering: "unknown: you decide"
        case .unknown: person.reason?.words ?? "unknown"
        case .noRecord: "no new record"
        }
    }
}
