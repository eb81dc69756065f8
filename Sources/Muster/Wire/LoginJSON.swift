import Accounts
package import JSON

extension JSONObjectWriter {
    /// Writes the members of the answer to a login.
    package mutating func login(_ result: LoginRefreshResult) {
        member("decision", result.decision.rawValue)
        member("outcome", result.outcome.rawValue)
        member("run", result.run.map { String($0.value) })
        if let account = result.account {
            object("account") { $0.account(account) }
        } else {
            null("account")
        }
        array("changes") { changes in
            for change in result.changes { changes.change(change) }
        }
        object("lookup") { member in
            member.member("requests", result.requests)
            member.member("milliseconds", result.lookUpTime.fractionalMilliseconds)
        }
        member("milliseconds", result.time.fractionalMilliseconds)
        if let wait = result.retryAfter { member("retryAfterSeconds", wait.wholeSeconds) }
        if result.isStale { member("stale", true) }
    }
}

extension JSONArrayWriter {
    fileprivate mutating func change(_ entry: HistoryEntry) {
        object { member in
            member.member("field", entry.field?.rawValue)
            member.member("from", entry.from)
            member.member("to", entry.to)
        }
    }
}

extension Duration {
    /// Milliseconds, to the microsecond.
    package var fractionalMilliseconds: Double {
        let microseconds =
            components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1000
    }
}

extension Duration {
    /// Whole seconds, rounded up, at least one.
    package var wholeSeconds: Int {
        max(1, Int(clamping: components.seconds) + (components.attoseconds > 0 ? 1 : 0))
    }
}
