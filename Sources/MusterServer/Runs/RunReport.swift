import Accounts
import JSON
import Muster
import Roster

/// A run as clients read it, wherever it ran.
struct RunReport: Sendable, Hashable {
    var result: SyncResult
    /// How it stands, where its result does not say so.
    var state: RunState?
    var startedAt: Timestamp
    var endedAt: Timestamp?
    var progress: SyncProgress?

    /// A run of this daemon.
    init(_ run: LiveRun) {
        result = run.result ?? SyncResult(run: run.id)
        state = run.result == nil ? .running : nil
        startedAt = run.startedAt
        endedAt = run.endedAt
        progress = run.result == nil ? run.progress : nil
    }

    /// A run as the store keeps it.
    init(_ run: Run) {
        result = SyncResult(run: run.id)
        result.counts = run.counts
        result.trouble = run.trouble
        result.plan = run.plan
        result.time = run.endedAt.map { $0.since(run.startedAt) } ?? .zero
        state = run.state
        startedAt = run.startedAt
        endedAt = run.endedAt
    }
}

extension JSONObjectWriter {
    /// Writes a run: what a sync came to, and when.
    mutating func run(_ report: RunReport) {
        sync(report.result, state: report.state)
        member("startedAt", report.startedAt.iso8601)
        member("endedAt", report.endedAt?.iso8601)
        member("trouble", report.result.trouble)
        guard let progress = report.progress else { return null("progress") }
        object("progress") { $0.progress(progress) }
    }

    /// Writes how far a run has come.
    mutating func progress(_ progress: SyncProgress) {
        member("stage", progress.stage.rawValue)
        member("done", progress.done)
        member("total", progress.total)
    }
}
