package import Accounts
package import JSON
package import Roster

/// A run as clients read it, wherever it ran.
package struct RunReport: Sendable, Hashable {
    /// What it came to, as far as that is known.
    package var result: SyncResult
    /// How it stands, where its result does not say so.
    package var state: RunState?
    /// When it began.
    package var startedAt: Timestamp
    /// When it ended; nil while it goes on.
    package var endedAt: Timestamp?
    /// How far it has come, where that is known.
    package var progress: SyncProgress?

    /// A run that stands in `state`; nil where `result` says how it ended.
    package init(
        _ result: SyncResult,
        state: RunState?,
        from startedAt: Timestamp,
        to endedAt: Timestamp?,
        progress: SyncProgress? = nil
    ) {
        self.result = result
        self.state = state
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.progress = progress
    }

    /// A run as the store keeps it, of whose plan only what may be approved at `moment` is told.
    package init(_ run: Run, at moment: Timestamp) {
        result = SyncResult(run: run.id)
        result.kind = run.kind
        result.why = run.why
        result.counts = run.counts
        result.trouble = run.trouble
        result.remarks = run.remarks
        result.plan = run.approvablePlan(at: moment)
        // Of a run that goes on, as far as its process has told.
        result.time = max(.zero, (run.endedAt ?? run.aliveAt).since(run.startedAt))
        state = run.state
        startedAt = run.startedAt
        endedAt = run.endedAt
    }
}

extension JSONObjectWriter {
    /// Writes a run: what a sync came to, and when.
    package mutating func run(_ report: RunReport) {
        sync(report.result, state: report.state)
        member("startedAt", report.startedAt.iso8601)
        member("endedAt", report.endedAt?.iso8601)
        guard let progress = report.progress else { return null("progress") }
        object("progress") { $0.progress(progress) }
    }

    /// Writes how far a run has come.
    package mutating func progress(_ progress: SyncProgress) {
        member("stage", progress.stage.rawValue)
        member("done", progress.done)
        member("total", progress.total)
    }
}
