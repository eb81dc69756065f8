import Accounts
import Foundation
import Muster

/// The answer to a login, for people.
struct LoginReport {
    let text: String

    init(_ result: LoginRefreshResult) {
        var lines = ["\(result.decision.words): \(Self.outcome(of: result))."]
        if !result.changes.isEmpty {
            var table = TextTable()
            for change in result.changes { table.add(Self.row(change)) }
            lines.append(table.text)
        }
        lines.append(Self.times(result))
        text = lines.joined(separator: "\n")
    }

    /// What became of the refresh; without an account none can stay as it is.
    private static func outcome(of result: LoginRefreshResult) -> String {
        guard result.account == nil else { return result.outcome.words }
        return switch result.outcome {
        case .sourceUnavailable:
            "there is no account to go by, and the MIS could not be asked"
        case .deferred:
            "the time was up before an account was found, the look-up finishes behind"
        case .disputed: "no account is settled for that name yet"
        default: result.outcome.words
        }
    }

    /// One change, old and new.
    static func row(_ change: HistoryEntry) -> [String] {
        guard let field = change.field else { return ["  account", "made", "", ""] }
        return ["  \(field.rawValue)", change.from ?? "(none)", "→", change.to ?? "(none)"]
    }

    private static func times(_ result: LoginRefreshResult) -> String {
        func text(_ time: Duration) -> String {
            String(format: "%.1f ms", time.fractionalMilliseconds)
        }
        guard result.requests > 0 else { return "No request, \(text(result.time)) in all." }
        let requests = result.requests == 1 ? "1 request" : "\(result.requests) requests"
        return
            "\(requests): \(text(result.lookUpTime)) at the source, \(text(result.time)) in all."
    }
}

extension LoginDecision {
    fileprivate var words: String {
        switch self {
        case .allow: "Allow"
        case .deny: "Deny"
        case .resetPassword: "Set a password first"
        }
    }
}

extension LoginOutcome {
    /// What became of the refresh, in words.
    var words: String {
        switch self {
        case .refreshed: "the MIS answered, and the account is up to date"
        case .unchanged: "the MIS answered, and nothing had changed"
        case .fresh: "an earlier answer is fresh enough, the MIS was not asked"
        case .joined: "another login of this person was asking already"
        case .deferred: "the time was up, the look-up finishes behind"
        case .notReturned: "the MIS did not return the person, the account stays as it is"
        case .unknownPerson: "nobody is known by that name"
        case .disputed: "somebody must decide whose record it is"
        case .held: "a change waits for somebody's approval"
        case .sourceUnavailable: "the MIS could not be asked, the account stays as it is"
        case .left: "the MIS states that the person left"
        case .suspended: "an administrator suspended the account"
        case .wrongPassword: "the password is not right, or nobody has one under that name"
        }
    }
}
