import Accounts
import Muster
import Reconciliation
import Roster

/// An explanation in plain words, one line a field.
struct ExplanationReport {
    let text: String

    /// - Parameters:
    ///   - explanation: What is to be said.
    ///   - school: The school as the reader calls it, for commands to copy.
    init(_ explanation: Explanation, school: String) {
        var lines = ["Asked"]
        lines +=
            explanation.asked.isEmpty
            ? ["  nothing"] : explanation.asked.map { TerminalText.line("  \($0)") }
        lines += ["Answer", "  \(TerminalText.line(explanation.answer))"]
        lines += ["Match", "  \(Self.match(explanation))"]
        if !explanation.neutralKeys.isEmpty {
            let kinds = explanation.neutralKeys.map(\.rawValue).joined(separator: ", ")
            lines.append("  Known in any MIS by: \(kinds).")
        }
        if let held = explanation.held {
            lines += ["Held", "  \(TerminalText.line(Self.held(held, school: school)))"]
        }
        if !explanation.fields.isEmpty { lines.append("Fields") }
        let settings = Dictionary(
            PolicyText.entries(of: explanation.policy).map { ($0.key, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        for decision in explanation.fields {
            lines.append(
                "  \(Self.line(decision, settings, school: school, explanation.record?.kind))"
            )
        }
        if !explanation.fields.isEmpty {
            let owners = Ownership.allCases.map(\.rawValue).joined(separator: ", ")
            lines.append("Change who decides about a field")
            lines.append(
                "  \(TerminalText.line("muster policy \(school) --set owner.FIELD=VALUE, VALUE one of \(owners)."))"
            )
        }
        text = lines.joined(separator: "\n")
    }

    private static func held(_ held: HeldLosses, school: String) -> String {
        guard let run = held.run else {
            return
                "Too many people of the school would lose the same (\(held.words)), so a login takes"
                + " nothing of it; run `muster sync \(school)`, and decide what that holds."
        }
        let what =
            "Sync \(run.value) holds back what the person would lose (\(held.words)), so that"
            + " stays as it is;"
        guard let plan = held.plan else {
            return
                "\(what) its plan is more than a day old, or the school was read since: run"
                + " `muster sync \(school)`, and decide what that holds."
        }
        return
            "\(what) `muster review \(school)` shows what waits, and `muster approve \(plan.text)`"
            + " carries it out."
    }

    private static func match(_ explanation: Explanation) -> String {
        guard let decision = explanation.match, let record = explanation.record else {
            return "No record of the school stands for the account."
        }
        let reading = MatchReading(decision)
        let account = reading.account.map { String($0.value) } ?? ""
        switch decision {
        case .linked: return "Record \(record.id) is linked to account \(account)."
        case .adopted: return "Record \(record.id) joins account \(account), which was here before."
        case .joined: return "Record \(record.id) joins account \(account) of another school."
        case .created: return "Record \(record.id) gets a new account."
        case .unlinked(let reason, let candidates):
            let choices = candidates.map { String($0.value) }.joined(separator: ", ")
            return "Record \(record.id) has no account: \(reason.words(of: record.kind))"
                + (choices.isEmpty ? "." : "; accounts to choose from: \(choices).")
        }
    }

    private static func line(
        _ decision: FieldDecision,
        _ settings: [String: String],
        school: String,
        _ kind: PersonKind?
    ) -> String {
        let local = decision.local ?? "(none)"
        let value =
            switch decision.verdict {
            case .keep: "stays \(local)"
            case .change: "\(local) → \(decision.source ?? "(none)")"
            case .wait: "waits at \(local) for \(decision.source ?? "(none)")"
            }
        var line = "\(decision.field.rawValue): \(value); \(decision.reason.words(of: kind))"
        if let setting = decision.reason.setting(for: decision.field) {
            line += " [\(setting)\(settings[setting].map { "=\($0)" } ?? "")]"
        }
        if let remedy = decision.reason.remedy(for: decision.field, of: kind) {
            line += "; \(remedy.replacing("SCHOOL", with: school))"
        }
        return TerminalText.line("\(line).")
    }
}
