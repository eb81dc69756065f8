import Accounts
import Muster

extension RunReport {
    /// A run of this daemon.
    init(_ run: LiveRun) {
        var soFar = SyncResult(run: run.id)
        soFar.kind = run.kind
        if let counts = run.progress?.counts { soFar.counts = counts }
        self.init(
            run.result ?? soFar,
            state: run.result == nil ? .running : nil,
            from: run.startedAt,
            to: run.endedAt,
            progress: run.result == nil ? run.progress : nil
        )
    }
    /// The run as `caller` may see it: what a preview would change has all members of accounts.
    func shown(to caller: Caller) -> RunReport {
        guard caller.fields != nil else { return self }
        var report = self
        report.result.planned = []
        report.result.renumbered = []
        return report
    }
}
