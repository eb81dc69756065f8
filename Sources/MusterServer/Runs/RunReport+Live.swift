import Accounts
import Muster

extension RunReport {
    /// A run of this daemon.
    init(_ run: LiveRun) {
        self.init(
            run.result ?? SyncResult(run: run.id),
            state: run.result == nil ? .running : nil,
            from: run.startedAt,
            to: run.endedAt,
            progress: run.result == nil ? run.progress : nil
        )
    }
}
