package import Accounts
package import JSON

extension JSONObjectWriter {
    /// Writes the members of the answer to a login.
    ///
    /// With `fields`, the account has only its id and those members, and so have the changes.
    package mutating func login(_ result: LoginRefreshResult, showing fields: Set<String>? = nil) {
        member("decision", result.decision.rawValue)
        member("outcome", result.outcome.rawValue)
        member("run", result.run.map { String($0.value) })
        if let account = result.account {
            object("account") { $0.account(account, showing: fields) }
        } else {
            null("account")
        }
        array("changes") { changes in
            for change in result.changes where change.isShown(in: fields) {
                changes.change(change, showing: fields)
            }
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
    fileprivate mutating func change(_ entry: HistoryEntry, showing fields: Set<String>?) {
        object { $0.change(entry, showing: fields) }
    }
}

extension JSONObjectWriter {
    /// Writes what changed; of a creation, the address only where `fields` has it, and the ids of
    /// records for whoever sees everything.
    package mutating func change(_ entry: HistoryEntry, showing fields: Set<String>? = nil) {
        let isShown = fields?.contains("email") ?? true
        let hidesValues = entry.isOfRecords ? fields != nil : entry.field == nil && !isShown
        member("field", entry.shownField)
        member("from", hidesValues ? nil : entry.shownFrom)
        member("to", hidesValues ? nil : entry.shownTo)
    }
}

extension HistoryEntry {
    /// Whether a reader who sees `fields` may know of it; of a creation everybody may.
    package func isShown(in fields: Set<String>?) -> Bool {
        guard let fields, let field else { return true }
        return fields.contains(field.rawValue)
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
