import Accounts
import JSON
import Muster
import Reconciliation
import Roster

extension JSONObjectWriter {
    /// Writes the members of a record that waits.
    mutating func review(_ row: ReviewList.Row) {
        let observation = row.record.observation
        member("record", observation.key.id)
        member("kind", observation.key.kind.rawValue)
        member("standing", row.standing.word)
        member("reason", row.record.reason.rawValue)
        member("words", row.record.reason.words)
        member("forename", observation.forename.value)
        member("surname", observation.surname.value)
        member("email", row.record.email)
        array("candidates") { list in
            for account in row.candidates {
                list.object { candidate in
                    candidate.member("id", String(account.id.value))
                    candidate.member("email", account.email)
                    candidate.member("name", account.fullName)
                }
            }
        }
        dismissal(row.record.dismissal)
    }

    /// Writes what a person said who ignored a record; null where nobody did.
    mutating func dismissal(_ dismissal: Dismissal?) {
        guard let dismissal else { return null("ignored") }
        object("ignored") { member in
            member.member("because", dismissal.because)
            member.member("until", dismissal.until?.description)
            member.member("at", dismissal.at.iso8601)
        }
    }

    /// Writes what a run left to a person.
    mutating func held(_ run: Run) {
        member("run", String(run.id.value))
        member("state", run.state.rawValue)
        member("startedAt", run.startedAt.iso8601)
        member("held", run.counts.held)
        member("trouble", run.trouble)
        member("plan", run.plan?.text)
    }

    /// Writes what a decision changes.
    mutating func changes(_ changes: [ReviewedChange]) {
        array("changes") { list in
            for change in changes {
                list.object { member in
                    member.member("account", String(change.account.value))
                    member.member("person", change.person)
                    member.member("field", change.field?.rawValue)
                    member.member("from", change.from)
                    member.member("to", change.to)
                }
            }
        }
    }
}

extension CommonOptions {
    /// Prints what a decision came to; `sentence` takes the account's name.
    func answer(_ result: ReviewResult, saying sentence: (String) -> String) {
        answer(
            json: { member in
                member.member("run", String(result.run.value))
                member.object("account") { $0.account(result.summary) }
                member.changes(result.changes)
            },
            text: {
                let name = result.summary.account.fullName
                let lines = [sentence(name)] + result.changes.map { "  \($0.text)" }
                return lines.map(TerminalText.line).joined(separator: "\n")
            }
        )
    }
}

extension ReviewedChange {
    /// The change on one line.
    var text: String {
        guard let field else { return "\(person.brief) is new" }
        return
            "\(person.brief): \(field.rawValue) \(from?.brief ?? "(none)") → \(to?.brief ?? "(none)")"
    }
}

extension UnlinkedStanding {
    /// How results count such a record.
    var word: String {
        switch self {
        case .ignored: "ignored"
        case .failed: "failed"
        case .disputed: "disputed"
        }
    }
}

extension Observation {
    /// Forename and surname, as far as they are said.
    var name: String {
        [forename.value, surname.value].compactMap(\.self).joined(separator: " ")
    }
}

extension Assembly {
    /// What people decide about records without an account.
    var review: Review { Review(workshop) }

    /// What the review says, with its trouble as a failure of the command.
    func reviewed<Value>(
        _ request: () async throws(ReviewError) -> Value
    ) async throws(Failure) -> Value {
        do throws(ReviewError) { return try await request() } catch { throw Failure(error) }
    }
}

extension Failure {
    init(_ error: ReviewError) {
        let (code, status): (String, Int32) =
            switch error {
            case .unknownRecord: ("unknownRecord", ExitStatus.no)
            case .severalKinds: ("ambiguousRecord", ExitStatus.badUse)
            case .notToImport, .refused: ("notLinkable", ExitStatus.no)
            case .linkedMeanwhile: ("conflict", ExitStatus.no)
            case .pastDay, .noReason: ("badValue", ExitStatus.badUse)
            case .notDismissed: ("notIgnored", ExitStatus.no)
            case .merge: ("notMerged", ExitStatus.no)
            case .administration(let error):
                (Failure(error).code, Failure(error).status)
            case .store(let error): (Failure(error).code, Failure(error).status)
            }
        self.init(code: code, sentence: error.sentence, status: status)
    }
}
