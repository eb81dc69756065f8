package import Accounts
package import JSON
import Roster

extension JSONObjectWriter {
    /// Writes the members of what a batch sync came to, or has come to so far where `state` says
    /// how it stands.
    package mutating func sync(_ result: SyncResult, state: RunState? = nil) {
        member("run", String(result.run.value))
        member("state", state?.rawValue ?? result.state.rawValue)
        counts(result.counts)
        member("seconds", Double(result.time.milliseconds) / 1000)
        if let plan = result.plan { member("plan", plan.text) } else { null("plan") }
        member("kind", result.kind.rawValue)
        member("why", result.why?.rawValue)
        guard !result.planned.isEmpty else { return }
        array("changes") { changes in
            for change in result.planned {
                changes.object { member in
                    member.member("person", change.person)
                    if let field = change.field {
                        member.member("field", field.rawValue)
                    } else {
                        member.null("field")
                    }
                    member.member("from", change.from)
                    member.member("to", change.to)
                }
            }
        }
    }

    /// Writes the members of what a run counted, so far or in the end.
    package mutating func counts(_ counts: RunCounts) {
        member("seen", counts.seen)
        member("unchanged", counts.unchanged)
        member("changed", counts.changed)
        member("created", counts.created)
        member("restored", counts.restored)
        member("suspended", counts.suspended)
        member("held", counts.held)
        member("skipped", counts.skipped)
        member("disputed", counts.disputed)
        member("failed", counts.failed)
        array("ignored") { ignored in
            for (reason, count) in counts.ignoredByReason {
                ignored.object { member in
                    member.member("reason", reason.rawValue)
                    member.member("count", count)
                }
            }
        }
        member("requests", counts.requests)
    }
}

extension RunCounts {
    /// The reasons for which records were passed over, with how many, in the order of their words.
    package var ignoredByReason: [(reason: UnlinkedReason, count: Int)] {
        ignored.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
}
