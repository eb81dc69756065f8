package import Accounts
package import Roster

/// What became of a run of another process.
package enum RunEnd: Sendable, Hashable {
    /// It is over, and this is how.
    case over(Run)
    /// Its process ended before it did.
    case cutOff
    /// It goes on: whoever waited was told to wait no longer.
    case notAwaited
}

extension Workshop {
    /// How often whoever waits for a run looks at it.
    package static let look = Duration.milliseconds(500)

    /// Asks whichever process carries out `run` to end it after the page or the step that is going
    /// on; one that is over stays as it is.
    /// - Returns: How the run stands; nil where there is none.
    package func askToEnd(_ run: RunID) async throws(StoreError) -> Run? {
        try await store.askToEnd(run, at: clock.now())
        return try await store.run(run)
    }

    /// Waits until a run of another process is over, or its process is gone.
    ///
    /// - Parameters:
    ///   - id: The run.
    ///   - silence: For how long it may say nothing, where nobody knows of its process.
    ///   - isHeld: Whether some process syncs the connection now; nil where nobody knows.
    ///   - progress: Is told each time how the run stands.
    /// - Returns: What became of it.
    /// - Throws: Whatever the store says where it cannot tell.
    package func end(
        of id: RunID,
        silence: Duration,
        isHeld: (ConnectionID) -> Bool?,
        progress: (Run) -> Void
    ) async throws(StoreError) -> RunEnd {
        while (try? await clock.sleep(for: Self.look)) != nil {
            guard var run = try await store.run(id) else { return .cutOff }
            if run.state == .running {
                progress(run)
                let now = clock.now()
                let since = now.advanced(by: .zero - silence)
                if isHeld(run.connection) ?? run.isAlive(since: since, now: now) { continue }
                // It may have ended just now, and its lock with it.
                guard let last = try await store.run(id), last.state != .running else {
                    return .cutOff
                }
                run = last
            }
            // Of a run that was taken over nobody could say why it failed.
            return run.wasCutOff ? .cutOff : .over(run)
        }
        return .notAwaited
    }
}
