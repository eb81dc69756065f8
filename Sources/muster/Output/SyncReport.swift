import Accounts
import Foundation
import Muster
import Reconciliation
import Roster

/// What a sync came to, for people.
struct SyncReport {
    let text: String

    /// - Parameters:
    ///   - result: What the sync came to.
    ///   - connection: What the reader calls it.
    ///   - kinds: The kinds of people it has, for words about one kind.
    init(_ result: SyncResult, connection: String, kinds: [PersonKind] = []) {
        guard result.state != .joined else {
            text =
                "Another sync of \(connection) is going on (run \(result.run.value)), and this one did"
                + " nothing; `muster runs \(connection)` tells what it comes to."
            return
        }
        var table = TextTable()
        let counts = [
            ("seen", result.seen), ("unchanged", result.unchanged), ("changed", result.changed),
            ("created", result.created), ("restored", result.restored),
            ("suspended", result.suspended), ("held", result.held), ("skipped", result.skipped),
            ("disputed", result.disputed), ("failed", result.failed),
            ("ignored", result.ignored.values.reduce(0, +)),
        ]
        // People look for these two; of the others only what happened.
        for (name, count) in counts where count > 0 || name == "seen" || name == "changed" {
            table.add(["  \(name)", String(count)])
        }
        let seconds = String(format: "%.2f", result.time.fractionalMilliseconds / 1000)
        let end =
            switch result.state {
            case .completed, .joined: "is done"
            case .held: "is done but for what is held back"
            case .preview: "was tried out, and nothing was changed"
            case .failed: "has failed"
            case .cancelled: "was stopped"
            }
        var lines = [
            "Sync of \(connection) \(end): \(result.requests) requests, \(seconds) s.",
            table.text,
        ]
        if result.kind == .delta {
            lines.append("  Only people whose record changed in the MIS were read.")
        } else if let why = result.why {
            lines.append("  Everybody was read, because \(why.words).")
        }
        if result.followed > 0 {
            lines.append(
                "  Also changed \(result.followed): their line manager or address followed from"
                    + " somebody else's change."
            )
        }
        if result.missing > 0 {
            lines.append(
                "  Missing \(result.missing): not in the list any more, or not to be imported any more;"
                    + " a complete sync twelve hours later suspends who is missing still, unless a pin or"
                    + " a freeze date keeps her."
            )
        }
        for (reason, count) in result.counts.ignoredByReason {
            let words = reason.words(of: kinds.count == 1 ? kinds.first : nil)
            lines.append("  Ignored \(count): \(words).")
        }
        for field in result.withdrawn { lines.append(TerminalText.line("  \(field.sentence)")) }
        lines += Self.remarks(result)
        if result.renumbered.isEmpty {
            lines += result.planned.map { TerminalText.line("  \(Self.text($0))") }
        } else {
            lines += RenumberingReport(result.renumbered, changes: result.planned.count).lines
        }
        if let plan = result.plan {
            lines.append("  Carry it out within a day with: muster approve \(plan.text)")
        }
        if result.disputed > 0 { lines.append("  Decide with: muster review \(connection)") }
        text = lines.joined(separator: "\n")
    }

    /// Records to look at; of a school whose ids changed, the review lists those that wait.
    private static func remarks(_ result: SyncResult) -> [String] {
        let lines = result.remarks.compactMap { remark -> String? in
            let reason = UnlinkedReason(rawValue: remark.reason)
            if reason != nil, !result.renumbered.isEmpty { return nil }
            let record = remark.record?.brief ?? "without an id"
            let why = reason?.words ?? remark.reason
            return TerminalText.line("  Look at record \(record): \(why)")
        }
        guard lines.count > shownRemarks else { return lines }
        return lines.prefix(shownRemarks) + ["  And at \(lines.count - shownRemarks) more records."]
    }

    private static let shownRemarks = 20

    private static func text(_ change: PlannedChange) -> String {
        let person = change.person.brief
        guard let field = change.field else { return "\(person) is new" }
        return
            "\(person): \(field.rawValue) \(change.from?.brief ?? "(none)")"
            + " → \(change.to?.brief ?? "(none)")"
    }
}
