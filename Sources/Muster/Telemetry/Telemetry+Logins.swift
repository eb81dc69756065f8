package import Accounts
import Logging
import Metrics
import Roster

// What logins tell.
extension Telemetry {
    /// A login was answered: counted, timed, and written as one line.
    package func answered(
        _ result: LoginRefreshResult,
        to event: LoginEvent,
        as login: LoginID
    ) {
        logins.answered(result.outcome, result.decision, event.method).increment()
        logins.duration(result.outcome).recordNanoseconds(result.time.nanoseconds)
        let level: Logger.Level = result.isTroubled ? .warning : .info
        logger.log(
            level: level,
            "Login answered",
            metadata: metadata(of: result, to: event, as: login)
        )
    }

    /// So many refreshes go on, before or behind the answers to their logins.
    package func unfinished(_ count: Int) { logins.waiting.set(Int64(count)) }

    /// A refresh ended whose login was answered without it.
    package func deferredEnded(
        _ result: LoginRefreshResult,
        to event: LoginEvent,
        as login: LoginID
    ) {
        logins.deferredEnded(result.outcome).increment()
        let level: Logger.Level = result.isTroubled ? .warning : .info
        logger.log(
            level: level,
            "Deferred refresh ended",
            metadata: metadata(of: result, to: event, as: login)
        )
    }

    /// A guard held back what a login would have taken from its person.
    package func held(_ loss: Loss, at school: ConnectedSchool, as login: LoginID) {
        logins.held(loss)?.increment()
        logger.warning(
            "Loss held at login",
            metadata: [
                "login.id": .stringConvertible(login), "loss": .string(loss.word),
                "school": .string(school.school.id),
                "connection": .string(school.connection.name),
            ]
        )
    }

    private func metadata(
        of result: LoginRefreshResult,
        to event: LoginEvent,
        as login: LoginID
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "login.id": .stringConvertible(login),
            "outcome": .string(result.outcome.rawValue),
            "decision": .string(result.decision.rawValue),
            "ms": .stringConvertible(result.time.fractionalMilliseconds),
            "requests": .stringConvertible(result.requests),
            "school": .string(event.school.school.id),
        ]
        // Without an account it is not known which names a sentence must not have.
        if let trouble = result.trouble, result.account != nil || result.isTroubled {
            let names = event.names + (result.account?.names ?? [])
            metadata["trouble"] = .string(trouble.scrubbed(of: names))
        }
        return metadata
    }
}

extension LoginRefreshResult {
    /// Whether an operator should look: somebody unknown or not returned is no trouble.
    fileprivate var isTroubled: Bool {
        switch outcome {
        case .sourceUnavailable, .disputed, .held: true
        case .notReturned, .unknownPerson: false
        default: trouble != nil
        }
    }
}
