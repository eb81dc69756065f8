import Accounts
import Muster
import Roster

// One sync of a connection at a time, on this machine.
extension Assembly {
    /// Syncs a connection, as the only one on this machine that does.
    func sync(
        _ connection: Connection,
        as id: RunID? = nil,
        by work: (BatchSync, RunID?) async -> SyncResult
    ) async -> SyncResult {
        var settings = settings.sync
        let lock = SyncLock(store: self.settings.storePath, connection: connection.id)
        defer { lock?.release() }
        // Nobody else on this machine is at it: a run that seems to go on was cut off.
        if lock != nil { settings.silence = .zero }
        return await work(BatchSync(workshop, settings: settings), id)
    }

    /// Whether some process on this machine syncs the connection now; nil where nobody knows.
    func isSyncing(_ connection: ConnectionID) -> Bool? {
        SyncLock.isHeld(store: settings.storePath, connection: connection)
    }

    /// Syncs a connection as ordered, or waits for another process that does.
    ///
    /// If the other's run does what is ordered, its result is the answer; else this begins after it.
    func sync(
        _ connection: Connection,
        by order: SyncOrder,
        _ bar: ProgressBar
    ) async throws(Failure) -> SyncResult {
        while true {
            let result = await sync(connection) { batch, id in
                await batch.run(connection, by: order, as: id) { bar.show($0) }
            }
            bar.clear()
            guard result.state == .joined else { return result }
            Console.say(
                "Another sync of \(connection.name) is going on (run \(result.run.value)), so this one"
                    + " waits for its end."
            )
            let end = try await stored { () throws(StoreError) in
                try await workshop.end(
                    of: result.run,
                    silence: settings.sync.silence,
                    isHeld: isSyncing
                ) { bar.show($0) }
            }
            bar.clear()
            switch end {
            case .cutOff: break
            case .notAwaited: throw .stoppedWaiting(result.run, connection.name)
            case .over(let run):
                if run.order.includes(order) {
                    return SyncResult(joined: run, at: workshop.clock.now())
                }
                try await waitForLock(after: run)
            }
        }
    }

    /// Waits until the process of a run that is over lets go of its lock, or has begun another: who
    /// begins between the two would have no lock.
    private func waitForLock(after run: Run) async throws(Failure) {
        while isSyncing(run.connection) == true {
            let newest = try await stored { () throws(StoreError) in
                try await store.runs(of: run.connection, limit: 1).first
            }
            if newest?.state == .running { return }
            guard (try? await workshop.clock.sleep(for: Workshop.look)) != nil else { return }
        }
    }
}
