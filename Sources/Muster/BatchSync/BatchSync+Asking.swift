import Accounts
import Roster

// The ways to the source and to the store, and their trouble.
extension BatchSync {
    /// Asks the source again after passing trouble, with growing waits.
    func patiently<Value: Sendable>(
        _ connection: Connection,
        _ request: () async throws(SourceError) -> Value
    ) async throws(SyncFailure) -> Value {
        var wait = settings.backOff
        for _ in 1..<max(1, settings.attempts) {
            do throws(SourceError) {
                return try await inTurn(connection, request)
            } catch {
                var pause = wait
                switch error {
                case .unavailable: break
                case .overloaded(let asked): pause = min(asked ?? wait, settings.longestWait)
                case .cancelled: throw .cancelled
                case .malformed, .refused, .unknown: throw .source(error)
                }
                try await beat(beforeWait: true)
                try await endWhereAsked(isNow: true)
                guard (try? await workshop.clock.sleep(for: pause)) != nil else {
                    throw .cancelled
                }
                try await beat(beforeWait: true)
                try await endWhereAsked(isNow: true)
                wait *= 2
            }
        }
        return try await asked { () throws(SourceError) in
            try await inTurn(connection, request)
        }
    }

    /// Asks the source when its gate lets a batch through: logins go first.
    func inTurn<Value: Sendable>(
        _ connection: Connection,
        _ request: () async throws(SourceError) -> Value
    ) async throws(SourceError) -> Value {
        let answer: Result<Value, SourceError>
        do throws(TurnedAway) {
            answer = try await workshop.traffic.pass(to: connection, as: .batch) {
                do throws(SourceError) {
                    let value = try await request()
                    return (.success(value), .answered(pause: (value as? RosterPage)?.pause))
                } catch {
                    return (.failure(error), SourceGate.Verdict(error))
                }
            }
        } catch {
            // Whoever is cancelled leaves the line, which looks like being turned away.
            if Task.isCancelled { throw .cancelled }
            throw .unavailable(reason: error.sentence)
        }
        return try answer.get()
    }

    func asked<Value>(
        _ request: () async throws(SourceError) -> Value
    ) async throws(SyncFailure) -> Value {
        do throws(SourceError) {
            return try await request()
        } catch {
            throw error == .cancelled ? .cancelled : .source(error)
        }
    }

    /// What the store says: between two of its answers a run may end, and says that it goes on.
    func stored<Value>(
        _ request: () async throws(StoreError) -> Value
    ) async throws(SyncFailure) -> Value {
        if Task.isCancelled { throw .cancelled }
        try await beat()
        try await endWhereAsked()
        do throws(StoreError) { return try await request() } catch { throw .store(error) }
    }

    /// Ends the run where somebody asked the store for that, in this process or in another.
    func endWhereAsked(isNow: Bool = false) async throws(SyncFailure) {
        guard let id = pulse?.look(isNow: isNow) else { return }
        let run: Run?
        do throws(StoreError) { run = try await workshop.store.run(id) } catch {
            throw .store(error)
        }
        if run?.endAskedAt != nil { throw .cancelled }
    }

    /// Says that the run goes on, where others have not heard it for a while.
    private func beat(beforeWait isLong: Bool = false) async throws(SyncFailure) {
        guard let run = pulse?.due(beforeWait: isLong) else { return }
        do throws(StoreError) {
            try await workshop.store.update(run)
        } catch {
            throw .store(error)
        }
    }
}
