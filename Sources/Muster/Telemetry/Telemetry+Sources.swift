package import Accounts
import Logging
import Metrics
package import Roster

// What sources tell.
extension Telemetry {
    /// A look-up of one person ended, and sent so many requests.
    package func lookedUp(
        _ lookUp: LookUp,
        from connection: Connection,
        in time: Duration,
        as login: LoginID
    ) {
        let word = lookUp.answer.word
        let key = SourceMetrics.Result(provider: connection.kind, word: word)
        sources.durations[key]?.recordNanoseconds(time.nanoseconds)
        sent(lookUp.requests, to: connection, for: .login, word)
        logger.debug(
            "Look-up ended",
            metadata: [
                "login.id": .stringConvertible(login), "result": .string(word),
                "ms": .stringConvertible(time.fractionalMilliseconds),
                "requests": .stringConvertible(lookUp.requests),
                "connection": .string(connection.name),
            ]
        )
    }

    /// So many requests were sent to the source; `error` is how they ended, nil where well.
    package func sent(
        _ requests: Int,
        to connection: Connection,
        for purpose: SourcePurpose,
        error: SourceError? = nil
    ) {
        sent(requests, to: connection, for: purpose, error?.word ?? "found")
    }

    private func sent(
        _ requests: Int,
        to connection: Connection,
        for purpose: SourcePurpose,
        _ word: String
    ) {
        guard requests > 0 else { return }
        let key = SourceMetrics.Result(provider: connection.kind, purpose: purpose, word: word)
        sources.requests[key]?.increment(by: requests)
    }

    /// So many look-ups are at the source, and so many wait for their turn.
    package func lookUps(of connection: Connection, inFlight: Int, waiting: Int) {
        sources.inFlight[connection.name]?.set(Int64(inFlight))
        sources.waiting[connection.name]?.set(Int64(waiting))
    }

    /// The breaker of a connection took another state.
    ///
    /// Call it with `.closed` once for every connection at the start, so that the gauge is there.
    package func breaker(of connection: Connection, became state: BreakerState) {
        let value =
            switch state {
            case .closed: 0.0
            case .probing: 0.5
            case .open: 1.0
            }
        sources.breakers[connection.name]?.set(value)
        sources.breakerChanges[.init(connection: connection.name, state: state.rawValue)]?
            .increment()
        let level: Logger.Level =
            switch state {
            case .open: .warning
            case .closed: .notice
            case .probing: .debug
            }
        logger.log(
            level: level,
            "Breaker changed",
            metadata: [
                "connection": .string(connection.name), "state": .string(state.rawValue),
            ]
        )
    }

    /// What changed at the source was read for people who are not known yet.
    package func discovered(
        _ people: Int,
        from connection: Connection,
        requests: Int,
        error: SourceError? = nil
    ) {
        let word = error?.word ?? "found"
        sources.discoveries[.init(provider: connection.kind, purpose: .discovery, word: word)]?
            .increment()
        sent(requests, to: connection, for: .discovery, word)
        logger.log(
            level: error == nil ? .debug : .warning,
            "Newcomers read",
            metadata: [
                "connection": .string(connection.name), "result": .string(word),
                "people": .stringConvertible(people), "requests": .stringConvertible(requests),
            ]
        )
    }

    /// So many names are remembered as unknown.
    package func unknownNames(_ count: Int) { sources.unknownNames.set(Int64(count)) }
}
