package import Accounts
package import JSON
package import Reconciliation
import Roster

extension JSONObjectWriter {
    /// Writes the members of an explanation.
    package mutating func explanation(_ explanation: Explanation) {
        member("asked", explanation.asked)
        member("answer", explanation.answer)
        object("match") { match in
            match.member("record", explanation.record?.id)
            match.match(explanation.match)
            match.member("neutralKeys", explanation.neutralKeys.map(\.rawValue))
        }
        held(explanation.held)
        array("fields") { fields in
            for decision in explanation.fields {
                fields.object { field in
                    field.member("field", decision.field.rawValue)
                    field.member("decision", decision.verdict.rawValue)
                    field.member("reason", decision.reason.rawValue)
                    field.member("local", decision.local)
                    field.member("source", decision.source)
                }
            }
        }
    }

    private mutating func held(_ held: HeldLosses?) {
        guard let held else { return null("held") }
        object("held") { member in
            member.member("losses", held.losses.map(\.word).sorted())
            member.member("run", held.run.map { String($0.value) })
            member.member("plan", held.plan?.text)
        }
    }

    private mutating func match(_ decision: MatchDecision?) {
        let reading = decision.map(MatchReading.init)
        member("decision", reading?.word ?? "none")
        member("account", reading?.account.map { String($0.value) })
        member("reason", reading?.reason?.rawValue)
        member("candidates", (reading?.candidates ?? []).map { String($0.value) })
    }
}

/// A match decision in its parts, for those who print it.
package struct MatchReading: Sendable, Hashable {
    /// How the record was matched.
    package var word: String
    /// The account it stands for; nil where it stands for none.
    package var account: AccountID?
    /// Why it stands for none.
    package var reason: UnlinkedReason?
    /// The accounts that a person may choose from.
    package var candidates: [AccountID] = []

    /// The parts of `decision`.
    package init(_ decision: MatchDecision) {
        switch decision {
        case .linked(let id): (word, account) = ("linked", id)
        case .adopted(let id): (word, account) = ("adopted", id)
        case .joined(let id): (word, account) = ("joined", id)
        case .created(let id): (word, account) = ("created", id)
        case .unlinked(let why, let choices):
            (word, reason, candidates) = ("unlinked", why, choices)
        }
    }
}
