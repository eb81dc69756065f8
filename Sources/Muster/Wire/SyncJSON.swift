package import Accounts
package import JSON
import Roster

extension JSONObjectWriter {
    /// Writes the members of what a batch sync came to, or has come to so far where `state` says
    /// how it stands.
    package mutating func sync(_ result: SyncResult, state: RunState? = nil) {
        member("run", String(result.run.value))
        member("state", state?.rawValue ?? result.state.rawValue)
        member("seen", result.seen)
        member("unchanged", result.unchanged)
        member("changed", result.changed)
        member("created", result.created)
        member("restored", result.restored)
        member("suspended", result.suspended)
        member("held", result.held)
        member("disputed", result.disputed)
        member("failed", result.failed)
        array("ignored") { ignored in
            for (reason, count) in result.ignoredByReason {
                ignored.object { member in
                    member.member("reason", reason.rawValue)
                    member.member("count", count)
                }
            }
        }
        member("requests", result.requests)
        member("seconds", Double(result.time.milliseconds) / 1000)
        // Plans can be looked at and approved once there are previews.
        null("plan")
    }
}

extension SyncResult {
    /// The reasons for which records were passed over, with how many, in the order of their words.
    package var ignoredByReason: [(reason: UnlinkedReason, count: Int)] {
        ignored.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
}
