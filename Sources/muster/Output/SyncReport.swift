import Accounts
import Foundation
import Muster
import Reconciliation

/// What a sync came to, for people.
struct SyncReport {
    let text: String

    init(_ result: SyncResult, connection: String) {
        guard result.state != .joined else {
            text =
                "Another sync of \(connection) is going on (run \(result.run.value));"
                + " its result is yours too."
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
        for (reason, count) in result.counts.ignoredByReason {
            lines.append("  Ignored \(count): \(reason.words).")
        }
        for remark in result.remarks {
            let why = UnlinkedReason(rawValue: remark.reason)?.words ?? remark.reason
            lines.append(
                TerminalText.line(
                    "  Look at record \(remark.record?.brief ?? "without an id"): \(why)"
                )
            )
        }
        for change in result.planned {
            lines.append(TerminalText.line("  \(Self.text(change))"))
        }
        if let plan = result.plan {
            lines.append("  Carry it out within a day with: muster approve \(plan.text)")
        }
        if result.disputed > 0 { lines.append("  Decide with: muster review \(connection)") }
        text = lines.joined(separator: "\n")
    }

    private static func text(_ change: PlannedChange) -> String {
        let person = change.person.brief
        guard let field = change.field else { return "\(person) is new" }
        return
            "\(person): \(field.rawValue) \(change.from?.brief ?? "(none)")"
            + " → \(change.to?.brief ?? "(none)")"
    }
}
