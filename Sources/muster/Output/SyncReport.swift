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
    ///   - approved: The plan that was carried out; nil for a sync.
    ///   - held: A few of those who are held back, by name.
    init(
        _ result: SyncResult,
        connection: String,
        kinds: [PersonKind] = [],
        approved: PlanID? = nil,
        held: [String] = []
    ) {
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
            let wouldBe = name == "held" && result.state == .preview
            table.add(["  \(wouldBe ? "would be held" : name)", String(count)])
        }
        let seconds = String(format: "%.2f", result.time.fractionalMilliseconds / 1000)
        let work = approved.map { "The plan \($0.text)" } ?? "Sync"
        let end = Self.end(of: result.state, isPlan: approved != nil)
        let cost = approved == nil ? "\(result.requests) requests, " : ""
        let run = result.run.value
        var lines = [
            "\(work) of \(connection) \(end) (run \(run)): \(cost)\(seconds) s.", table.text,
        ]
        if result.state == .joined {
            lines.append("  This is what run \(run) came to, which was going on already.")
        }
        if result.kind == .delta {
            lines.append("  Only people whose record changed in the MIS were read.")
        } else if let why = result.why {
            lines.append("  Everybody was read, because \(why.words).")
        }
        if result.followed > 0 {
            lines.append(
                "  Also changed \(result.followed): a line manager or an address followed from"
                    + " somebody else's change."
            )
        }
        if result.skipped > 0 {
            lines.append(
                "  Skipped \(result.skipped): what was read or changed since the plan was shown contradicts"
                    + " it; sync again to see what is left."
            )
        }
        if result.missing > 0 {
            lines.append(
                "  Missing \(result.missing): not in the list any more, or not to be imported any more;"
                    + " a complete sync twelve hours later suspends who is missing still."
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
            if result.plannedBesides > 0 {
                lines.append(
                    "  And \(result.plannedBesides) more changes, none of them to who has access."
                )
            }
        } else {
            lines += RenumberingReport(result.renumbered, changes: result.planned.count).lines
        }
        if !held.isEmpty { lines.append("  \(Self.held(held, of: result.held))") }
        if let plan = result.plan {
            lines.append("  Carry it out within a day with: muster approve \(plan.text)")
        }
        if result.disputed > 0 { lines.append("  Decide with: muster review \(connection)") }
        let done = result.changed + result.created + result.restored + result.suspended
        if done + result.followed > 0, result.state != .preview {
            lines.append("  Take back what was done with: muster undo \(run)")
        }
        text = lines.joined(separator: "\n")
    }

    /// Who is held back, by a few names and the number of the others.
    static func held(_ names: [String], of count: Int) -> String {
        let more = count - names.count
        let all = names.map(\.brief) + (more > 0 ? ["\(more) more"] : [])
        let last = all.last ?? ""
        let list = all.count > 1 ? "\(all.dropLast().joined(separator: ", ")) and \(last)" : last
        return TerminalText.line("Held \(count.word("is", "are")) \(list).")
    }

    private static func end(of state: SyncState, isPlan: Bool) -> String {
        switch state {
        case .completed, .joined: isPlan ? "is carried out" : "is done"
        case .held:
            isPlan
                ? "is carried out but for what is held back" : "is done but for what is held back"
        case .preview: "was tried out, and nothing was changed"
        case .failed: isPlan ? "was not carried out, or not all of it" : "has failed"
        case .cancelled: "was stopped"
        }
    }

    /// Records to look at; of a school whose ids changed, the review lists those that wait.
    private static func remarks(_ result: SyncResult) -> [String] {
        let isRenumbered = !result.renumbered.isEmpty
        return remarks(
            result.remarks.filter { !isRenumbered || UnlinkedReason(rawValue: $0.reason) == nil }
        )
    }

    /// A line for each remark, up to some.
    static func remarks(_ remarks: [RunRemark]) -> [String] {
        let lines = remarks.map { remark in
            let reason = UnlinkedReason(rawValue: remark.reason)
            let why = reason?.words ?? remark.reason
            let about = remark.subject.map { "Look at record \($0): " } ?? ""
            return TerminalText.line("  \(about)\(why)")
        }
        guard lines.count > shownRemarks else { return lines }
        return lines.prefix(shownRemarks) + [
            "  And \(lines.count - shownRemarks) more: see them with `muster review`."
        ]
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

extension RunRemark {
    /// The record that it is about, with its kind where that is known: kinds may share ids.
    var subject: String? {
        guard let record else { return nil }
        return "\(record.brief)\(kind.map { " (\($0.rawValue))" } ?? "")"
    }
}
