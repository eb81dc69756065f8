import Accounts
import JSON
import Muster
import Reconciliation
import Roster

extension CommonOptions {
    /// Prints what a decision came to; `sentence` takes the account's name.
    func answer(_ result: ReviewResult, saying sentence: (String) -> String) {
        answer(
            json: { $0.decision(result) },
            text: {
                let name = result.summary.account.fullName
                let end = "Take it back with: muster undo \(result.run.value)"
                let lines = [sentence(name)] + result.changes.map { "  \($0.text)" } + [end]
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
            case .linkedMeanwhile, .anotherPerson, .formerlyAnotherPerson:
                ("conflict", ExitStatus.no)
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
